output "password" {
  description = "The administrator's password, for write-only arguments only."
  value       = jsondecode(ephemeral.aws_secretsmanager_secret_version.this.secret_string).password
  ephemeral   = true
  sensitive   = true
}

output "password_version" {
  description = "Goes up when the password is written anew."
  value       = local.password_version
}
