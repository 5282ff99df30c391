# What a person may choose. profile.toml adds how the form shows it; names, types, defaults and help stand here alone.

################################################################################
# Identity
################################################################################

variable "environment_suffix" {
  type        = string
  description = "Ends every name of the environment, for example vpc-primary-<suffix>. Bucket names made from it must be free in all of S3."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.environment_suffix))
    error_message = "environment_suffix takes lower-case letters, digits and single hyphens, starts with a letter and ends with a letter or digit."
  }

  validation {
    condition     = length(var.environment_suffix) >= 3 && length(var.environment_suffix) <= 20
    error_message = "environment_suffix has 3 to 20 characters, so that every derived name stays within the limits of AWS."
  }
}

variable "owner_contact" {
  type        = string
  description = "Mail address of who answers for the environment: it stands in the tag Owner and is subscribed to the alerts of both regions."
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9._+\\-]+@[A-Za-z0-9\\-]+(\\.[A-Za-z0-9\\-]+)+$", var.owner_contact)) && length(var.owner_contact) <= 254
    error_message = "owner_contact is a mail address of letters, digits and . _ + - before the @, at most 254 characters."
  }
}

variable "operations_contact" {
  type        = string
  description = "Mail address of the operations team, subscribed to the alerts of both regions beside the owner; empty subscribes the owner alone."
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^([A-Za-z0-9._+\\-]+@[A-Za-z0-9\\-]+(\\.[A-Za-z0-9\\-]+)+)?$", var.operations_contact)) && length(var.operations_contact) <= 254
    error_message = "operations_contact is a mail address of letters, digits and . _ + - before the @, at most 254 characters, or empty."
  }
}

################################################################################
# Tags
################################################################################

variable "environment" {
  type        = string
  description = "Value of the tag Environment, for example staging."
  nullable    = false

  validation {
    condition     = can(regex("^[\\p{L}\\p{N}_.:\\/=+@\\-]([\\p{L}\\p{N} _.:\\/=+@\\-]*[\\p{L}\\p{N}_.:\\/=+@\\-])?$", var.environment)) && length(var.environment) <= 256
    error_message = "environment is a tag value: 1 to 256 letters, digits, inner spaces and _ . : / = + - @."
  }

  validation {
    condition     = !startswith(lower(var.environment), "aws:")
    error_message = "environment must not begin with aws:, which AWS keeps for itself."
  }
}

variable "cost_center" {
  type        = string
  description = "Value of the tag CostCenter: who pays."
  nullable    = false

  validation {
    condition     = can(regex("^[\\p{L}\\p{N}_.:\\/=+@\\-]([\\p{L}\\p{N} _.:\\/=+@\\-]*[\\p{L}\\p{N}_.:\\/=+@\\-])?$", var.cost_center)) && length(var.cost_center) <= 256
    error_message = "cost_center is a tag value: 1 to 256 letters, digits, inner spaces and _ . : / = + - @."
  }

  validation {
    condition     = !startswith(lower(var.cost_center), "aws:")
    error_message = "cost_center must not begin with aws:, which AWS keeps for itself."
  }
}

################################################################################
# Capacity
################################################################################

variable "min_capacity_acu" {
  type        = number
  description = "Lower bound of each database instance in Aurora capacity units (2 GiB of memory each). AWS advises 8 on the primary of a global database in production; 2 is the least at which Performance Insights works well."
  nullable    = false
  default     = 2

  validation {
    condition     = var.min_capacity_acu >= 0.5 && var.min_capacity_acu <= 256 && var.min_capacity_acu * 2 == floor(var.min_capacity_acu * 2)
    error_message = "min_capacity_acu is 0.5 to 256 in steps of 0.5; 0, which would pause the instance, is not possible in a global database."
  }
}

variable "max_capacity_acu" {
  type        = number
  description = "Upper bound of each database instance in Aurora capacity units; the standby has the same, so that it can carry what the primary carried."
  nullable    = false
  default     = 16

  validation {
    condition     = var.max_capacity_acu >= 1 && var.max_capacity_acu <= 256 && var.max_capacity_acu * 2 == floor(var.max_capacity_acu * 2)
    error_message = "max_capacity_acu is 1 to 256 in steps of 0.5."
  }

  validation {
    condition     = var.max_capacity_acu >= var.min_capacity_acu
    error_message = "max_capacity_acu must not be less than min_capacity_acu."
  }
}

variable "primary_instance_count" {
  type        = number
  description = "Database instances in us-east-1, one zone each: a writer and its readers."
  nullable    = false
  default     = 3

  validation {
    condition     = contains([1, 2, 3], var.primary_instance_count)
    error_message = "primary_instance_count is 1, 2 or 3: there are three zones."
  }
}

variable "secondary_instance_count" {
  type        = number
  description = "Database instances in us-west-2, one zone each. With two, the standby outlives the loss of a zone while it is in charge."
  nullable    = false
  default     = 2

  validation {
    condition     = contains([1, 2, 3], var.secondary_instance_count)
    error_message = "secondary_instance_count is 1, 2 or 3: a cluster without an instance cannot take over in time, and there are three zones."
  }
}

################################################################################
# Network
################################################################################

variable "nat_mode" {
  type        = string
  description = "single: one NAT gateway in each region; per_zone: one in each zone, so that losing a zone leaves the others a way out."
  nullable    = false
  default     = "single"

  validation {
    condition     = contains(["single", "per_zone"], var.nat_mode)
    error_message = "nat_mode is single or per_zone."
  }
}

variable "interface_endpoints" {
  type        = string
  description = "none: functions reach AWS through NAT; used: through interface endpoints in every zone, so that a failover needs no NAT gateway for AWS. They pay from 209 GB a month for each service and zone."
  nullable    = false
  default     = "none"

  validation {
    condition     = contains(["none", "used"], var.interface_endpoints)
    error_message = "interface_endpoints is none or used."
  }
}

################################################################################
# DNS
################################################################################

variable "domain_name" {
  type        = string
  description = "Domain of the environment. The application answers as app.<domain>, which follows the healthy region."
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9\\-]{0,61}[a-z0-9])$", var.domain_name)) && length(var.domain_name) <= 240
    error_message = "domain_name is a lower-case domain such as ledger.example.net, without a final dot, of at most 240 characters."
  }
}

variable "hosted_zone_id" {
  type        = string
  description = "Route 53 hosted zone to write the records into; empty makes a zone for the domain."
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^[A-Z0-9]{0,32}$", var.hosted_zone_id))
    error_message = "hosted_zone_id is the id of a Route 53 zone, up to 32 capitals and digits, or empty."
  }
}

variable "primary_endpoint" {
  type        = string
  description = "Host name at which the application answers in us-east-1; empty is primary.<domain>."
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^(([a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9\\-]{0,61}[a-z0-9]))?$", var.primary_endpoint)) && length(var.primary_endpoint) <= 253
    error_message = "primary_endpoint is a lower-case host name without scheme, port or path, or empty."
  }

  validation {
    condition     = var.primary_endpoint != "app.${var.domain_name}"
    error_message = "primary_endpoint is the region's own name; app.<domain> is the one that moves between regions and would point at itself."
  }
}

variable "secondary_endpoint" {
  type        = string
  description = "Host name at which the application answers in us-west-2; empty is secondary.<domain>."
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^(([a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9\\-]{0,61}[a-z0-9]))?$", var.secondary_endpoint)) && length(var.secondary_endpoint) <= 253
    error_message = "secondary_endpoint is a lower-case host name without scheme, port or path, or empty."
  }

  validation {
    condition     = var.secondary_endpoint != "app.${var.domain_name}"
    error_message = "secondary_endpoint is the region's own name; app.<domain> is the one that moves between regions and would point at itself."
  }

  validation {
    condition     = var.secondary_endpoint == "" || var.secondary_endpoint != var.primary_endpoint
    error_message = "secondary_endpoint must differ from primary_endpoint: one host in one region cannot stand in for itself."
  }
}

variable "health_check_path" {
  type        = string
  description = "Path the health checks ask for by HTTPS in both regions; it answers 2xx or 3xx while the application can do its work."
  nullable    = false
  default     = "/healthz"

  validation {
    condition     = can(regex("^/[A-Za-z0-9._~/?&=%\\-]{0,200}$", var.health_check_path))
    error_message = "health_check_path begins with / and has up to 200 letters, digits and . _ ~ / ? & = % - after it."
  }
}

################################################################################
# Failover
################################################################################

variable "failover_armed" {
  type        = bool
  description = "Whether failovers may happen from the beginning. Afterwards the kill switch, an SSM parameter in us-west-2, is turned by hand: armed or disarmed. A plan leaves it as it is."
  nullable    = false
  default     = true
}

variable "probe_interval_seconds" {
  type        = number
  description = "Seconds between two probes of us-east-1."
  nullable    = false
  default     = 5

  validation {
    condition     = var.probe_interval_seconds >= 5 && var.probe_interval_seconds <= 10 && floor(var.probe_interval_seconds) == var.probe_interval_seconds
    error_message = "probe_interval_seconds is a whole number from 5 to 10."
  }
}

variable "probes_to_condemn" {
  type        = number
  description = "Probes in a row that must find us-east-1 dead before it is failed over from. With 4 probes every 10 seconds it takes 59 seconds at worst, with 3 every 5 seconds 34."
  nullable    = false
  default     = 3

  validation {
    condition     = contains([2, 3, 4], var.probes_to_condemn)
    error_message = "probes_to_condemn is 2, 3 or 4: one lost probe must not condemn a region, and five slow ones take longer than a minute."
  }
}

variable "anti_flap_seconds" {
  type        = number
  description = "Seconds after a failover during which no other happens by itself."
  nullable    = false
  default     = 3600

  validation {
    condition     = var.anti_flap_seconds >= 0 && var.anti_flap_seconds <= 86400 && floor(var.anti_flap_seconds) == var.anti_flap_seconds
    error_message = "anti_flap_seconds is a whole number from 0 to 86400 (a day)."
  }
}

variable "lag_limit_seconds" {
  type        = number
  description = "Replication lag before the failure beyond which no failover happens by itself: more data than this would be lost. A person may still force it."
  nullable    = false
  default     = 60

  validation {
    condition     = var.lag_limit_seconds >= 1 && var.lag_limit_seconds <= 3600 && floor(var.lag_limit_seconds) == var.lag_limit_seconds
    error_message = "lag_limit_seconds is a whole number from 1 to 3600 (an hour)."
  }
}

################################################################################
# Operation
################################################################################

variable "reserved_concurrency" {
  type        = number
  description = "Concurrent invocations kept free for each function; 0 reserves none, for accounts with few. At least 2, because the invocations of two minutes overlap."
  nullable    = false
  default     = 2

  validation {
    condition     = var.reserved_concurrency >= 0 && var.reserved_concurrency <= 10 && var.reserved_concurrency / 2 == floor(var.reserved_concurrency / 2)
    error_message = "reserved_concurrency is 0 (none reserved), 2, 4, 6, 8 or 10."
  }
}

variable "rotation_days" {
  type        = number
  description = "Days from one rotation of the database administrator's password to the next."
  nullable    = false
  default     = 30

  validation {
    condition     = var.rotation_days >= 1 && var.rotation_days <= 90 && floor(var.rotation_days) == var.rotation_days
    error_message = "rotation_days is a whole number from 1 to 90."
  }
}

variable "log_retention_days" {
  type        = string
  description = "Days the logs of the functions and of the database are kept; auditors usually ask for a year."
  nullable    = false
  default     = "365"

  validation {
    condition     = contains(["30", "90", "180", "365", "731"], var.log_retention_days)
    error_message = "log_retention_days is 30, 90, 180, 365 or 731."
  }
}

variable "permissions_boundary_arn" {
  type        = string
  description = "IAM policy that bounds every role of the environment, where the organisation asks for one; empty sets none."
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^(arn:aws:iam::[0-9]{12}:policy/[A-Za-z0-9+=,.@_/\\-]{1,400})?$", var.permissions_boundary_arn)) && length(var.permissions_boundary_arn) <= 433
    error_message = "permissions_boundary_arn is the ARN of an IAM policy, or empty."
  }
}
