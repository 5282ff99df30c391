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

variable "kms_key_arn" {
  type        = string
  description = "The region's key; it encrypts the logs."
  nullable    = false
}

variable "function" {
  type = object({
    name            = string
    arn             = string
    timeout_seconds = number
  })
  description = "The region's function, which answers."
  nullable    = false

  validation {
    condition     = var.function.timeout_seconds >= 1 && var.function.timeout_seconds <= 28
    error_message = "function.timeout_seconds is 1 to 28: API Gateway waits for 29 seconds at most, and should hear why the function gave up."
  }
}

variable "domain_names" {
  type = object({
    shared = string
    own    = string
  })
  description = "The name that moves between the regions, and this region's own."
  nullable    = false

  validation {
    condition     = var.domain_names.shared != var.domain_names.own
    error_message = "domain_names.own is this region's alone; the shared name is checked wherever it leads, and so says nothing of this region."
  }
}

variable "certificate_arn" {
  type        = string
  description = "Issued certificate of this region for both names."
  nullable    = false
}

variable "authorization" {
  type        = string
  description = "AWS_IAM: payments are taken from signed requests only, of who may execute-api:Invoke; NONE: from everybody."
  nullable    = false

  validation {
    condition     = contains(["AWS_IAM", "NONE"], var.authorization)
    error_message = "authorization is AWS_IAM or NONE."
  }
}

variable "throttle" {
  type = object({
    rate  = number
    burst = number
  })
  description = "Requests a second that each route takes, and how many at once."
  nullable    = false

  validation {
    condition     = var.throttle.rate >= 1 && var.throttle.rate <= 10000 && var.throttle.burst >= 1 && var.throttle.burst <= 5000
    error_message = "throttle.rate is 1 to 10000 and throttle.burst 1 to 5000, the most an account has by default."
  }
}

variable "enable_waf" {
  type        = bool
  description = "Whether a web application firewall stands before the API."
  nullable    = false
}

variable "logs_role" {
  type        = string
  description = "own: this module sets the account's role for the logs of API Gateway in this region; account: it is set already."
  nullable    = false

  validation {
    condition     = contains(["own", "account"], var.logs_role)
    error_message = "logs_role is own or account."
  }
}

variable "log_retention_days" {
  type        = number
  description = "Days the logs are kept."
  nullable    = false
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the role made here may ever do; null sets none."
  default     = null
}
