# The database's first credentials, made so that the password stands in no plan and in no state: it is generated as an ephemeral
# value, written into the secret by a write-only argument, and read back out of the secret for the cluster.
#
# Read back rather than handed on, because every operation generates anew: an apply that wrote the secret and then failed would, when
# repeated, give the cluster a password that is not the one in the secret.

locals {
  # Raised to make Terraform write a new password into both the secret and the cluster.
  password_version = 1
}

ephemeral "aws_secretsmanager_random_password" "master" {
  # Aurora MySQL takes 8 to 41 printable characters without / @ " and space; quotes and the backslash are left out for shells' sake.
  password_length            = 32
  exclude_characters         = "/@\"'\\`$ "
  require_each_included_type = true
}

resource "aws_secretsmanager_secret" "database" {
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

# No host in it: which cluster takes writes changes with a failover, the credentials do not.
resource "aws_secretsmanager_secret_version" "database" {
  secret_id = aws_secretsmanager_secret.database.id

  secret_string_wo = jsonencode({
    engine   = "mysql"
    username = var.username
    password = ephemeral.aws_secretsmanager_random_password.master.random_password
    dbname   = var.database_name
    port     = var.database_port
  })
  secret_string_wo_version = local.password_version
}

ephemeral "aws_secretsmanager_secret_version" "database" {
  # The version's attribute, not the secret's: only then does it wait until there is something to read.
  secret_id = aws_secretsmanager_secret_version.database.arn
}
