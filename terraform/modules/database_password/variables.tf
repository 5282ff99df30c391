variable "secret_arn" {
  type        = string
  description = "Secret the credentials are written into."
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
