output "secret" {
  description = "The secret in this region: name, region and ARN."
  value       = { name = var.name, region = var.region, arn = data.aws_secretsmanager_secret_versions.this.secret_id }
}

output "kms_key_arn" {
  description = "Key that encrypts it; null where that is AWS's own."
  value       = one(data.aws_kms_key.this[*].arn)
}
