# Transaction logs, application data or both, in both regions, each replicated to the other.
#
# Both ways: after a failover the standby's buckets are the ones written to, and the way back must not begin with a copy by
# hand. S3 never replicates a replica again, so the two directions do not chase each other.

locals {
  every_dataset = {
    # Read for weeks, kept for audits: straight to colder classes.
    transaction_logs = {
      name_key        = "s3_transaction_logs"
      noncurrent_days = 90
      transitions = [
        { days = 30, storage_class = "STANDARD_IA" },
        { days = 90, storage_class = "GLACIER_IR" },
      ]
    }
    # Read without a pattern we know: S3 moves each object by its own use.
    application_data = {
      name_key        = "s3_application_data"
      noncurrent_days = 30
      transitions     = [{ days = 30, storage_class = "INTELLIGENT_TIERING" }]
    }
  }

  datasets = { for key, dataset in local.every_dataset : key => dataset if contains(var.datasets, key) }
}

module "primary" {
  source    = "../bucket"
  for_each  = local.datasets
  providers = { aws = aws.primary }

  name            = var.primary_naming.names[each.value.name_key]
  tags            = var.primary_naming.tags
  kms_key_arn     = var.primary_kms_key_arn
  transitions     = each.value.transitions
  noncurrent_days = each.value.noncurrent_days
}

module "secondary" {
  source    = "../bucket"
  for_each  = local.datasets
  providers = { aws = aws.secondary }

  name            = var.secondary_naming.names[each.value.name_key]
  tags            = var.secondary_naming.tags
  kms_key_arn     = var.secondary_kms_key_arn
  transitions     = each.value.transitions
  noncurrent_days = each.value.noncurrent_days
}

module "outward" {
  source    = "../bucket_replication"
  providers = { aws = aws.primary }

  naming                  = var.primary_naming
  account_id              = var.account_id
  source_region           = var.primary_region
  source_kms_key_arn      = var.primary_kms_key_arn
  destination_region      = var.secondary_region
  destination_kms_key_arn = var.secondary_kms_key_arn

  permissions_boundary_arn = var.permissions_boundary_arn

  pairs = {
    for key, bucket in module.primary : key => {
      source      = { name = bucket.name, arn = bucket.arn, versioning = bucket.versioning }
      destination = { name = module.secondary[key].name, arn = module.secondary[key].arn, versioning = module.secondary[key].versioning }
    }
  }
}

module "homeward" {
  source    = "../bucket_replication"
  providers = { aws = aws.secondary }

  naming                  = var.secondary_naming
  account_id              = var.account_id
  source_region           = var.secondary_region
  source_kms_key_arn      = var.secondary_kms_key_arn
  destination_region      = var.primary_region
  destination_kms_key_arn = var.primary_kms_key_arn

  permissions_boundary_arn = var.permissions_boundary_arn

  pairs = {
    for key, bucket in module.secondary : key => {
      source      = { name = bucket.name, arn = bucket.arn, versioning = bucket.versioning }
      destination = { name = module.primary[key].name, arn = module.primary[key].arn, versioning = module.primary[key].versioning }
    }
  }
}
