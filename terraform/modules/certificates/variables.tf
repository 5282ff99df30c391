variable "primary_naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags of the primary region."
  nullable    = false
}

variable "secondary_naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags of the secondary region."
  nullable    = false
}

variable "hosted_zone_id" {
  type        = string
  description = "Zone the names lie in."
  nullable    = false
}

variable "shared_name" {
  type        = string
  description = "Name both regions answer for."
  nullable    = false

  validation {
    condition     = length(var.shared_name) <= 64
    error_message = "shared_name is the certificates' first name, which may have 64 characters at most; it has ${length(var.shared_name)}."
  }
}

variable "primary_name" {
  type        = string
  description = "Name of the primary region alone."
  nullable    = false
}

variable "secondary_name" {
  type        = string
  description = "Name of the secondary region alone."
  nullable    = false

  validation {
    condition     = length(distinct([var.shared_name, var.primary_name, var.secondary_name])) == 3
    error_message = "secondary_name, primary_name and shared_name are three different names."
  }
}
