variable "naming" {
  type = object({
    dr_role    = string
    names      = map(string)
    zone_names = map(list(string))
    tags       = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "account_id" {
  type        = string
  description = "AWS account the cluster stands in."
  nullable    = false
}

variable "global_cluster_identifier" {
  type        = string
  description = "Global database this cluster is a member of."
  nullable    = false
}

variable "engine" {
  type        = string
  description = "aurora-mysql or aurora-postgresql; the global database's."
  nullable    = false
  default     = "aurora-mysql"

  validation {
    condition     = contains(["aurora-mysql", "aurora-postgresql"], var.engine)
    error_message = "engine is aurora-mysql or aurora-postgresql."
  }
}

variable "engine_version" {
  type        = string
  description = "Version at creation; later versions come from the global database."
  nullable    = false

  validation {
    condition     = var.engine != "aurora-mysql" || can(regex("^8\\.0\\.mysql_aurora\\.3\\.(09|[1-9][0-9])\\.[0-9]+$", var.engine_version))
    error_message = "engine_version is 8.0.mysql_aurora.3.09.0 or newer: before it, a secondary's readers restart whenever the primary's writer does."
  }

  validation {
    condition     = var.engine != "aurora-postgresql" || can(regex("^(16\\.([6-9]|[1-9][0-9])|17\\.([4-9]|[1-9][0-9]))$", var.engine_version))
    error_message = "engine_version is 16.6 or newer, or 17.4 or newer: before them, a secondary's readers restart whenever the primary's writer does."
  }
}

variable "rpo_bound_seconds" {
  type        = number
  description = "PostgreSQL only. Holds commits back while every secondary is further behind than this (rds.global_db_rpo); null lets them through. Not below 20."
  default     = null

  validation {
    condition     = var.rpo_bound_seconds == null || try(var.rpo_bound_seconds >= 20 && floor(var.rpo_bound_seconds) == var.rpo_bound_seconds, false)
    error_message = "rpo_bound_seconds is a whole number of at least 20, the least Aurora takes, or null."
  }

  validation {
    condition     = var.rpo_bound_seconds == null || var.engine == "aurora-postgresql"
    error_message = "rpo_bound_seconds is Aurora PostgreSQL's; MySQL has no such bound."
  }
}

variable "primary_region" {
  type        = string
  description = "Region of the global database's primary cluster."
  nullable    = false
}

variable "database_name" {
  type        = string
  description = "Database made with the primary cluster."
  nullable    = false
}

variable "master_username" {
  type        = string
  description = "Administrator's name; used on the primary only."
  nullable    = false
}

variable "master_password" {
  type        = string
  description = "Administrator's password; used on the primary only, and never stored."
  default     = null
  ephemeral   = true
  sensitive   = true

  validation {
    condition     = var.naming.dr_role != "primary" || var.master_password != null
    error_message = "master_password is needed for the primary cluster."
  }
}

variable "master_password_version" {
  type        = number
  description = "Goes up when the password is to be written anew."
  nullable    = false
  default     = 1
}

variable "subnet_ids" {
  type        = list(string)
  description = "Private subnets, one in each of three zones."
  nullable    = false

  validation {
    condition     = length(var.subnet_ids) == 3
    error_message = "subnet_ids names three subnets, one in each zone."
  }
}

variable "availability_zones" {
  type        = list(string)
  description = "The three zones the instances are spread over."
  nullable    = false

  validation {
    condition     = length(distinct(var.availability_zones)) == 3
    error_message = "availability_zones names three different zones."
  }
}

variable "instance_count" {
  type        = number
  description = "Instances of the cluster, each in a zone of its own."
  nullable    = false

  validation {
    condition     = contains([1, 2, 3], var.instance_count)
    error_message = "instance_count is 1, 2 or 3: a cluster without an instance cannot take over, and there are three zones."
  }
}

variable "min_capacity_acu" {
  type        = number
  description = "Lower capacity bound of each instance, in ACU (2 GiB of memory each)."
  nullable    = false

  validation {
    condition     = var.min_capacity_acu >= 0.5 && var.min_capacity_acu <= 256 && var.min_capacity_acu * 2 == floor(var.min_capacity_acu * 2)
    error_message = "min_capacity_acu is 0.5 to 256 in steps of 0.5; 0, which would pause the instance, is not possible in a global database."
  }
}

variable "max_capacity_acu" {
  type        = number
  description = "Upper capacity bound of each instance, in ACU."
  nullable    = false

  validation {
    condition     = var.max_capacity_acu >= 1 && var.max_capacity_acu <= 256 && var.max_capacity_acu * 2 == floor(var.max_capacity_acu * 2)
    error_message = "max_capacity_acu is 1 to 256 in steps of 0.5."
  }

  validation {
    condition     = var.max_capacity_acu >= var.min_capacity_acu
    error_message = "max_capacity_acu must not be less than min_capacity_acu."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "The region's key: storage, logs and Performance Insights."
  nullable    = false
}

variable "security_group_id" {
  type        = string
  description = "Security group of the database."
  nullable    = false
}

variable "backup_window" {
  type        = string
  description = "Daily window (UTC) in which the backup is taken."
  nullable    = false
}

variable "maintenance_window" {
  type        = string
  description = "Weekly window (UTC) for maintenance; keep those of the two regions on different days."
  nullable    = false
}

variable "log_retention_days" {
  type        = number
  description = "Days the exported logs are kept."
  nullable    = false
  default     = 90
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the role made here may ever do; null sets none."
  default     = null
}
