# What fails over from a dead primary region without a hand on it. All of it stands in the standby region and works while the primary
# cannot be reached: the state table, the kill switch, the switch of the DNS (its alarm), the two functions and the rules between them.
#
#   every minute   -> health_monitor          probes, judges, and on a dead region sends "Region Unhealthy"
#   lifeboat.dr    -> failover_orchestrator   promotes the standby, throws the switch, verifies, reports
#   switch's alarm -> failover_orchestrator   goes on verifying at once, should its worker have died
#   Aurora's moves -> alert topic             people see them, whoever asked for them
#   "... Finished" -> alert topic
#
# Worst case from the failure of the region to the call for a failover; lambda/README.md shows the parts:
#   15 s until the heartbeat is stale + one interval until the next probe + (probes - 1) intervals + 4 s for the last probe
# At the slowest settings allowed (10 s, 4 probes) that is 59 s, by default (5 s, 3 probes) 34 s.

locals {
  heartbeat_stale_seconds = 15
  probe_deadline_seconds  = 4
  detection_seconds = (
    local.heartbeat_stale_seconds
    + var.policy.probe_interval_seconds * var.policy.probes_to_condemn
    + local.probe_deadline_seconds
  )

  metric_namespace = "Lifeboat/DR"
  event_source     = "lifeboat.dr"
  bus_arn          = "arn:aws:events:${var.region}:${var.account_id}:event-bus/default"

  # How the alarm is called from the start, so that those who must know its name need not wait for it.
  switch_alarm_name = var.naming.names.switch_alarm
  switch_alarm_arn  = "arn:aws:cloudwatch:${var.region}:${var.account_id}:alarm:${local.switch_alarm_name}"
}

################################################################################
# State
################################################################################

# What the functions know: operation slot, failovers, switch, verdict, heartbeats. In the standby region, so that it outlives what
# it tells of.
resource "aws_dynamodb_table" "state" {
  name         = var.naming.names.failover_state
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "pk"
  range_key    = "sk"

  attribute {
    name = "pk"
    type = "S"
  }

  attribute {
    name = "sk"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }

  server_side_encryption {
    enabled     = true
    kms_key_arn = var.kms_key_arn
  }

  # Environments must be destroyable by a pipeline.
  deletion_protection_enabled = false

  tags = merge(var.naming.tags, { Name = var.naming.names.failover_state })
}

# A word and not a secret, so it is not encrypted: whoever may read it should see at a glance whether a failover would happen.
resource "aws_ssm_parameter" "kill_switch" {
  #checkov:skip=CKV2_AWS_34:It holds the word armed or disarmed, which is no secret and must be easy to read.
  name            = var.naming.names.kill_switch
  description     = "armed: failovers may happen. Anything else forbids them."
  type            = "String"
  value           = var.policy.armed ? "armed" : "disarmed"
  allowed_pattern = "^(armed|disarmed)$"

  tags = merge(var.naming.tags, { Name = var.naming.names.kill_switch })

  lifecycle {
    # People turn it by hand when it matters; a plan for something else must not turn it back.
    ignore_changes = [value]
  }
}

################################################################################
# Switch of the DNS
################################################################################

# Rings while "the standby takes over". Route 53 watches its metric, not its state, and that from the standby region: throwing the
# switch needs neither the primary region nor Route 53's control plane. Without news it stays as it is.
resource "aws_cloudwatch_metric_alarm" "switch" {
  alarm_name          = local.switch_alarm_name
  alarm_description   = "The standby region takes over: the application's name points at it."
  namespace           = local.metric_namespace
  metric_name         = "StandbyTakesOver"
  dimensions          = { Environment = var.environment_suffix }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "ignore"
  alarm_actions       = [var.alerts_topic_arn]
  ok_actions          = [var.alerts_topic_arn]

  tags = merge(var.naming.tags, { Name = local.switch_alarm_name })
}
