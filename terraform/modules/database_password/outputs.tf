output "password" {
  description = "The administrator's password, for write-only arguments only."
  value       = jsondecode(ephemeral.aws_secretsmanager_secret_version.this.secret_string).password
  ephemeral   = true
  sensitive   = true
}

output "filled_secret_arn" {
  description = "ARN of the secret, known once there are credentials in it."
  value       = aws_secretsmanager_secret_version.this.arn
}

output "password_version" {
  description = "Goes up when the password is written anew."
  value       = local.password_version
}
