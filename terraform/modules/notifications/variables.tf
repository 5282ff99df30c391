variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "kms_key_arn" {
  type        = string
  description = "Key that encrypts the topic."
  nullable    = false
}

variable "account_id" {
  type        = string
  description = "AWS account whose alarms and events may publish."
  nullable    = false
}

variable "emails" {
  type        = list(string)
  description = "Addresses that are subscribed; an empty one is left out."
  nullable    = false
  default     = []

  validation {
    condition     = alltrue([for email in compact(var.emails) : can(regex("^[^@[:space:]]+@[^@[:space:]]+$", email))])
    error_message = "emails are mail addresses, such as owner@example.net."
  }
}
