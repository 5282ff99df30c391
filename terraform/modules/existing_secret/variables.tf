variable "name" {
  type        = string
  description = "Name of the secret."
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@-]{1,512}$", var.name))
    error_message = "name is a secret's name: up to 512 letters, digits and / _ + = . @ -."
  }
}

variable "region" {
  type        = string
  description = "Region of the provider this module is given."
  nullable    = false
}

variable "remedy" {
  type        = string
  description = "What to do when the secret is missing, for the message that says so."
  nullable    = false
}
