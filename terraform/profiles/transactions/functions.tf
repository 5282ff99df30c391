# What watches the primary region and fails over from it, what measures the loss, and what rotates the credentials.

locals {
  # In the private subnets: out by HTTPS only, through the NAT gateways or, where there are any, the interface endpoints.
  primary_functions_vpc = {
    subnet_ids         = module.primary.private_subnet_ids
    security_group_ids = [module.primary.workload_security_group_id]
  }
  secondary_functions_vpc = {
    subnet_ids         = module.secondary.private_subnet_ids
    security_group_ids = [module.secondary.workload_security_group_id]
  }

  state_table = {
    name        = module.failover_automation.state_table_name
    arn         = module.failover_automation.state_table_arn
    kms_key_arn = module.secondary.kms_key_arn
  }
}

module "failover_automation" {
  source    = "../../modules/failover_automation"
  providers = { aws = aws.secondary }

  naming               = module.naming["secondary"]
  environment_suffix   = var.environment_suffix
  region               = local.secondary_region
  primary_region       = local.primary_region
  account_id           = local.account_id
  kms_key_arn          = module.secondary.kms_key_arn
  alerts_topic_arn     = module.secondary.alerts_topic_arn
  vpc                  = local.secondary_functions_vpc
  reserved_concurrency = var.reserved_concurrency
  log_retention_days   = tonumber(var.log_retention_days)

  global_cluster_identifier = module.global_database.identifier
  database_name             = local.database_name
  primary_url               = "https://${module.dns.primary_endpoint}${var.health_check_path}"

  primary_cluster = {
    identifier  = module.database_primary.cluster_identifier
    arn         = module.database_primary.cluster_arn
    secret_arn  = module.secret.secret_arn
    kms_key_arn = module.primary.kms_key_arn
  }

  standby_cluster = {
    identifier = module.database_secondary.cluster_identifier
    arn        = module.database_secondary.cluster_arn
    secret_arn = module.secret.replica_secret_arn
  }

  policy = {
    armed                  = var.failover_armed
    anti_flap_seconds      = var.anti_flap_seconds
    lag_limit_seconds      = var.lag_limit_seconds
    probe_interval_seconds = var.probe_interval_seconds
    probes_to_condemn      = var.probes_to_condemn
  }

  permissions_boundary_arn = local.permissions_boundary_arn
}

module "heartbeat_primary" {
  source    = "../../modules/heartbeat"
  providers = { aws = aws.primary }

  naming                    = module.naming["primary"]
  environment_suffix        = var.environment_suffix
  region                    = local.primary_region
  primary_region            = local.primary_region
  standby_region            = local.secondary_region
  account_id                = local.account_id
  kms_key_arn               = module.primary.kms_key_arn
  vpc                       = local.primary_functions_vpc
  global_cluster_identifier = module.global_database.identifier
  cluster_arn               = module.database_primary.cluster_arn
  secret_arn                = module.secret.secret_arn
  database_name             = local.database_name
  state_table               = local.state_table
  reserved_concurrency      = var.reserved_concurrency
  log_retention_days        = tonumber(var.log_retention_days)

  permissions_boundary_arn = local.permissions_boundary_arn
}

module "heartbeat_secondary" {
  source    = "../../modules/heartbeat"
  providers = { aws = aws.secondary }

  naming                    = module.naming["secondary"]
  environment_suffix        = var.environment_suffix
  region                    = local.secondary_region
  primary_region            = local.primary_region
  standby_region            = local.secondary_region
  account_id                = local.account_id
  kms_key_arn               = module.secondary.kms_key_arn
  vpc                       = local.secondary_functions_vpc
  global_cluster_identifier = module.global_database.identifier
  cluster_arn               = module.database_secondary.cluster_arn
  secret_arn                = module.secret.replica_secret_arn
  database_name             = local.database_name
  state_table               = local.state_table
  reserved_concurrency      = var.reserved_concurrency
  log_retention_days        = tonumber(var.log_retention_days)

  permissions_boundary_arn = local.permissions_boundary_arn
}

module "secret_rotation" {
  source    = "../../modules/secret_rotation"
  providers = { aws = aws.primary }

  naming                    = module.naming["primary"]
  environment_suffix        = var.environment_suffix
  region                    = local.primary_region
  account_id                = local.account_id
  kms_key_arn               = module.primary.kms_key_arn
  vpc                       = local.primary_functions_vpc
  secret_arn                = module.password.filled_secret_arn
  global_cluster_identifier = module.global_database.identifier
  cluster_identifier        = module.database_primary.cluster_identifier
  cluster_arn               = module.database_primary.cluster_arn
  database_name             = local.database_name
  rotation_days             = var.rotation_days
  reserved_concurrency      = var.reserved_concurrency
  log_retention_days        = tonumber(var.log_retention_days)

  permissions_boundary_arn = local.permissions_boundary_arn
}
