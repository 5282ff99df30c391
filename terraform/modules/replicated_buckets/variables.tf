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

variable "datasets" {
  type        = set(string)
  description = "What is kept: transaction_logs, application_data or both."
  nullable    = false
  default     = ["transaction_logs", "application_data"]

  validation {
    condition     = length(var.datasets) > 0 && length(setsubtract(var.datasets, ["transaction_logs", "application_data"])) == 0
    error_message = "datasets are transaction_logs, application_data or both."
  }
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the roles made here may ever do; null sets none."
  default     = null
}
