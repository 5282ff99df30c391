variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "environment_suffix" {
  type        = string
  description = "Suffix of the environment; dimension of its metrics."
  nullable    = false
}

variable "region" {
  type        = string
  description = "Region of the provider this module is given."
  nullable    = false

  validation {
    condition     = contains([var.primary_region, var.standby_region], var.region)
    error_message = "region is one of the environment's two."
  }
}

variable "primary_region" {
  type        = string
  description = "Region that serves."
  nullable    = false
}

variable "standby_region" {
  type        = string
  description = "Region that stands by; the state table is there."
  nullable    = false

  validation {
    condition     = var.standby_region != var.primary_region
    error_message = "standby_region must differ from primary_region: a region cannot stand in for itself."
  }
}

variable "account_id" {
  type        = string
  description = "AWS account the function stands in."
  nullable    = false
}

variable "kms_key_arn" {
  type        = string
  description = "The region's key."
  nullable    = false
}

variable "vpc" {
  type = object({
    subnet_ids         = list(string)
    security_group_ids = list(string)
  })
  description = "Private subnets and security groups the function stands in; none keeps it outside of networks."
  default     = null
}

variable "global_cluster_identifier" {
  type        = string
  description = "Global database both clusters are members of."
  nullable    = false
}

variable "cluster_arn" {
  type        = string
  description = "The region's cluster."
  nullable    = false
}

variable "secret_arn" {
  type        = string
  description = "The region's copy of the secret with the credentials."
  nullable    = false
}

variable "secret_kms_key_arn" {
  type        = string
  description = "Key of that secret where it is another than the region's."
  default     = null
}

variable "database_name" {
  type        = string
  description = "Database the heartbeats are written into."
  nullable    = false
}

variable "state_table" {
  type = object({
    name        = string
    arn         = string
    kms_key_arn = string
  })
  description = "State table of the failover automation in the standby region, and its key."
  nullable    = false
}

variable "reserved_concurrency" {
  type        = number
  description = "Invocations kept free for the function; 0 reserves none."
  nullable    = false

  validation {
    condition     = var.reserved_concurrency != 1
    error_message = "reserved_concurrency must be 0 or at least 2: invocations overlap, with a single one there would be gaps between the beats."
  }
}

variable "log_retention_days" {
  type        = number
  description = "Days the function's log is kept."
  nullable    = false
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the role made here may ever do; null sets none."
  default     = null
}
