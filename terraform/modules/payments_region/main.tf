# Everything of the payments profile that stands in one region. Called once for the primary and once for the standby, so the two are alike
# by construction: what differs is the role, the range of addresses, the number of instances, and what Aurora allows on one side only.
#
#   API -> function -> cluster, with the transaction log beside it; the heartbeat writes into the same cluster
#
# What stands once for both (global database, buckets and their replication, names, certificates, failover automation) is the profile's.

locals {
  # What the function and the heartbeat call; the standby's automation adds its own.
  endpoint_services = ["monitoring", "rds", "rds-data", "secretsmanager"]

  function_vpc = {
    subnet_ids         = module.stack.private_subnet_ids
    security_group_ids = [module.stack.workload_security_group_id]
  }
}

module "stack" {
  source = "../region_stack"

  naming              = var.naming
  region              = var.region
  account_id          = var.account_id
  cidr                = var.network.cidr
  nat_mode            = var.network.nat_mode
  interface_endpoints = var.network.interface_endpoints
  endpoint_services   = sort(distinct(concat(local.endpoint_services, var.network.further_services)))
  database_port       = 5432
  alert_emails        = var.alert_emails
  log_retention_days  = var.log_retention_days

  permissions_boundary_arn = var.permissions_boundary_arn
}

module "database" {
  source = "../aurora_cluster"

  naming                    = var.naming
  account_id                = var.account_id
  global_cluster_identifier = var.global_cluster_identifier
  engine                    = "aurora-postgresql"
  engine_version            = var.database.engine_version
  rpo_bound_seconds         = var.database.rpo_bound_seconds
  primary_region            = var.primary_region
  database_name             = var.database.name
  master_username           = var.database.username
  master_password           = var.master_password
  master_password_version   = var.database.password_version
  subnet_ids                = module.stack.private_subnet_ids
  availability_zones        = module.stack.availability_zones
  instance_count            = var.database.instance_count
  min_capacity_acu          = var.database.min_capacity_acu
  max_capacity_acu          = var.database.max_capacity_acu
  kms_key_arn               = module.stack.kms_key_arn
  security_group_id         = module.stack.database_security_group_id
  backup_window             = var.database.backup_window
  maintenance_window        = var.database.maintenance_window
  log_retention_days        = var.log_retention_days

  permissions_boundary_arn = var.permissions_boundary_arn
}

module "api" {
  source = "../rest_api"

  naming             = var.naming
  region             = var.region
  kms_key_arn        = module.stack.kms_key_arn
  domain_names       = var.api.domain_names
  certificate_arn    = var.api.certificate_arn
  authorization      = var.api.authorization
  throttle           = var.api.throttle
  enable_waf         = var.api.enable_waf
  logs_role          = var.api.logs_role
  log_retention_days = var.log_retention_days

  function = {
    name            = module.function.function_name
    arn             = module.function.function_arn
    timeout_seconds = module.function.timeout_seconds
  }

  permissions_boundary_arn = var.permissions_boundary_arn
}

module "heartbeat" {
  source = "../heartbeat"

  naming                    = var.naming
  environment_suffix        = var.environment_suffix
  region                    = var.region
  primary_region            = var.primary_region
  standby_region            = var.standby_region
  account_id                = var.account_id
  kms_key_arn               = module.stack.kms_key_arn
  vpc                       = local.function_vpc
  global_cluster_identifier = var.global_cluster_identifier
  cluster_arn               = module.database.cluster_arn
  secret_arn                = var.secret.arn
  secret_kms_key_arn        = var.secret.kms_key_arn
  database_name             = var.database.name
  state_table               = var.state_table
  reserved_concurrency      = var.reserved_concurrency
  log_retention_days        = var.log_retention_days

  permissions_boundary_arn = var.permissions_boundary_arn
}
