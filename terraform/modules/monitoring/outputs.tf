output "dashboard_name" {
  description = "Name of the region's dashboard."
  value       = aws_cloudwatch_dashboard.this.dashboard_name
}

output "alarm_names" {
  description = "Names of the region's alarms, the composite one among them."
  value = sort(concat(
    [for alarm in values(aws_cloudwatch_metric_alarm.lag) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.objects_failed) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.objects_late) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.function_errors) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.function_throttles) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.function_duration) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.function_silent) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.dead_letters) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.signal_unknown) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.readiness) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.health_check) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.slow_check) : alarm.alarm_name],
    [for alarm in values(aws_cloudwatch_metric_alarm.api) : alarm.alarm_name],
    aws_cloudwatch_metric_alarm.api_silent[*].alarm_name,
    aws_cloudwatch_metric_alarm.primary_unhealthy[*].alarm_name,
    aws_cloudwatch_composite_alarm.do_not_fail_over[*].alarm_name,
  ))
}

output "do_not_fail_over_alarm_name" {
  description = "The composite alarm that says whether a failover would be refused or would lose too much; null where the health monitor does not run."
  value       = one(aws_cloudwatch_composite_alarm.do_not_fail_over[*].alarm_name)
}

output "replication_lag_alarm_name" {
  description = "The alarm that alerts people of replication lag."
  value       = aws_cloudwatch_metric_alarm.lag["replication-lag-alert"].alarm_name
}
