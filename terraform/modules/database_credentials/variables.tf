variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "username" {
  type        = string
  description = "Administrator's name in the database."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,15}$", var.username))
    error_message = "username has 1 to 16 lower-case letters, digits and underscores, and starts with a letter."
  }
}

variable "database_name" {
  type        = string
  description = "Database the credentials are for."
  nullable    = false
}

variable "database_port" {
  type        = number
  description = "TCP port of the database."
  nullable    = false
  default     = 3306
}

variable "primary_kms_key_arn" {
  type        = string
  description = "Key that encrypts the secret in the primary region."
  nullable    = false
}

variable "replica_region" {
  type        = string
  description = "Region the secret is replicated to."
  nullable    = false
}

variable "replica_kms_key_arn" {
  type        = string
  description = "Key that encrypts the replica in its region."
  nullable    = false
}
