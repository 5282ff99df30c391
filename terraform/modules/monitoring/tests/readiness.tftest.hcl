# "Do not fail over now": true when one thing forbids it or is not known.

mock_provider "aws" {
  source = "../../mocks"
}

run "label" {
  module {
    source = "../naming"
  }

  variables {
    environment_suffix = "demo"
    dr_role            = "secondary"
    environment        = "staging"
    cost_center        = "4711"
    owner              = "owner@example.net"
  }
}

variables {
  region             = "us-west-2"
  other_region       = "us-east-1"
  account_id         = "123456789012"
  environment_suffix = "demo"
  alerts_topic_arn   = "arn:aws:sns:us-west-2:123456789012:sns-alerts-secondary-demo"
  rpo_seconds        = 60
  cluster            = { identifier = "aurora-cluster-secondary-demo", follows = true }
  functions          = {}
  dead_letter_queues = {}
  readiness = {
    signals           = ["application", "writer", "heartbeat", "replication_lag"]
    switch_alarm      = "alarm-standby-takes-over-secondary-demo"
    lag_limit_seconds = 60
  }
}

run "knows_each_signal_or_rings" {
  variables {
    naming = run.label
  }

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.signal_unknown : alarm.dimensions["Signal"]]) == toset(var.readiness.signals) && alltrue([for alarm in aws_cloudwatch_metric_alarm.signal_unknown : alarm.dimensions["Environment"] == "demo" && alarm.metric_name == "SignalKnown"])
    error_message = "One alarm for each signal the monitor judges by."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.signal_unknown : alarm.statistic == "Maximum" && alarm.comparison_operator == "LessThanThreshold" && alarm.threshold == 1 && alarm.treat_missing_data == "breaching"])
    error_message = "Not known once in a minute; a monitor that is silent knows nothing."
  }
}

run "knows_standby_kill_switch_and_anti_flap_window_or_rings" {
  variables {
    naming = run.label
  }

  assert {
    condition     = { for word, alarm in aws_cloudwatch_metric_alarm.readiness : word => "${alarm.metric_name} ${alarm.statistic}" } == { standby-not-ready = "StandbyReady Maximum", failover-disarmed = "FailoverArmed Minimum", failover-not-settled = "FailoverSettled Minimum" }
    error_message = "The standby, the kill switch, the anti-flap window."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.readiness : alarm.namespace == "Lifeboat/DR" && alarm.dimensions == tomap({ Environment = "demo" }) && alarm.comparison_operator == "LessThanThreshold" && alarm.threshold == 1 && alarm.treat_missing_data == "breaching"])
    error_message = "Below one, or silent."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.primary_unhealthy[0].metric_name == "PrimaryUnhealthy" && aws_cloudwatch_metric_alarm.primary_unhealthy[0].threshold == 1 && aws_cloudwatch_metric_alarm.primary_unhealthy[0].treat_missing_data == "missing" && length(aws_cloudwatch_metric_alarm.primary_unhealthy[0].insufficient_data_actions) == 1
    error_message = "A dead region rings; an unknown one is told as unknown."
  }
}

run "forbids_a_failover_for_each_reason_and_for_each_unknown" {
  variables {
    naming = run.label
  }

  assert {
    condition = toset(split(" OR ", aws_cloudwatch_composite_alarm.do_not_fail_over[0].alarm_rule)) == toset(flatten([["ALARM(\"alarm-standby-takes-over-secondary-demo\")"], [
      for word in ["replication-lag-rpo", "standby-not-ready", "failover-disarmed", "failover-not-settled", "signal-unknown-application", "signal-unknown-writer", "signal-unknown-heartbeat", "signal-unknown-replication-lag"] :
      ["ALARM(\"alarm-${word}-secondary-demo\")", "INSUFFICIENT_DATA(\"alarm-${word}-secondary-demo\")"]
    ]]))
    error_message = "A standby that has taken over, lag above the objective, the standby, the kill switch, the anti-flap window, each signal: bad or unknown."
  }

  assert {
    condition     = output.do_not_fail_over_alarm_name == "alarm-do-not-fail-over-now-secondary-demo" && aws_cloudwatch_composite_alarm.do_not_fail_over[0].alarm_actions == toset([var.alerts_topic_arn]) && aws_cloudwatch_composite_alarm.do_not_fail_over[0].ok_actions == toset([var.alerts_topic_arn]) && aws_cloudwatch_composite_alarm.do_not_fail_over[0].tags["DR-Role"] == "secondary"
    error_message = "Named, tagged, and told when it begins and when it ends."
  }

  assert {
    condition     = length(aws_cloudwatch_composite_alarm.do_not_fail_over[0].alarm_rule) <= 10240
    error_message = "CloudWatch takes rules of 10,240 characters."
  }
}

run "forbids_it_at_the_orchestrators_limit_when_that_is_stricter" {
  variables {
    naming = run.label
    readiness = {
      signals           = ["application", "replication_lag"]
      switch_alarm      = "alarm-standby-takes-over-secondary-demo"
      lag_limit_seconds = 5
    }
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.lag["replication-lag-limit"].threshold == 5000 && strcontains(aws_cloudwatch_composite_alarm.do_not_fail_over[0].alarm_rule, "ALARM(\"alarm-replication-lag-limit-secondary-demo\") OR INSUFFICIENT_DATA(\"alarm-replication-lag-limit-secondary-demo\")")
    error_message = "What the orchestrator would refuse is forbidden here, too."
  }
}

run "makes_nothing_of_it_where_no_monitor_runs" {
  variables {
    naming    = run.label
    readiness = null
  }

  assert {
    condition     = length(aws_cloudwatch_composite_alarm.do_not_fail_over) == 0 && length(aws_cloudwatch_metric_alarm.readiness) == 0 && length(aws_cloudwatch_metric_alarm.signal_unknown) == 0 && length(aws_cloudwatch_metric_alarm.primary_unhealthy) == 0 && output.do_not_fail_over_alarm_name == null
    error_message = "Alarms on what nobody publishes would ring for ever."
  }
}

run "refuses_readiness_without_a_signal" {
  command = plan

  variables {
    naming    = run.label
    readiness = { signals = [], switch_alarm = "alarm-standby-takes-over-secondary-demo", lag_limit_seconds = 60 }
  }

  expect_failures = [var.readiness]
}

run "refuses_readiness_where_the_cluster_writes" {
  command = plan

  variables {
    naming  = run.label
    cluster = { identifier = "aurora-cluster-primary-demo", follows = false }
  }

  expect_failures = [var.readiness]
}

run "refuses_an_objective_of_nothing" {
  command = plan

  variables {
    naming      = run.label
    rpo_seconds = 0
  }

  expect_failures = [var.rpo_seconds]
}

run "refuses_the_topic_of_another_region" {
  command = plan

  variables {
    naming           = run.label
    alerts_topic_arn = "arn:aws:sns:us-east-1:123456789012:sns-alerts-primary-demo"
  }

  expect_failures = [var.alerts_topic_arn]
}

run "refuses_a_pair_of_one_region" {
  command = plan

  variables {
    naming       = run.label
    other_region = "us-west-2"
  }

  expect_failures = [var.other_region]
}

run "refuses_health_checks_outside_us_east_1" {
  command = plan

  variables {
    naming        = run.label
    health_checks = { primary_endpoint = "check-1" }
  }

  expect_failures = [var.health_checks]
}

run "refuses_a_timeout_lambda_does_not_take" {
  command = plan

  variables {
    naming    = run.label
    functions = { health_monitor = { function_name = "lambda-health-monitor-secondary-demo", timeout_seconds = 901 } }
  }

  expect_failures = [var.functions]
}

run "tells_people_when_the_failover_is_theirs_to_ask_for" {
  command = plan

  variables {
    naming = run.label
    readiness = {
      signals           = ["application", "writer", "heartbeat", "replication_lag"]
      switch_alarm      = "alarm-standby-takes-over-secondary-demo"
      lag_limit_seconds = 60
      automatic         = false
    }
  }

  assert {
    condition     = strcontains(aws_cloudwatch_metric_alarm.primary_unhealthy[0].alarm_description, "send Failover Requested")
    error_message = "Nobody may wait for what will not come."
  }
}
