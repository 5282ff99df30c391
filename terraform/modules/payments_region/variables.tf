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
    condition     = var.region == (var.naming.dr_role == "primary" ? var.primary_region : var.standby_region)
    error_message = "region is the one of the role that naming has."
  }
}

variable "primary_region" {
  type        = string
  description = "Region that serves."
  nullable    = false
}

variable "standby_region" {
  type        = string
  description = "Region that stands by."
  nullable    = false
}

variable "account_id" {
  type        = string
  description = "AWS account all of it stands in."
  nullable    = false
}

variable "alert_emails" {
  type        = list(string)
  description = "Mail addresses subscribed to the region's alerts."
  nullable    = false
}

variable "log_retention_days" {
  type        = number
  description = "Days logs are kept."
  nullable    = false
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the roles made here may ever do; null sets none."
  default     = null
}

################################################################################
# Network
################################################################################

variable "network" {
  type = object({
    cidr                = string
    nat_mode            = string
    interface_endpoints = string
    further_services    = optional(list(string), [])
  })
  description = "Range of the region's VPC; NAT gateways (single or per_zone); interface endpoints (none or used), and the services that functions of others in this region call."
  nullable    = false
}

################################################################################
# Database
################################################################################

variable "global_cluster_identifier" {
  type        = string
  description = "Global database the region's cluster joins. For the standby that which the primary puts out: it is known once there is a writer to follow."
  nullable    = false
}

variable "database" {
  type = object({
    engine_version     = string
    name               = string
    username           = string
    password_version   = number
    instance_count     = number
    min_capacity_acu   = number
    max_capacity_acu   = number
    rpo_bound_seconds  = optional(number)
    backup_window      = string
    maintenance_window = string
  })
  description = "The region's Aurora PostgreSQL cluster."
  nullable    = false
}

variable "master_password" {
  type        = string
  description = "Administrator's password; used in the primary region only, and never stored."
  default     = null
  ephemeral   = true
  sensitive   = true
}

variable "secret" {
  type = object({
    arn         = string
    kms_key_arn = optional(string)
  })
  description = "The region's copy of the secret with the credentials, and its key unless that is AWS's own."
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

variable "rpo_seconds" {
  type        = number
  description = "Recovery point objective: how closely a standby must follow to call itself healthy."
  nullable    = false
}

################################################################################
# Payments
################################################################################

variable "transaction_log" {
  type = object({
    name = string
    arn  = string
  })
  description = "The region's bucket for the transaction log."
  nullable    = false
}

variable "api" {
  type = object({
    domain_names    = object({ shared = string, own = string })
    certificate_arn = string
    authorization   = string
    throttle        = object({ rate = number, burst = number })
    enable_waf      = bool
    logs_role       = string
  })
  description = "The region's REST API, as rest_api takes it."
  nullable    = false
}

variable "function_concurrency" {
  type        = number
  description = "Invocations kept free for the function that books payments, and the most it may have at once; 0 reserves none."
  nullable    = false
}

variable "reserved_concurrency" {
  type        = number
  description = "Invocations kept free for the heartbeat; 0 reserves none."
  nullable    = false
}
