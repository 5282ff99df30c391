output "function_name" {
  description = "Name of the function."
  value       = module.function.function_name
}

output "timeout_seconds" {
  description = "Longest an invocation may take."
  value       = module.function.timeout_seconds
}

output "dead_letter_queue_names" {
  description = "Queue of what could not be delivered or was given up."
  value       = { heartbeat = module.function.dead_letter_queue_name }
}
