# What watches the primary region and fails over from it: the transactions profile's automation, with this profile's limits.

locals {
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
  vpc                  = module.secondary.function_vpc
  reserved_concurrency = var.reserved_concurrency
  log_retention_days   = tonumber(var.log_retention_days)

  global_cluster_identifier = module.global_database.identifier
  database_name             = local.database_name
  # Alive in whatever role: after a failover the old primary follows, which forbids to serve it but not to fail back to it.
  primary_url = "https://${local.primary_name}${local.health_check_path}?role=any"

  primary_cluster = {
    identifier  = module.primary.cluster.identifier
    arn         = module.primary.cluster.arn
    secret_arn  = module.secret_primary.secret.arn
    kms_key_arn = module.secret_primary.kms_key_arn
  }

  standby_cluster = {
    identifier  = module.secondary.cluster.identifier
    arn         = module.secondary.cluster.arn
    secret_arn  = module.secret_secondary.secret.arn
    kms_key_arn = module.secret_secondary.kms_key_arn
  }

  policy = {
    automatic              = var.automatic_promotion
    armed                  = var.failover_armed
    anti_flap_seconds      = var.anti_flap_seconds
    lag_limit_seconds      = var.lag_limit_seconds
    probe_interval_seconds = var.probe_interval_seconds
    probes_to_condemn      = var.probes_to_condemn
  }

  permissions_boundary_arn = local.permissions_boundary_arn
}
