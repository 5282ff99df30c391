output "password" {
  description = "The password, for write-only arguments only."
  value       = jsondecode(ephemeral.aws_secretsmanager_secret_version.this.secret_string).password
  ephemeral   = true
  sensitive   = true

  # Here and not on what is read: Terraform 1.11 cannot show a plan as JSON that has conditions on an ephemeral resource.
  precondition {
    condition     = can(keys(local.credentials))
    error_message = "${local.named} is no JSON object. Write username and password into it, as Secrets Manager writes credentials of a database."
  }

  precondition {
    condition     = try(local.credentials.username, null) == var.username
    error_message = "${local.named} is not for ${var.username}: its username is missing or another. Give the administrator it is for, or another secret."
  }

  # Aurora PostgreSQL's own rule, which RDS would tell after half an hour of making other things. A number would pass for its digits here,
  # and for nothing where the functions log in.
  precondition {
    condition     = can(regex("^[!#-.0-?A-~]{8,99}$", local.credentials.password)) && startswith(jsonencode(try(local.credentials.password, null)), "\"")
    error_message = "${local.named} has no password that Aurora takes. Write one into it: a text of 8 to 99 printable characters without space, /, @ and the double quote."
  }

  precondition {
    condition     = contains(["postgres", "aurora-postgresql"], try(local.credentials.engine, "postgres"))
    error_message = "${local.named} is for another engine than PostgreSQL. Give the name of this database's own."
  }

  precondition {
    condition     = var.same_as == null || try(local.credentials.password, null) == var.same_as
    error_message = "${local.named} has another password than the one in the primary region: after a failover nobody could log in. Let its replication finish, or replicate it anew."
  }
}
