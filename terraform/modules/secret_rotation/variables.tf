variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags of the primary region, as the naming module puts them out."
  nullable    = false

  validation {
    condition     = var.naming.dr_role == "primary"
    error_message = "naming is the primary region's (dr_role primary): a secret's replica cannot be written."
  }
}

variable "environment_suffix" {
  type        = string
  description = "Suffix of the environment."
  nullable    = false
}

variable "region" {
  type        = string
  description = "Region of the provider this module is given."
  nullable    = false
}

variable "account_id" {
  type        = string
  description = "AWS account the function stands in."
  nullable    = false
}

variable "kms_key_arn" {
  type        = string
  description = "The region's key, which also encrypts the secret."
  nullable    = false
}

variable "vpc" {
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  description = "Private subnets and security groups the function stands in; none keeps it outside of networks."
  default     = null
}

variable "secret_arn" {
  type        = string
  description = "Secret that is rotated; it must hold a value already."
  nullable    = false
}

variable "global_cluster_identifier" {
  type        = string
  description = "Global database the credentials are for."
  nullable    = false
}

variable "cluster_identifier" {
  type        = string
  description = "Cluster of the primary region."
  nullable    = false
}

variable "cluster_arn" {
  type        = string
  description = "ARN of that cluster."
  nullable    = false
}

variable "database_name" {
  type        = string
  description = "Database a new password is tried on."
  nullable    = false
}

variable "rotation_days" {
  type        = number
  description = "Days from one rotation to the next."
  nullable    = false

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 90 && floor(var.rotation_days) == var.rotation_days
    error_message = "rotation_days is a whole number from 1 to 90."
  }
}

variable "reserved_concurrency" {
  type        = number
  description = "0 reserves no invocations; anything else reserves the one this function may have at a time."
  nullable    = false
}

variable "log_retention_days" {
  type        = number
  description = "Days the function's log is kept."
  nullable    = false
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the role made here may ever do; null sets none."
  default     = null
}
