# The region's dashboard: what to do first, then the evidence. Each region has its own, because the other may be the one that is gone.

locals {
  writing_region = var.cluster.follows ? var.other_region : var.region

  # First what asks for a decision, then what asks for a look.
  leading_alarms = concat(
    aws_cloudwatch_composite_alarm.do_not_fail_over[*].alarm_name,
    aws_cloudwatch_metric_alarm.primary_unhealthy[*].alarm_name,
    [for readiness in var.readiness[*] : readiness.switch_alarm],
    [for word in sort(keys(local.lag_alarms)) : aws_cloudwatch_metric_alarm.lag[word].alarm_name],
    [for word in sort(keys(local.readiness_alarms)) : aws_cloudwatch_metric_alarm.readiness[word].alarm_name],
    [for word in sort(keys(var.health_checks)) : aws_cloudwatch_metric_alarm.health_check[word].alarm_name],
    [for word in sort(keys(local.api_alarms)) : aws_cloudwatch_metric_alarm.api[word].alarm_name if startswith(word, "api-errors-")],
    aws_cloudwatch_metric_alarm.api_silent[*].alarm_name,
  )

  standby_instructions = <<-TEXT
    # ${var.region} stands by for ${var.other_region}
    ${local.automatic ? "Failover is automatic; its steps" : "**Failover waits for a person**: send `Failover Requested`. Its steps"} arrive on the topic **${local.topic_name}**.

    | you see | do |
    |---|---|
    | **do-not-fail-over-now** rings | Do not fail over by hand. The alarms beside it say what forbids it: lag, standby, kill switch, anti-flap, or a signal nobody knows |
    | **standby-takes-over** rings | The DNS switch is thrown: users are sent here |
    | **primary-unhealthy** rings | Wait for the report. The orchestrator is at work and judges by the lag *before* the failure; no report after 5 minutes: look at errors and dead letters below |
    | verdict dead, but the region is well | Write `disarmed` into the kill switch, then find the signal that lies |
    | a maintenance that will look like a failure | Write `disarmed` first, `armed` afterwards |
    | back to ${var.other_region} | When it is well and follows again, send `Failback Requested`. Nothing is lost by it |

    Missing data is *unknown*, never well.
  TEXT

  writing_instructions = <<-TEXT
    # ${var.region} serves, ${var.other_region} stands by
    **To decide about a failover look at the dashboard of ${var.other_region}**: it stands when this one does not.

    | you see | do |
    |---|---|
    | a health check rings | Mend the application: the standby takes the name over by itself, the database only when more signals agree |
    | heartbeat silent or failing | The writer takes no writes, or the function cannot reach it: look at its log group |
    | objects fail to replicate | Look at role and keys, then replicate the failed ones with S3 Batch Replication |
    | dead letters | Read the message, mend the cause, send it again or purge it |
    | lag is shown here | ${var.other_region} writes: this region was failed over from, and is on its way back |

    Missing data is *unknown*, never well.
  TEXT

  topic_name   = reverse(split(":", var.alerts_topic_arn))[0]
  instructions = local.watches_readiness ? local.standby_instructions : local.writing_instructions

  rows = concat(
    [local.instruction_row],
    [local.replication_row],
    [for row in [local.readiness_row] : row if local.watches_readiness],
    [for row in [local.api_row] : row if var.api != null],
    [local.functions_row],
    [local.objects_row],
    [for row in [local.health_checks_row] : row if length(var.health_checks) > 0],
    [for row in [local.history_row] : row if local.watches_readiness],
  )

  widgets = flatten([for index, row in local.rows : [for place, widget in row.widgets : {
    type       = widget.type
    width      = widget.width
    height     = row.height
    x          = sum(concat([0], [for before in slice(row.widgets, 0, place) : before.width]))
    y          = sum(concat([0], [for above in slice(local.rows, 0, index) : above.height]))
    properties = widget.properties
  }]])
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.naming.names.dashboard
  dashboard_body = jsonencode({ periodOverride = "inherit", widgets = local.widgets })
}
