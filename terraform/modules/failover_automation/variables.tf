variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags of the standby region, as the naming module puts them out."
  nullable    = false

  validation {
    condition     = var.naming.dr_role == "secondary"
    error_message = "naming is the standby region's (dr_role secondary): in the primary region this would die with what it watches."
  }
}

variable "environment_suffix" {
  type        = string
  description = "Suffix of the environment; dimension of its metrics, and part of its events."
  nullable    = false
}

variable "region" {
  type        = string
  description = "Standby region: that of the provider this module is given."
  nullable    = false
}

variable "primary_region" {
  type        = string
  description = "Region that is watched and failed over from."
  nullable    = false

  validation {
    condition     = var.primary_region != var.region
    error_message = "primary_region must differ from region: a region cannot stand in for itself."
  }
}

variable "account_id" {
  type        = string
  description = "AWS account all of it stands in."
  nullable    = false
}

variable "kms_key_arn" {
  type        = string
  description = "The standby region's key."
  nullable    = false
}

variable "alerts_topic_arn" {
  type        = string
  description = "The standby region's alert topic."
  nullable    = false
}

variable "vpc" {
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  description = "Private subnets and security groups the functions stand in; none keeps them outside of networks."
  default     = null
}

variable "global_cluster_identifier" {
  type        = string
  description = "Global database that is failed over."
  nullable    = false
}

variable "primary_cluster" {
  type = object({
    identifier  = string
    arn         = string
    secret_arn  = string
    kms_key_arn = string
  })
  description = "Cluster in the primary region, the secret with its credentials, and the key of that secret: null where it is AWS's own."
  nullable    = false
}

variable "standby_cluster" {
  type = object({
    identifier  = string
    arn         = string
    secret_arn  = string
    kms_key_arn = optional(string)
  })
  description = "Cluster in the standby region, the secret's replica there, and the key of that replica where it is another than the region's."
  nullable    = false
}

variable "database_name" {
  type        = string
  description = "Database the heartbeats are written into."
  nullable    = false
}

variable "primary_url" {
  type        = string
  description = "Address that answers 2xx or 3xx while the application in the primary region can do its work."
  nullable    = false

  validation {
    condition     = can(regex("^https://[a-z0-9.-]+/", var.primary_url))
    error_message = "primary_url is an https address of the primary region's own host, with a path."
  }
}

variable "policy" {
  type = object({
    automatic              = optional(bool, true)
    armed                  = bool
    anti_flap_seconds      = number
    lag_limit_seconds      = number
    probe_interval_seconds = number
    probes_to_condemn      = number
  })
  description = "When a failover may happen: by itself or only when a person asks, kill switch at the beginning, time between two, lag before the failure, and how the primary is probed."
  nullable    = false

  validation {
    condition     = var.policy.anti_flap_seconds >= 0 && var.policy.anti_flap_seconds <= 86400 && floor(var.policy.anti_flap_seconds) == var.policy.anti_flap_seconds
    error_message = "policy.anti_flap_seconds is a whole number from 0 to 86400 (a day)."
  }

  validation {
    condition     = var.policy.lag_limit_seconds >= 1 && var.policy.lag_limit_seconds <= 3600 && floor(var.policy.lag_limit_seconds) == var.policy.lag_limit_seconds
    error_message = "policy.lag_limit_seconds is a whole number from 1 to 3600 (an hour)."
  }

  validation {
    condition     = var.policy.probe_interval_seconds >= 5 && var.policy.probe_interval_seconds <= 10 && floor(var.policy.probe_interval_seconds) == var.policy.probe_interval_seconds
    error_message = "policy.probe_interval_seconds is a whole number from 5 to 10."
  }

  validation {
    condition     = contains([2, 3, 4], var.policy.probes_to_condemn)
    error_message = "policy.probes_to_condemn is 2, 3 or 4: one lost probe must not condemn a region, and five slow ones take longer than a minute."
  }
}

variable "reserved_concurrency" {
  type        = number
  description = "Invocations kept free for each function; 0 reserves none."
  nullable    = false

  validation {
    condition     = var.reserved_concurrency != 1
    error_message = "reserved_concurrency must be 0 or at least 2: the monitor's invocations overlap, with a single one there would be gaps in the watch."
  }
}

variable "log_retention_days" {
  type        = number
  description = "Days the functions' logs are kept."
  nullable    = false
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the roles made here may ever do; null sets none."
  default     = null
}
