variable "primary_naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags of the primary region."
  nullable    = false
}

variable "primary_region" {
  type        = string
  description = "The primary region."
  nullable    = false
}

variable "primary_kms_key_arn" {
  type        = string
  description = "Key of the primary region."
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

variable "secondary_region" {
  type        = string
  description = "The secondary region."
  nullable    = false
}

variable "secondary_kms_key_arn" {
  type        = string
  description = "Key of the secondary region."
  nullable    = false
}

variable "account_id" {
  type        = string
  description = "AWS account of the buckets."
  nullable    = false
}
