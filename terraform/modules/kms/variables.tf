variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "region" {
  type        = string
  description = "Region of the provider this module is given."
  nullable    = false
}

variable "account_id" {
  type        = string
  description = "AWS account the key belongs to."
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is the twelve digits of an AWS account."
  }
}
