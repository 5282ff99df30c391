# Active-passive disaster recovery for transaction processing: us-east-1 serves, us-west-2 stays warm.

locals {
  primary_region   = "us-east-1"
  secondary_region = "us-west-2"

  # Ranges that do not overlap, so that the two networks may be joined.
  primary_cidr   = "10.40.0.0/16"
  secondary_cidr = "10.41.0.0/16"

  # A long-term release; from 3.09 on the secondary's readers stay up when the primary's writer restarts.
  engine_version  = "8.0.mysql_aurora.3.10.0"
  database_name   = "transactions"
  master_username = "lifeboat_admin"

  # What the functions of each region call there.
  primary_endpoint_services   = ["monitoring", "rds", "rds-data", "secretsmanager"]
  secondary_endpoint_services = ["events", "monitoring", "rds", "rds-data", "sns", "ssm"]

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
  source    = "../../modules/region_stack"
  providers = { aws = aws.primary }

  naming              = module.naming["primary"]
  region              = local.primary_region
  account_id          = local.account_id
  cidr                = local.primary_cidr
  nat_mode            = var.nat_mode
  alert_emails        = [var.owner_contact, var.operations_contact]
  interface_endpoints = var.interface_endpoints
  endpoint_services   = local.primary_endpoint_services
  log_retention_days  = tonumber(var.log_retention_days)

  permissions_boundary_arn = local.permissions_boundary_arn
}

module "secondary" {
  source    = "../../modules/region_stack"
  providers = { aws = aws.secondary }

  naming              = module.naming["secondary"]
  region              = local.secondary_region
  account_id          = local.account_id
  cidr                = local.secondary_cidr
  nat_mode            = var.nat_mode
  alert_emails        = [var.owner_contact, var.operations_contact]
  interface_endpoints = var.interface_endpoints
  endpoint_services   = local.secondary_endpoint_services
  log_retention_days  = tonumber(var.log_retention_days)

  permissions_boundary_arn = local.permissions_boundary_arn
}

################################################################################
# Database
################################################################################

module "secret" {
  source    = "../../modules/database_secret"
  providers = { aws = aws.primary }

  naming              = module.naming["global"]
  primary_kms_key_arn = module.primary.kms_key_arn
  replica_region      = local.secondary_region
  replica_kms_key_arn = module.secondary.kms_key_arn
}

module "password" {
  source    = "../../modules/database_password"
  providers = { aws = aws.primary }

  secret_arn    = module.secret.secret_arn
  username      = local.master_username
  database_name = local.database_name
}

module "global_database" {
  source    = "../../modules/global_database"
  providers = { aws = aws.primary }

  naming         = module.naming["global"]
  engine         = "aurora-mysql"
  engine_version = local.engine_version
}

# Environments of earlier versions of this profile have it here.
moved {
  from = aws_rds_global_cluster.this
  to   = module.global_database.aws_rds_global_cluster.this
}

module "database_primary" {
  source    = "../../modules/aurora_cluster"
  providers = { aws = aws.primary }

  naming                    = module.naming["primary"]
  account_id                = local.account_id
  global_cluster_identifier = module.global_database.identifier
  engine_version            = local.engine_version
  primary_region            = local.primary_region
  database_name             = local.database_name
  master_username           = local.master_username
  master_password           = module.password.password
  master_password_version   = module.password.password_version
  subnet_ids                = module.primary.private_subnet_ids
  availability_zones        = module.primary.availability_zones
  instance_count            = var.primary_instance_count
  min_capacity_acu          = var.min_capacity_acu
  max_capacity_acu          = var.max_capacity_acu
  kms_key_arn               = module.primary.kms_key_arn
  security_group_id         = module.primary.database_security_group_id
  backup_window             = "07:00-08:00"
  maintenance_window        = "sun:09:00-sun:10:00"
  log_retention_days        = tonumber(var.log_retention_days)

  permissions_boundary_arn = local.permissions_boundary_arn
}

module "database_secondary" {
  source    = "../../modules/aurora_cluster"
  providers = { aws = aws.secondary }

  naming                    = module.naming["secondary"]
  account_id                = local.account_id
  global_cluster_identifier = module.global_database.identifier
  engine_version            = local.engine_version
  primary_region            = local.primary_region
  database_name             = local.database_name
  master_username           = local.master_username
  subnet_ids                = module.secondary.private_subnet_ids
  availability_zones        = module.secondary.availability_zones
  instance_count            = var.secondary_instance_count
  min_capacity_acu          = var.min_capacity_acu
  max_capacity_acu          = var.max_capacity_acu
  kms_key_arn               = module.secondary.kms_key_arn
  security_group_id         = module.secondary.database_security_group_id
  backup_window             = "10:00-11:00"
  maintenance_window        = "wed:09:00-wed:10:00"
  log_retention_days        = tonumber(var.log_retention_days)

  # Aurora attaches a secondary only to a primary that has a running writer, and lets the primary go only after its secondaries.
  depends_on = [module.database_primary]

  permissions_boundary_arn = local.permissions_boundary_arn
}

################################################################################
# Objects
################################################################################

module "storage" {
  source    = "../../modules/replicated_buckets"
  providers = { aws.primary = aws.primary, aws.secondary = aws.secondary }

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
  primary_endpoint   = var.primary_endpoint
  secondary_endpoint = var.secondary_endpoint
  health_check_path  = var.health_check_path

  switch_alarm = {
    name       = module.failover_automation.switch_alarm_name
    region     = local.secondary_region
    definition = module.failover_automation.switch_alarm_definition
  }
}
