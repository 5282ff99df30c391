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
# Database
################################################################################

variable "database_secret_name" {
  type        = string
  description = "Existing secret in Secrets Manager with the administrator's credentials: JSON with username and password, in us-east-1, replicated to us-east-2. It stays its owner's."
  nullable    = false

  validation {
    condition     = can(regex("^[A-Za-z0-9/_+=.@\\-]{1,512}$", var.database_secret_name)) && length(var.database_secret_name) <= 512
    error_message = "database_secret_name is a secret's name: up to 512 letters, digits and / _ + = . @ -."
  }
}

variable "database_username" {
  type        = string
  description = "Administrator the secret is for."
  nullable    = false
  default     = "payments_admin"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]{0,62}$", var.database_username)) && length(var.database_username) <= 63
    error_message = "database_username has 1 to 63 lower-case letters, digits and underscores, and starts with a letter."
  }

  validation {
    condition     = !contains(["admin", "postgres", "public", "rdsadmin", "rdsrepladmin", "rdstopmgr"], var.database_username)
    error_message = "database_username is one that PostgreSQL or RDS keeps for itself; give another."
  }
}

variable "database_password_version" {
  type        = number
  description = "Raise it after the secret has got another password: the next apply gives it to the database."
  nullable    = false
  default     = 1

  validation {
    condition     = var.database_password_version >= 1 && var.database_password_version <= 1000 && floor(var.database_password_version) == var.database_password_version
    error_message = "database_password_version is a whole number from 1 to 1000."
  }
}

variable "rpo_bound_seconds" {
  type        = number
  description = "Holds payments back while the standby is further behind than this, so that no failover loses more; 0 lets them through. While it holds back, nothing can be paid."
  nullable    = false
  default     = 0

  validation {
    condition     = var.rpo_bound_seconds >= 0 && var.rpo_bound_seconds <= 300 && var.rpo_bound_seconds / 20 == floor(var.rpo_bound_seconds / 20)
    error_message = "rpo_bound_seconds is 0 (no bound), or 20 to 300 in steps of 20."
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
  description = "Database instances in us-east-2, one zone each. With two, the standby outlives the loss of a zone while it is in charge."
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
  description = "Domain of the environment. The API answers as api.<domain>, which follows the healthy region, and as primary.api.<domain> and secondary.api.<domain>."
  nullable    = false

  validation {
    condition     = can(regex("^([a-z0-9]([a-z0-9\\-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9\\-]{0,61}[a-z0-9])$", var.domain_name)) && length(var.domain_name) <= 60
    error_message = "domain_name is a lower-case domain such as pay.example.net, without a final dot, of at most 60 characters: a certificate's first name has 64."
  }
}

variable "hosted_zone_id" {
  type        = string
  description = "Route 53 hosted zone to write the records into; empty makes a zone for the domain, which its parent has to delegate while the apply waits for the certificates."
  nullable    = false
  default     = ""

  validation {
    condition     = can(regex("^[A-Z0-9]{0,32}$", var.hosted_zone_id))
    error_message = "hosted_zone_id is the id of a Route 53 zone, up to 32 capitals and digits, or empty."
  }
}

################################################################################
# API
################################################################################

variable "api_authorization" {
  type        = string
  description = "AWS_IAM: payments are taken from signed requests of who may execute-api:Invoke; NONE: from everybody, for trials and where something else guards the way. The health check is open."
  nullable    = false
  default     = "AWS_IAM"

  validation {
    condition     = contains(["AWS_IAM", "NONE"], var.api_authorization)
    error_message = "api_authorization is AWS_IAM or NONE."
  }
}

variable "api_rate_limit" {
  type        = number
  description = "Requests a second that each route takes; more are refused with 429."
  nullable    = false
  default     = 100

  validation {
    condition     = var.api_rate_limit >= 1 && var.api_rate_limit <= 10000 && floor(var.api_rate_limit) == var.api_rate_limit
    error_message = "api_rate_limit is a whole number from 1 to 10000, the most an account has by default."
  }
}

variable "api_burst_limit" {
  type        = number
  description = "Requests that each route takes at once."
  nullable    = false
  default     = 200

  validation {
    condition     = var.api_burst_limit >= 1 && var.api_burst_limit <= 5000 && floor(var.api_burst_limit) == var.api_burst_limit
    error_message = "api_burst_limit is a whole number from 1 to 5000, the most an account has by default."
  }
}

variable "api_latency_limit_milliseconds" {
  type        = number
  description = "People are told when one in a hundred answers takes longer."
  nullable    = false
  default     = 3000

  validation {
    condition     = var.api_latency_limit_milliseconds >= 100 && var.api_latency_limit_milliseconds <= 15000 && floor(var.api_latency_limit_milliseconds) == var.api_latency_limit_milliseconds
    error_message = "api_latency_limit_milliseconds is a whole number from 100 to 15000, after which the function gives up."
  }
}

variable "enable_waf" {
  type        = bool
  description = "Whether a web application firewall stands before the API in both regions: common attacks, known bad input, floods from one address."
  nullable    = false
  default     = false
}

variable "api_logs_role" {
  type        = string
  description = "Who gives API Gateway its role for logs, one for the whole account in each region. own: this environment sets it, and takes it away at its end; account: it is set already. Of the environments in an account one may say own."
  nullable    = false
  default     = "own"

  validation {
    condition     = contains(["own", "account"], var.api_logs_role)
    error_message = "api_logs_role is own or account."
  }
}

################################################################################
# Failover
################################################################################

variable "automatic_promotion" {
  type        = bool
  description = "Whether a dead us-east-1 is failed over from by itself. Otherwise people are told, and the database is promoted when one asks."
  nullable    = false
  default     = true
}

variable "failover_armed" {
  type        = bool
  description = "Whether failovers may happen from the beginning. Afterwards the kill switch, an SSM parameter in us-east-2, is turned by hand: armed or disarmed. A plan leaves it as it is."
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
  default     = 300

  validation {
    condition     = var.lag_limit_seconds >= 1 && var.lag_limit_seconds <= 3600 && floor(var.lag_limit_seconds) == var.lag_limit_seconds
    error_message = "lag_limit_seconds is a whole number from 1 to 3600 (an hour)."
  }
}

################################################################################
# Operation
################################################################################

variable "payments_concurrency" {
  type        = number
  description = "Invocations kept free in each region for the function that books payments, and the most it may have at once; 0 reserves none, for accounts with few."
  nullable    = false
  default     = 50

  validation {
    condition     = var.payments_concurrency >= 0 && var.payments_concurrency <= 100 && var.payments_concurrency / 5 == floor(var.payments_concurrency / 5)
    error_message = "payments_concurrency is 0 (none reserved) to 100 in steps of 5."
  }
}

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
