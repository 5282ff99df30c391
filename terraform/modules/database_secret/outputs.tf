output "secret_arn" {
  description = "ARN of the secret in the primary region."
  value       = aws_secretsmanager_secret.this.arn
}

output "replica_secret_arn" {
  description = "ARN of the replica: the same but for the region."
  value       = replace(aws_secretsmanager_secret.this.arn, "/^arn:([^:]+):secretsmanager:[^:]+:/", "arn:$1:secretsmanager:${var.replica_region}:")
}
