output "password" {
  description = "The administrator's password, for write-only arguments only."
  value       = jsondecode(ephemeral.aws_secretsmanager_secret_version.database.secret_string).password
  ephemeral   = true
  sensitive   = true
}

output "password_version" {
  description = "Goes up when the password is written anew."
  value       = local.password_version
}

output "secret_arn" {
  description = "ARN of the secret in the primary region."
  value       = aws_secretsmanager_secret.database.arn
}

output "replica_secret_arn" {
  description = "ARN of the replica: the same but for the region."
  value       = replace(aws_secretsmanager_secret.database.arn, "/^arn:([^:]+):secretsmanager:[^:]+:/", "arn:$1:secretsmanager:${var.replica_region}:")
}
