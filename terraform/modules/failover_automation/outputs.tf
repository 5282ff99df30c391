output "functions" {
  description = "Name and timeout of each function."
  value = {
    health_monitor        = { function_name = module.monitor.function_name, timeout_seconds = module.monitor.timeout_seconds }
    failover_orchestrator = { function_name = module.orchestrator.function_name, timeout_seconds = module.orchestrator.timeout_seconds }
  }
}

output "dead_letter_queue_names" {
  description = "Queue of what could not be delivered or was given up, for each function and for the notices of the rules."
  value = {
    health_monitor        = module.monitor.dead_letter_queue_name
    failover_orchestrator = module.orchestrator.dead_letter_queue_name
    notices               = aws_sqs_queue.notices.name
  }
}

output "state_table_name" {
  description = "Table of the operation slot, the failovers, the switch and the heartbeats."
  value       = aws_dynamodb_table.state.name
}

output "state_table_arn" {
  description = "ARN of that table."
  value       = aws_dynamodb_table.state.arn
}

output "kill_switch_parameter" {
  description = "SSM parameter that must hold the word armed for a failover to happen."
  value       = aws_ssm_parameter.kill_switch.name
}

output "switch_alarm_name" {
  description = "Alarm that rings while the standby takes over."
  value       = aws_cloudwatch_metric_alarm.switch.alarm_name
}

output "switch_alarm_definition" {
  description = "What of the alarm Route 53 copies: changes when the alarm has to be copied again."
  value = jsonencode({
    namespace  = aws_cloudwatch_metric_alarm.switch.namespace
    metric     = aws_cloudwatch_metric_alarm.switch.metric_name
    dimensions = aws_cloudwatch_metric_alarm.switch.dimensions
    statistic  = aws_cloudwatch_metric_alarm.switch.statistic
    period     = aws_cloudwatch_metric_alarm.switch.period
    threshold  = aws_cloudwatch_metric_alarm.switch.threshold
    missing    = aws_cloudwatch_metric_alarm.switch.treat_missing_data
  })
}

output "detection_seconds" {
  description = "Worst case from the failure of the primary region to the call for a failover."
  value       = local.detection_seconds

  precondition {
    condition     = local.detection_seconds <= 60
    error_message = "Probing every ${var.policy.probe_interval_seconds} s and condemning after ${var.policy.probes_to_condemn} probes takes ${local.detection_seconds} s at worst; a failure must be detected within 60 s."
  }
}
