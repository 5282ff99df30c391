# Where the database's credentials are kept: a secret in the primary region with a replica in the standby's, each under its region's
# key. What stands in it is database_password's business.

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV2_AWS_57:rotated by secret_rotation, which needs the cluster and therefore comes after; the scan does not follow it there
  name        = var.naming.names.database_secret
  description = "Administrator of the Aurora MySQL global database"
  kms_key_id  = var.primary_kms_key_arn

  # Environments are made and destroyed by pipelines: a name held back for a week would block the next one.
  recovery_window_in_days = 0

  # The standby must be able to log in when the primary region cannot be reached.
  replica {
    region     = var.replica_region
    kms_key_id = var.replica_kms_key_arn
  }
  force_overwrite_replica_secret = true

  tags = merge(var.naming.tags, { Name = var.naming.names.database_secret })
}
