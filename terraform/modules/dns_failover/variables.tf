variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "domain_name" {
  type        = string
  description = "Domain under which the application answers."
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$", var.domain_name)) && length(var.domain_name) <= 240
    error_message = "domain_name is a lower-case domain such as ledger.example.net, without a final dot, of at most 240 characters."
  }
}

variable "hosted_zone_id" {
  type        = string
  description = "Hosted zone to write into; empty makes one."
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^[A-Z0-9]{0,32}$", var.hosted_zone_id))
    error_message = "hosted_zone_id is the id of a Route 53 zone, up to 32 capitals and digits, or empty."
  }
}

variable "application_label" {
  type        = string
  description = "First label of the application's name: <label>.<domain>."
  nullable    = false
  default     = "app"

  validation {
    condition     = can(regex("^[a-z]([a-z0-9-]{0,30}[a-z0-9])?$", var.application_label))
    error_message = "application_label is a label of lower-case letters, digits and hyphens, of at most 32 characters."
  }
}

variable "targets" {
  type = object({
    primary   = object({ shared = object({ name = string, zone_id = string }), own = object({ name = string, zone_id = string }) })
    secondary = object({ shared = object({ name = string, zone_id = string }), own = object({ name = string, zone_id = string }) })
  })
  description = "Resources of AWS that answer in each region for the application's name and for the region's own, where they are such: the records are then aliases of them."
  default     = null
}

variable "measure_latency" {
  type        = bool
  description = "Whether the health checks publish how long the hosts take to answer."
  nullable    = false
  default     = false
}

variable "cutover_limit_seconds" {
  type        = number
  description = "Longest the name may take, at worst, to leave a host that does not answer; the plan is refused beyond it."
  nullable    = false
  default     = 60
}

variable "primary_endpoint" {
  type        = string
  description = "Host name at which the application answers in the primary region; empty is primary.<domain>."
  nullable    = false
  default     = ""

  validation {
    condition     = var.primary_endpoint == "" || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$", var.primary_endpoint)) && length(var.primary_endpoint) <= 253
    error_message = "primary_endpoint is a lower-case host name without scheme, port or path."
  }

  validation {
    condition     = var.primary_endpoint != "${var.application_label}.${var.domain_name}"
    error_message = "primary_endpoint is the region's own name; ${var.application_label}.<domain> is the one that moves between regions and would point at itself."
  }
}

variable "secondary_endpoint" {
  type        = string
  description = "Host name at which the application answers in the standby region; empty is secondary.<domain>."
  nullable    = false
  default     = ""

  validation {
    condition     = var.secondary_endpoint == "" || can(regex("^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$", var.secondary_endpoint)) && length(var.secondary_endpoint) <= 253
    error_message = "secondary_endpoint is a lower-case host name without scheme, port or path."
  }

  validation {
    condition     = var.secondary_endpoint != "${var.application_label}.${var.domain_name}"
    error_message = "secondary_endpoint is the region's own name; ${var.application_label}.<domain> is the one that moves between regions and would point at itself."
  }

  validation {
    condition     = var.secondary_endpoint == "" || var.secondary_endpoint != var.primary_endpoint
    error_message = "secondary_endpoint must differ from primary_endpoint: one host in one region cannot stand in for itself."
  }
}

variable "health_check_path" {
  type        = string
  description = "Path the health checks ask for; it answers 2xx or 3xx while the application can do its work."
  nullable    = false
  default     = "/healthz"

  validation {
    condition     = can(regex("^/[A-Za-z0-9._~/?&=%-]{0,200}$", var.health_check_path))
    error_message = "health_check_path begins with / and has up to 200 letters, digits and . _ ~ / ? & = % - after it."
  }
}

variable "switch_alarm" {
  type = object({
    name       = string
    region     = string
    definition = string
  })
  description = "Alarm of the standby region that rings while the standby takes over, and a text that changes whenever its definition does."
  nullable    = false

  validation {
    condition     = length(var.switch_alarm.name) > 0 && can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.switch_alarm.region))
    error_message = "switch_alarm has a name, and a region such as us-west-2."
  }
}
