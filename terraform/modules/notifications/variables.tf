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

variable "email" {
  type        = string
  description = "Address that is subscribed; empty subscribes nobody."
  nullable    = false
  default     = ""
}
