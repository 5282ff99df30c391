# Is the primary region well, and would a failover be safe at this moment? Only where the health monitor runs; its metrics have one
# dimension, the environment. The monitor publishes four times a minute, so a minute without a point is a monitor that does not work.

locals {
  watches_readiness = var.readiness != null
  signals           = try(toset(var.readiness.signals), toset([]))
  automatic         = try(var.readiness.automatic, true)

  readiness_alarms = { for word, alarm in {
    standby-not-ready = {
      metric      = "StandbyReady"
      statistic   = "Maximum"
      description = "The standby's database does not follow, is not available or has no available instance, or nobody knows: it could not take over."
    }
    failover-disarmed = {
      metric      = "FailoverArmed"
      statistic   = "Minimum"
      description = "The kill switch forbids failovers, or cannot be read."
    }
    failover-not-settled = {
      metric      = "FailoverSettled"
      statistic   = "Minimum"
      description = "A failover is unfinished, or the last one is younger than the anti-flap window, or nobody knows."
    }
  } : word => alarm if local.watches_readiness }
}

################################################################################
# The primary region
################################################################################

resource "aws_cloudwatch_metric_alarm" "primary_unhealthy" {
  count = local.watches_readiness ? 1 : 0

  alarm_name          = format(var.naming.names.alarm, "primary-unhealthy")
  alarm_description   = "${var.other_region} is dead by agreement of several signals over several probes. ${local.automatic ? "A failover has been called for; its steps are told on this topic." : "Nothing moves by itself: send Failover Requested when it shall."}"
  namespace           = "Lifeboat/DR"
  metric_name         = "PrimaryUnhealthy"
  dimensions          = { Environment = var.environment_suffix }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "missing"

  alarm_actions             = local.actions
  ok_actions                = local.actions
  insufficient_data_actions = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "primary-unhealthy") })
}

resource "aws_cloudwatch_metric_alarm" "signal_unknown" {
  for_each = local.signals

  alarm_name          = format(var.naming.names.alarm, "signal-unknown-${replace(each.key, "_", "-")}")
  alarm_description   = "For a minute nothing was known of the signal ${each.key}: the health monitor judges ${var.other_region} with one eye shut."
  namespace           = "Lifeboat/DR"
  metric_name         = "SignalKnown"
  dimensions          = { Environment = var.environment_suffix, Signal = each.key }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"

  alarm_actions = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "signal-unknown-${replace(each.key, "_", "-")}") })
}

################################################################################
# The failover
################################################################################

resource "aws_cloudwatch_metric_alarm" "readiness" {
  for_each = local.readiness_alarms

  alarm_name          = format(var.naming.names.alarm, each.key)
  alarm_description   = each.value.description
  namespace           = "Lifeboat/DR"
  metric_name         = each.value.metric
  dimensions          = { Environment = var.environment_suffix }
  statistic           = each.value.statistic
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"

  alarm_actions = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, each.key) })
}

# True as soon as one thing forbids a failover, or is not known. It takes the warning at the objective, not the later alert: what loses
# more than the objective is refused long before. During an outage it is true as well (signals fall silent, then a failover is under way)
# and still right: the orchestrator judges by the minute before the failure, and a second hand can only disturb it.
resource "aws_cloudwatch_composite_alarm" "do_not_fail_over" {
  count = local.watches_readiness ? 1 : 0

  alarm_name        = format(var.naming.names.alarm, "do-not-fail-over-now")
  alarm_description = "A failover now would be refused or would lose more than ${var.rpo_seconds} s: lag, standby, signals, kill switch, anti-flap window, or the standby has taken over already. The dashboard ${var.naming.names.dashboard} shows which."

  # The switch's alarm says nothing until the monitor has published for the first time; the others then forbid.
  alarm_rule = join(" OR ", concat(["ALARM(\"${var.readiness.switch_alarm}\")"], [
    for name in concat(
      [for word in sort(concat(["replication-lag-rpo"], keys(local.lag_limit_alarm))) : aws_cloudwatch_metric_alarm.lag[word].alarm_name],
      [for word in sort(keys(local.readiness_alarms)) : aws_cloudwatch_metric_alarm.readiness[word].alarm_name],
      [for signal in sort(tolist(local.signals)) : aws_cloudwatch_metric_alarm.signal_unknown[signal].alarm_name],
    ) : "ALARM(\"${name}\") OR INSUFFICIENT_DATA(\"${name}\")"
  ]))

  alarm_actions = local.actions
  ok_actions    = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "do-not-fail-over-now") })

}

################################################################################
# What Route 53 sees
################################################################################

# For people alone: these metrics live in us-east-1, and a failover away from there must not need them.
resource "aws_cloudwatch_metric_alarm" "health_check" {
  for_each = var.health_checks

  alarm_name          = format(var.naming.names.alarm, "health-check-${replace(each.key, "_", "-")}")
  alarm_description   = "Route 53's check ${replace(each.key, "_", " ")} says unhealthy, or nothing."
  namespace           = "AWS/Route53"
  metric_name         = "HealthCheckStatus"
  dimensions          = { HealthCheckId = each.value }
  statistic           = "Minimum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"

  alarm_actions = local.actions
  ok_actions    = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "health-check-${replace(each.key, "_", "-")}") })
}

# Route 53 takes a host for down that needs 4 s to connect or 2 s to answer; this rings before, while it is merely slow.
resource "aws_cloudwatch_metric_alarm" "slow_check" {
  for_each = var.slow_checks == null ? tomap({}) : var.slow_checks.ids

  alarm_name          = format(var.naming.names.alarm, "health-latency-${replace(each.key, "_", "-")}")
  alarm_description   = "Route 53's check ${replace(each.key, "_", " ")} waits more than ${var.slow_checks.limit_milliseconds} ms for the first byte, over five minutes."
  namespace           = "AWS/Route53"
  metric_name         = "TimeToFirstByte"
  dimensions          = { HealthCheckId = each.value }
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.slow_checks.limit_milliseconds
  treat_missing_data  = "missing"

  alarm_actions = local.actions
  ok_actions    = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "health-latency-${replace(each.key, "_", "-")}") })
}
