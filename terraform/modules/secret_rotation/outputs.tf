output "function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "timeout_seconds" {
  description = "Longest an invocation may take."
  value       = module.function.timeout_seconds
}

output "dead_letter_queue_name" {
  description = "Queue of what was given up."
  value       = module.function.dead_letter_queue_name
}

output "rotation_days" {
  description = "Days from one rotation to the next."
  value       = aws_secretsmanager_secret_rotation.this.rotation_rules[0].automatically_after_days
}
