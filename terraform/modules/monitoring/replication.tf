# Is the standby's copy fresh? The database's lag, and S3's own account of what it has still to copy.

locals {
  # RDS publishes the lag of a cluster that follows, in that cluster's region, each minute in milliseconds; after a failover it is
  # the other region's cluster, whose alarms stand ready. One minute's mean is no blip: one datapoint is enough.
  lag_alarms = merge(local.lag_limit_alarm, {
    replication-lag-alert = {
      metric      = "AuroraGlobalDBReplicationLag"
      threshold   = var.lag_alert_seconds * 1000
      description = "Replication lag is above ${var.lag_alert_seconds} s, or unknown. Look for load on the writer and for the network between the regions."
      tells_gaps  = true
    }
    replication-lag-rpo = {
      metric      = "AuroraGlobalDBReplicationLag"
      threshold   = var.rpo_seconds * 1000
      description = "Replication lag is above the recovery point objective of ${var.rpo_seconds} s: a failover now would lose more than is allowed."
      tells_gaps  = false
    }
    rpo-lag = {
      metric      = "AuroraGlobalDBRPOLag"
      threshold   = var.rpo_seconds * 1000
      description = "Committed transactions are ${var.rpo_seconds} s or more from being safe in ${var.region}: above the recovery point objective."
      tells_gaps  = false
    }
  })

  # Only where the orchestrator is stricter than the objective; otherwise that alarm rings first.
  lag_limit_alarm = { for limit in var.readiness[*].lag_limit_seconds : "replication-lag-limit" => {
    metric      = "AuroraGlobalDBReplicationLag"
    threshold   = limit * 1000
    description = "Replication lag is above ${limit} s: the orchestrator would refuse a failover."
    tells_gaps  = false
  } if limit < var.rpo_seconds }
}

resource "aws_cloudwatch_metric_alarm" "lag" {
  for_each = local.lag_alarms

  alarm_name          = format(var.naming.names.alarm, each.key)
  alarm_description   = each.value.description
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.threshold
  evaluation_periods  = 1
  treat_missing_data  = "missing"

  # RDS lists the metric with and without the region it comes from, depending on the engine's version.
  metric_query {
    id = "with_source"

    metric {
      namespace   = "AWS/RDS"
      metric_name = each.value.metric
      dimensions  = { DBClusterIdentifier = var.cluster.identifier, SourceRegion = var.other_region }
      period      = 60
      stat        = "Average"
    }
  }

  metric_query {
    id = "without_source"

    metric {
      namespace   = "AWS/RDS"
      metric_name = each.value.metric
      dimensions  = { DBClusterIdentifier = var.cluster.identifier }
      period      = 60
      stat        = "Average"
    }
  }

  metric_query {
    id          = "lag"
    expression  = "MAX(METRICS())"
    label       = each.value.metric
    return_data = true
  }

  alarm_actions = local.actions
  ok_actions    = local.actions
  # In the region that writes there is no lag to know.
  insufficient_data_actions = var.cluster.follows && each.value.tells_gaps ? local.actions : []

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, each.key) })
}

################################################################################
# Objects
################################################################################

resource "aws_cloudwatch_metric_alarm" "objects_failed" {
  for_each = var.replicated_from_here

  alarm_name          = format(var.naming.names.alarm, "replication-failed-${replace(each.key, "_", "-")}")
  alarm_description   = "S3 could not replicate objects of ${each.value.source_bucket} to ${var.other_region} and does not try again by itself: look at role and keys, then run Batch Replication for the failed ones."
  namespace           = "AWS/S3"
  metric_name         = "OperationsFailedReplication"
  dimensions          = { SourceBucket = each.value.source_bucket, DestinationBucket = each.value.destination_bucket, RuleId = each.value.rule_id }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  alarm_actions = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "replication-failed-${replace(each.key, "_", "-")}") })
}

# S3 promises 15 minutes for 99.9 % of the objects (Replication Time Control), which is not the database's recovery point objective.
resource "aws_cloudwatch_metric_alarm" "objects_late" {
  for_each = var.replicated_to_here

  alarm_name          = format(var.naming.names.alarm, "replication-latency-${replace(each.key, "_", "-")}")
  alarm_description   = "Objects of ${each.value.source_bucket} take more than 15 minutes to arrive in ${var.region}."
  namespace           = "AWS/S3"
  metric_name         = "ReplicationLatency"
  dimensions          = { SourceBucket = each.value.source_bucket, DestinationBucket = each.value.destination_bucket, RuleId = each.value.rule_id }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 5
  datapoints_to_alarm = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 900
  treat_missing_data  = "missing"

  alarm_actions = local.actions
  ok_actions    = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "replication-latency-${replace(each.key, "_", "-")}") })
}
