variable "secret" {
  type = object({
    name   = string
    region = string
    arn    = string
  })
  description = "The secret, as existing_secret puts it out."
  nullable    = false
}

variable "username" {
  type        = string
  description = "Administrator the secret must be for. Given, because the database keeps it in the state, where nothing of a secret may stand."
  nullable    = false
}

variable "same_as" {
  type        = string
  description = "Password the secret must hold: that of the copy in the primary region."
  default     = null
  ephemeral   = true
  sensitive   = true
}
