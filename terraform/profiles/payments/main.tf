# Active-passive disaster recovery for payments: us-east-1 serves, us-east-2 stays warm. What stands in a region is the same module called
# twice (payments_region); here is what joins the two.

locals {
  primary_region   = "us-east-1"
  secondary_region = "us-east-2"

  # Ranges that do not overlap, with each other or with the transactions profile's, so that the networks may be joined.
  primary_cidr   = "10.42.0.0/16"
  secondary_cidr = "10.43.0.0/16"

  # A long-term release; from 16.6 on the secondary's readers stay up when the primary's writer restarts.
  engine_version = "16.8"
  database_name  = "payments"

  # What the profile promises; profile.toml says the same to the portal.
  rpo_seconds = 300

  health_check_path = "/health"
  shared_name       = "api.${var.domain_name}"
  primary_name      = "primary.${local.shared_name}"
  secondary_name    = "secondary.${local.shared_name}"

  permissions_boundary_arn = var.permissions_boundary_arn == "" ? null : var.permissions_boundary_arn

  account_id = data.aws_caller_identity.current.account_id
}

data "aws_caller_identity" "current" {
  provider = aws.primary
}

module "naming" {
  source   = "../../modules/naming"
  for_each = toset(["primary", "secondary", "global"])

  environment_suffix = var.environment_suffix
  dr_role            = each.key
  environment        = var.environment
  cost_center        = var.cost_center
  owner              = var.owner_contact
}

################################################################################
# Regions
################################################################################

module "primary" {
  source    = "../../modules/payments_region"
  providers = { aws = aws.primary }

  naming               = module.naming["primary"]
  environment_suffix   = var.environment_suffix
  region               = local.primary_region
  primary_region       = local.primary_region
  standby_region       = local.secondary_region
  account_id           = local.account_id
  alert_emails         = local.alert_emails
  network              = merge(local.network, { cidr = local.primary_cidr })
  database             = merge(local.database, { instance_count = var.primary_instance_count, backup_window = "07:00-08:00", maintenance_window = "sun:09:00-sun:10:00" })
  master_password      = module.password_primary.password
  secret               = { arn = module.secret_primary.secret.arn, kms_key_arn = module.secret_primary.kms_key_arn }
  state_table          = local.state_table
  transaction_log      = { name = module.storage.primary_bucket_names["transaction_logs"], arn = module.storage.primary_bucket_arns["transaction_logs"] }
  rpo_seconds          = local.rpo_seconds
  function_concurrency = var.payments_concurrency
  reserved_concurrency = var.reserved_concurrency
  log_retention_days   = tonumber(var.log_retention_days)

  api = merge(local.api, {
    domain_names    = { shared = local.shared_name, own = local.primary_name }
    certificate_arn = module.certificates.primary_certificate_arn
  })

  global_cluster_identifier = module.global_database.identifier
  permissions_boundary_arn  = local.permissions_boundary_arn
}

module "secondary" {
  source    = "../../modules/payments_region"
  providers = { aws = aws.secondary }

  naming               = module.naming["secondary"]
  environment_suffix   = var.environment_suffix
  region               = local.secondary_region
  primary_region       = local.primary_region
  standby_region       = local.secondary_region
  account_id           = local.account_id
  alert_emails         = local.alert_emails
  network              = merge(local.network, { cidr = local.secondary_cidr, further_services = ["events", "sns", "ssm"] })
  database             = merge(local.database, { instance_count = var.secondary_instance_count, backup_window = "10:00-11:00", maintenance_window = "wed:09:00-wed:10:00" })
  secret               = { arn = module.secret_secondary.secret.arn, kms_key_arn = module.secret_secondary.kms_key_arn }
  state_table          = local.state_table
  transaction_log      = { name = module.storage.secondary_bucket_names["transaction_logs"], arn = module.storage.secondary_bucket_arns["transaction_logs"] }
  rpo_seconds          = local.rpo_seconds
  function_concurrency = var.payments_concurrency
  reserved_concurrency = var.reserved_concurrency
  log_retention_days   = tonumber(var.log_retention_days)

  api = merge(local.api, {
    domain_names    = { shared = local.shared_name, own = local.secondary_name }
    certificate_arn = module.certificates.secondary_certificate_arn
  })

  # The primary's output, not the global database itself: there has to be a writer to follow.
  global_cluster_identifier = module.primary.global_cluster_identifier
  permissions_boundary_arn  = local.permissions_boundary_arn
}

# What both regions are given.
locals {
  alert_emails = [var.owner_contact, var.operations_contact]

  network = {
    nat_mode            = var.nat_mode
    interface_endpoints = var.interface_endpoints
  }

  database = {
    engine_version    = local.engine_version
    name              = local.database_name
    username          = var.database_username
    password_version  = var.database_password_version
    min_capacity_acu  = var.min_capacity_acu
    max_capacity_acu  = var.max_capacity_acu
    rpo_bound_seconds = var.rpo_bound_seconds == 0 ? null : var.rpo_bound_seconds
  }

  api = {
    authorization = var.api_authorization
    throttle      = { rate = var.api_rate_limit, burst = var.api_burst_limit }
    enable_waf    = var.enable_waf
    logs_role     = var.api_logs_role
  }
}

################################################################################
# Credentials: an existing secret, and its replica
################################################################################

module "secret_primary" {
  source    = "../../modules/existing_secret"
  providers = { aws = aws.primary }

  name   = var.database_secret_name
  region = local.primary_region
  remedy = "Make it, as JSON with username and password"
}

module "secret_secondary" {
  source    = "../../modules/existing_secret"
  providers = { aws = aws.secondary }

  name   = var.database_secret_name
  region = local.secondary_region
  remedy = "Replicate it from ${local.primary_region}"
}

module "password_primary" {
  source    = "../../modules/existing_password"
  providers = { aws = aws.primary }

  secret   = module.secret_primary.secret
  username = var.database_username
}

# Nothing is made with this one: it is read so that a plan fails, and not a failover, when the standby could not log in.
module "password_secondary" {
  source    = "../../modules/existing_password"
  providers = { aws = aws.secondary }

  secret   = module.secret_secondary.secret
  username = var.database_username
  same_as  = module.password_primary.password
}

################################################################################
# Database
################################################################################

module "global_database" {
  source    = "../../modules/global_database"
  providers = { aws = aws.primary }

  naming         = module.naming["global"]
  engine         = "aurora-postgresql"
  engine_version = local.engine_version
}

################################################################################
# Objects
################################################################################

module "storage" {
  source    = "../../modules/replicated_buckets"
  providers = { aws.primary = aws.primary, aws.secondary = aws.secondary }

  datasets              = ["transaction_logs"]
  primary_naming        = module.naming["primary"]
  primary_region        = local.primary_region
  primary_kms_key_arn   = module.primary.kms_key_arn
  secondary_naming      = module.naming["secondary"]
  secondary_region      = local.secondary_region
  secondary_kms_key_arn = module.secondary.kms_key_arn
  account_id            = local.account_id

  permissions_boundary_arn = local.permissions_boundary_arn
}

################################################################################
# Names
################################################################################

module "dns" {
  source    = "../../modules/dns_failover"
  providers = { aws = aws.primary }

  naming             = module.naming["global"]
  domain_name        = var.domain_name
  hosted_zone_id     = var.hosted_zone_id
  application_label  = "api"
  primary_endpoint   = local.primary_name
  secondary_endpoint = local.secondary_name
  health_check_path  = local.health_check_path
  measure_latency    = true
  targets            = { primary = module.primary.api_targets, secondary = module.secondary.api_targets }

  # Aliases are held for a minute; of the 15 minutes there are, this takes two at most.
  cutover_limit_seconds = 120

  switch_alarm = {
    name       = module.failover_automation.switch_alarm_name
    region     = local.secondary_region
    definition = module.failover_automation.switch_alarm_definition
  }
}

module "certificates" {
  source    = "../../modules/certificates"
  providers = { aws.primary = aws.primary, aws.secondary = aws.secondary }

  primary_naming   = module.naming["primary"]
  secondary_naming = module.naming["secondary"]
  hosted_zone_id   = module.dns.hosted_zone_id
  shared_name      = local.shared_name
  primary_name     = local.primary_name
  secondary_name   = local.secondary_name
}
