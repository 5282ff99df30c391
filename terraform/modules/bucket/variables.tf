variable "name" {
  type        = string
  description = "Name of the bucket, unique in all of S3."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$", var.name))
    error_message = "name has 3 to 63 lower-case letters, digits and hyphens; no dots, which break TLS."
  }
}

variable "tags" {
  type        = map(string)
  description = "Tags of the bucket."
  nullable    = false
}

variable "kms_key_arn" {
  type        = string
  description = "Key of the bucket's region."
  nullable    = false
}

variable "transitions" {
  type = list(object({
    days          = number
    storage_class = string
  }))
  description = "Cheaper storage classes by age of the object, youngest first."
  nullable    = false
}

variable "noncurrent_days" {
  type        = number
  description = "Days an overwritten or deleted version is kept."
  nullable    = false

  validation {
    condition     = var.noncurrent_days >= 1
    error_message = "noncurrent_days is at least 1."
  }
}
