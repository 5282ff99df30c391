# What each region stands on. Called once for the primary and once for the standby with nothing but role, range and provider
# apart, so the two are alike by construction and cannot grow apart by an edit in one place.

# us-east-1's oldest zone lacks services this needs, and opt-in zones (Local Zones) are not zones of the region.
data "aws_availability_zones" "this" {
  #checkov:skip=CKV_AWS_394:the first three zones by name are taken, so one that AWS adds later changes nothing
  state            = "available"
  exclude_zone_ids = ["use1-az3"]

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }

  lifecycle {
    postcondition {
      condition     = length(self.names) >= 3
      error_message = "This needs three availability zones; the account may use ${length(self.names)} in this region."
    }
  }
}

locals {
  # Sorted, so that a zone AWS adds later does not move the subnets.
  availability_zones = slice(sort(data.aws_availability_zones.this.names), 0, 3)
}

module "network" {
  source = "../network"

  naming             = var.naming
  region             = var.region
  cidr               = var.cidr
  availability_zones = local.availability_zones
  nat_mode           = var.nat_mode
  kms_key_arn        = module.kms.key_arn
  account_id         = var.account_id
  log_retention_days = var.log_retention_days
  database_port      = var.database_port

  permissions_boundary_arn = var.permissions_boundary_arn
}

module "vpc_endpoints" {
  source = "../vpc_endpoints"

  naming                     = var.naming
  region                     = var.region
  account_id                 = var.account_id
  vpc_id                     = module.network.vpc_id
  subnet_ids                 = module.network.private_subnet_ids
  route_table_ids            = module.network.private_route_table_ids
  workload_security_group_id = module.network.workload_security_group_id
  interface_endpoints        = var.interface_endpoints
  services                   = var.endpoint_services
}

module "kms" {
  source = "../kms"

  naming     = var.naming
  region     = var.region
  account_id = var.account_id
}

module "notifications" {
  source = "../notifications"

  naming      = var.naming
  kms_key_arn = module.kms.key_arn
  account_id  = var.account_id
  emails      = var.alert_emails
}
