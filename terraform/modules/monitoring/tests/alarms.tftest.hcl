# What rings when, and what silence means. A region that stands by, unless a run says otherwise.

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
  functions = {
    health_monitor        = { function_name = "lambda-health-monitor-secondary-demo", timeout_seconds = 130, every_minute = true }
    failover_orchestrator = { function_name = "lambda-failover-orchestrator-secondary-demo", timeout_seconds = 300 }
  }
  dead_letter_queues = {
    health_monitor = "sqs-dead-letters-health-monitor-secondary-demo"
    notices        = "sqs-dead-letters-notices-secondary-demo"
  }
  replicated_from_here = {
    transaction_logs = { source_bucket = "logs-west", destination_bucket = "logs-east", rule_id = "all" }
  }
  replicated_to_here = {
    transaction_logs = { source_bucket = "logs-east", destination_bucket = "logs-west", rule_id = "all" }
    application_data = { source_bucket = "data-east", destination_bucket = "data-west", rule_id = "all" }
  }
  readiness = {
    signals           = ["application", "writer", "heartbeat", "replication_lag"]
    switch_alarm      = "alarm-standby-takes-over-secondary-demo"
    lag_limit_seconds = 60
  }
}

run "alerts_of_lag_above_five_minutes_and_warns_above_the_objective" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.lag["replication-lag-alert"].threshold == 300000 && aws_cloudwatch_metric_alarm.lag["replication-lag-rpo"].threshold == 60000 && aws_cloudwatch_metric_alarm.lag["rpo-lag"].threshold == 60000
    error_message = "Milliseconds: five minutes for the alert, one for the objective."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.lag : alarm.comparison_operator == "GreaterThanThreshold" && alarm.evaluation_periods == 1])
    error_message = "Above, for one minute's mean."
  }

  assert {
    condition = alltrue([for alarm in aws_cloudwatch_metric_alarm.lag : toset(flatten([for query in alarm.metric_query : [for metric in query.metric : "${metric.metric_name} ${metric.period} ${metric.stat} ${join(",", [for name in sort(keys(metric.dimensions)) : "${name}=${metric.dimensions[name]}"])}"]])) == toset([
      for dimensions in ["DBClusterIdentifier=aurora-cluster-secondary-demo", "DBClusterIdentifier=aurora-cluster-secondary-demo,SourceRegion=us-east-1"] :
      "${alarm.alarm_name == "alarm-rpo-lag-secondary-demo" ? "AuroraGlobalDBRPOLag" : "AuroraGlobalDBReplicationLag"} 60 Average ${dimensions}"
    ])])
    error_message = "The cluster's own metric, with and without its source region."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.lag : [for query in alarm.metric_query : query.expression if coalesce(query.return_data, false)] == ["MAX(METRICS())"]])
    error_message = "The worse of the two counts."
  }
}

run "takes_unknown_lag_for_unknown_and_tells_it_once" {
  variables {
    naming = run.label
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.lag : alarm.treat_missing_data == "missing"])
    error_message = "No data is no number: INSUFFICIENT_DATA."
  }

  assert {
    condition     = [for alarm in aws_cloudwatch_metric_alarm.lag : alarm.alarm_name if length(coalesce(alarm.insufficient_data_actions, [])) > 0] == ["alarm-replication-lag-alert-secondary-demo"]
    error_message = "People are told of unknown lag, by one alarm."
  }
}

run "does_not_miss_the_lag_of_a_writer" {
  variables {
    naming    = run.label
    cluster   = { identifier = "aurora-cluster-primary-demo", follows = false }
    readiness = null
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.lag) == 3 && alltrue([for alarm in aws_cloudwatch_metric_alarm.lag : length(coalesce(alarm.insufficient_data_actions, [])) == 0])
    error_message = "The alarms stand ready for the time after a failover, and are quiet before it."
  }
}

run "rings_for_functions_that_fail_are_refused_or_run_long" {
  variables {
    naming = run.label
  }

  assert {
    condition = alltrue([for alarms in [aws_cloudwatch_metric_alarm.function_errors, aws_cloudwatch_metric_alarm.function_throttles] :
      toset(keys(alarms)) == toset(keys(var.functions)) && alltrue([for alarm in alarms : alarm.statistic == "Sum" && alarm.threshold == 0 && alarm.comparison_operator == "GreaterThanThreshold" && alarm.treat_missing_data == "notBreaching"])
    ])
    error_message = "One error or one refusal is one too many, for each function."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.function_errors["health_monitor"].metric_name == "Errors" && aws_cloudwatch_metric_alarm.function_throttles["health_monitor"].metric_name == "Throttles" && aws_cloudwatch_metric_alarm.function_errors["health_monitor"].dimensions == tomap({ FunctionName = "lambda-health-monitor-secondary-demo" })
    error_message = "Of the function itself."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.function_duration["failover_orchestrator"].threshold == 240000 && aws_cloudwatch_metric_alarm.function_duration["failover_orchestrator"].metric_name == "Duration" && aws_cloudwatch_metric_alarm.function_duration["failover_orchestrator"].statistic == "Maximum"
    error_message = "80 % of the timeout."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.function_duration["health_monitor"].threshold == 128000
    error_message = "A function that works until its timeout draws near is late only at its very end."
  }
}

run "rings_for_a_scheduled_function_that_falls_silent" {
  variables {
    naming = run.label
  }

  assert {
    condition     = keys(aws_cloudwatch_metric_alarm.function_silent) == ["health_monitor"]
    error_message = "Only what is started each minute can be missed."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.function_silent : alarm.metric_name == "Invocations" && alarm.comparison_operator == "LessThanThreshold" && alarm.threshold == 1 && alarm.evaluation_periods == 3 && alarm.treat_missing_data == "breaching"])
    error_message = "Three minutes without a run, or without a word."
  }
}

run "rings_for_dead_letters" {
  variables {
    naming = run.label
  }

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.dead_letters : alarm.dimensions["QueueName"]]) == toset(values(var.dead_letter_queues))
    error_message = "Each queue is watched."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.dead_letters : alarm.namespace == "AWS/SQS" && alarm.metric_name == "ApproximateNumberOfMessagesVisible" && alarm.statistic == "Maximum" && alarm.threshold == 0 && alarm.treat_missing_data == "notBreaching"])
    error_message = "One letter rings; an idle queue publishes nothing."
  }
}

run "rings_for_objects_that_fail_or_are_late" {
  variables {
    naming = run.label
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.objects_failed)) == toset(["transaction_logs"]) && aws_cloudwatch_metric_alarm.objects_failed["transaction_logs"].metric_name == "OperationsFailedReplication" && aws_cloudwatch_metric_alarm.objects_failed["transaction_logs"].dimensions == tomap({ SourceBucket = "logs-west", DestinationBucket = "logs-east", RuleId = "all" })
    error_message = "Failures are counted where objects come from."
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.objects_late)) == toset(["transaction_logs", "application_data"]) && alltrue([for alarm in aws_cloudwatch_metric_alarm.objects_late : alarm.metric_name == "ReplicationLatency" && alarm.threshold == 900 && alarm.dimensions["RuleId"] == "all"])
    error_message = "Latency is measured where they arrive: fifteen minutes."
  }
}

run "watches_route_53_from_us_east_1" {
  variables {
    naming           = run.label
    region           = "us-east-1"
    other_region     = "us-west-2"
    alerts_topic_arn = "arn:aws:sns:us-east-1:123456789012:sns-alerts-primary-demo"
    cluster          = { identifier = "aurora-cluster-primary-demo", follows = false }
    readiness        = null
    health_checks    = { primary_endpoint = "check-1", standby_endpoint = "check-2" }
  }

  assert {
    condition     = toset([for alarm in aws_cloudwatch_metric_alarm.health_check : alarm.dimensions["HealthCheckId"]]) == toset(["check-1", "check-2"])
    error_message = "Each check is watched."
  }

  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.health_check : alarm.namespace == "AWS/Route53" && alarm.metric_name == "HealthCheckStatus" && alarm.statistic == "Minimum" && alarm.comparison_operator == "LessThanThreshold" && alarm.threshold == 1 && alarm.treat_missing_data == "breaching"])
    error_message = "Unhealthy at any time of the minute, or silent."
  }
}

run "names_and_tags_every_alarm_and_acts_on_the_regions_topic" {
  variables {
    naming = run.label
  }

  assert {
    condition = alltrue([for alarm in concat(
      values(aws_cloudwatch_metric_alarm.lag), values(aws_cloudwatch_metric_alarm.objects_failed), values(aws_cloudwatch_metric_alarm.objects_late),
      values(aws_cloudwatch_metric_alarm.function_errors), values(aws_cloudwatch_metric_alarm.function_throttles), values(aws_cloudwatch_metric_alarm.function_duration),
      values(aws_cloudwatch_metric_alarm.function_silent), values(aws_cloudwatch_metric_alarm.dead_letters), values(aws_cloudwatch_metric_alarm.signal_unknown),
      values(aws_cloudwatch_metric_alarm.readiness), aws_cloudwatch_metric_alarm.primary_unhealthy,
      ) : startswith(alarm.alarm_name, "alarm-") && endswith(alarm.alarm_name, "-secondary-demo") && alarm.alarm_actions == toset([var.alerts_topic_arn]) && length(alarm.alarm_description) > 30
      && alarm.tags.Environment == "staging" && alarm.tags.CostCenter == "4711" && alarm.tags["DR-Role"] == "secondary"
    ])
    error_message = "A name by the catalogue, the tags, a word on what to do, and the topic."
  }

  assert {
    condition = alltrue([for alarm in concat(
      values(aws_cloudwatch_metric_alarm.lag), values(aws_cloudwatch_metric_alarm.objects_late), values(aws_cloudwatch_metric_alarm.function_silent), aws_cloudwatch_metric_alarm.primary_unhealthy,
    ) : alarm.ok_actions == toset([var.alerts_topic_arn])])
    error_message = "The end of a state is told."
  }

  assert {
    condition = alltrue([for alarm in concat(
      values(aws_cloudwatch_metric_alarm.function_errors), values(aws_cloudwatch_metric_alarm.dead_letters), values(aws_cloudwatch_metric_alarm.objects_failed), values(aws_cloudwatch_metric_alarm.signal_unknown), values(aws_cloudwatch_metric_alarm.readiness),
    ) : length(coalesce(alarm.ok_actions, [])) == 0])
    error_message = "A minute without another error is no news, and the composite alarm speaks for its parts."
  }

  assert {
    condition     = length(distinct(output.alarm_names)) == length(output.alarm_names) && length(output.alarm_names) == 24
    error_message = "Three of lag, one and two of objects, two each of errors, throttles and durations, one of silence, two of letters, four of signals, three of readiness, one of the region, and the composite one."
  }

  assert {
    condition     = output.replication_lag_alarm_name == "alarm-replication-lag-alert-secondary-demo"
    error_message = "The alarm people ask for first."
  }
}
