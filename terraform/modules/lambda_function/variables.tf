variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "function" {
  type        = string
  description = "Name of the function's folder in lambda/, of its package, and of its entries in the naming catalogue."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(_[a-z0-9]+)*$", var.function))
    error_message = "function is the name of a folder in lambda/: lower-case words joined by underscores."
  }
}

variable "description" {
  type        = string
  description = "What the function is for, in a line."
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
  description = "The region's key: log, dead letters and environment variables; the function may use it for what else lies under it."
  nullable    = false
}

variable "environment" {
  type        = map(string)
  description = "Environment variables."
  nullable    = false
}

variable "statements" {
  type = list(object({
    sid       = string
    actions   = list(string)
    resources = list(string)
    condition = optional(map(string))
  }))
  description = "What the function may do beyond its own log, dead letters and key. A condition gives the value each key must equal."
  nullable    = false

  validation {
    condition     = alltrue([for statement in var.statements : alltrue([for action in statement.actions : !strcontains(action, "*")])])
    error_message = "statements name each action; an action with * would allow what nobody has read."
  }
}

variable "timeout_seconds" {
  type        = number
  description = "Longest an invocation may take."
  nullable    = false

  validation {
    condition     = var.timeout_seconds >= 1 && var.timeout_seconds <= 900
    error_message = "timeout_seconds is 1 to 900, the most Lambda allows."
  }
}

variable "memory_megabytes" {
  type        = number
  description = "Memory; processor time comes with it."
  nullable    = false
  default     = 256

  validation {
    condition     = var.memory_megabytes >= 128 && var.memory_megabytes <= 10240
    error_message = "memory_megabytes is 128 to 10240."
  }
}

variable "reserved_concurrency" {
  type        = number
  description = "Invocations kept free for this function, and the most it may have at once; 0 reserves none."
  nullable    = false

  validation {
    condition     = var.reserved_concurrency >= 0 && var.reserved_concurrency <= 100 && floor(var.reserved_concurrency) == var.reserved_concurrency
    error_message = "reserved_concurrency is a whole number from 0 (none reserved) to 100."
  }
}

variable "log_retention_days" {
  type        = number
  description = "Days the log is kept."
  nullable    = false

  validation {
    condition     = contains([30, 90, 180, 365, 731], var.log_retention_days)
    error_message = "log_retention_days is 30, 90, 180, 365 or 731."
  }
}

variable "retries" {
  type        = number
  description = "How often Lambda tries a failed event again before it becomes a dead letter."
  nullable    = false

  validation {
    condition     = contains([0, 1, 2], var.retries)
    error_message = "retries is 0, 1 or 2."
  }
}

variable "event_age_seconds" {
  type        = number
  description = "Age at which an event that could not be delivered or run becomes a dead letter."
  nullable    = false

  validation {
    condition     = var.event_age_seconds >= 60 && var.event_age_seconds <= 21600
    error_message = "event_age_seconds is 60 to 21600 (six hours)."
  }
}

variable "trigger" {
  type = object({
    description = string
    schedule    = optional(string)
    pattern     = optional(string)
  })
  description = "Rule that starts the function: a schedule or a pattern of events (JSON). None: its caller starts it."
  default     = null

  validation {
    condition     = var.trigger == null || (try(var.trigger.schedule, null) == null) != (try(var.trigger.pattern, null) == null)
    error_message = "trigger has either a schedule or a pattern."
  }
}

variable "rule_arns" {
  type        = map(string)
  description = "Rules of the caller that may start the function too, by a word for each."
  nullable    = false
  default     = {}
}

variable "vpc" {
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  description = "Private subnets and security groups the function stands in; none keeps it outside of networks."
  default     = null

  validation {
    condition     = try(length(var.vpc.subnet_ids) > 0 && length(var.vpc.security_group_ids) > 0, true)
    error_message = "vpc names at least one subnet and one security group."
  }
}

variable "tracing" {
  type        = bool
  description = "Whether X-Ray samples the invocations."
  nullable    = false
  default     = true
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the role made here may ever do; null sets none."
  default     = null
}
