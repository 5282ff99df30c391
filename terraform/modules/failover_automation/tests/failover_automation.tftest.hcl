# What fails over by itself: state, switches, the order of events, and what the two functions are told. What each may do stands in
# rights.tftest.hcl.

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
  environment_suffix        = "demo"
  region                    = "us-west-2"
  primary_region            = "us-east-1"
  account_id                = "123456789012"
  kms_key_arn               = "arn:aws:kms:us-west-2:123456789012:key/22222222-2222-3333-4444-555555555555"
  alerts_topic_arn          = "arn:aws:sns:us-west-2:123456789012:sns-alerts-secondary-demo"
  global_cluster_identifier = "aurora-global-demo"
  database_name             = "transactions"
  primary_url               = "https://primary.ledger.example.net/healthz"
  reserved_concurrency      = 2
  log_retention_days        = 365
  vpc = {
    subnet_ids         = ["subnet-1", "subnet-2", "subnet-3"]
    security_group_ids = ["sg-1"]
  }
  primary_cluster = {
    identifier  = "aurora-cluster-primary-demo"
    arn         = "arn:aws:rds:us-east-1:123456789012:cluster:aurora-cluster-primary-demo"
    secret_arn  = "arn:aws:secretsmanager:us-east-1:123456789012:secret:secret-database-demo-AbCdEf"
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }
  standby_cluster = {
    identifier = "aurora-cluster-secondary-demo"
    arn        = "arn:aws:rds:us-west-2:123456789012:cluster:aurora-cluster-secondary-demo"
    secret_arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:secret-database-demo-AbCdEf"
  }
  policy = {
    armed                  = true
    anti_flap_seconds      = 3600
    lag_limit_seconds      = 60
    probe_interval_seconds = 5
    probes_to_condemn      = 3
  }
}

run "keeps_its_state_encrypted_and_recoverable" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_dynamodb_table.state.hash_key == "pk" && aws_dynamodb_table.state.range_key == "sk" && aws_dynamodb_table.state.billing_mode == "PAY_PER_REQUEST"
    error_message = "The keys the functions use, paid by request."
  }

  assert {
    condition     = aws_dynamodb_table.state.server_side_encryption[0].kms_key_arn == var.kms_key_arn && aws_dynamodb_table.state.point_in_time_recovery[0].enabled
    error_message = "Under the standby's key, and recoverable to any second."
  }

  assert {
    condition     = aws_dynamodb_table.state.deletion_protection_enabled == false
    error_message = "It can be destroyed."
  }
}

run "begins_armed" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_ssm_parameter.kill_switch.value == "armed" && aws_ssm_parameter.kill_switch.type == "String" && can(regex(aws_ssm_parameter.kill_switch.allowed_pattern, "disarmed")) && !can(regex(aws_ssm_parameter.kill_switch.allowed_pattern, "Armed"))
    error_message = "armed, and nothing but the two words may be written."
  }
}

run "begins_disarmed_when_asked" {
  state_key = "disarmed"

  variables {
    naming = run.label
    policy = {
      armed                  = false
      anti_flap_seconds      = 0
      lag_limit_seconds      = 1
      probe_interval_seconds = 10
      probes_to_condemn      = 2
    }
  }

  assert {
    condition     = aws_ssm_parameter.kill_switch.value == "disarmed"
    error_message = "Only a person arms it then."
  }
}

run "never_turns_a_kill_switch_that_is_there" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = false
      anti_flap_seconds      = 3600
      lag_limit_seconds      = 60
      probe_interval_seconds = 5
      probes_to_condemn      = 3
    }
  }

  assert {
    condition     = aws_ssm_parameter.kill_switch.value == "armed"
    error_message = "What it says is the people's who turn it."
  }
}

run "rings_while_the_standby_takes_over" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.switch.namespace == "Lifeboat/DR" && aws_cloudwatch_metric_alarm.switch.metric_name == "StandbyTakesOver" && aws_cloudwatch_metric_alarm.switch.dimensions == tomap({ Environment = "demo" })
    error_message = "The metric the functions publish."
  }

  assert {
    condition = (aws_cloudwatch_metric_alarm.switch.statistic == "Maximum" && aws_cloudwatch_metric_alarm.switch.period == 60
      && aws_cloudwatch_metric_alarm.switch.evaluation_periods == 1 && aws_cloudwatch_metric_alarm.switch.threshold == 1
    && aws_cloudwatch_metric_alarm.switch.comparison_operator == "GreaterThanOrEqualToThreshold")
    error_message = "One minute with a 1 in it is enough; Route 53 takes standard resolution and one datapoint only."
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.switch.treat_missing_data == "ignore"
    error_message = "Without news the switch stays where it is."
  }

  assert {
    condition     = toset(aws_cloudwatch_metric_alarm.switch.alarm_actions) == toset([var.alerts_topic_arn]) && toset(aws_cloudwatch_metric_alarm.switch.ok_actions) == toset([var.alerts_topic_arn])
    error_message = "People hear of it, both ways."
  }

  assert {
    condition     = jsondecode(output.switch_alarm_definition).metric == "StandbyTakesOver" && jsondecode(output.switch_alarm_definition).period == 60
    error_message = "What Route 53 copies is put out."
  }
}

run "tells_people_of_reports_and_of_auroras_moves" {
  variables {
    naming = run.label
  }

  assert {
    condition     = toset(jsondecode(aws_cloudwatch_event_rule.report.event_pattern)["detail-type"]) == toset(["Failover Finished", "Failback Finished"]) && jsondecode(aws_cloudwatch_event_rule.report.event_pattern).detail.environment == ["demo"]
    error_message = "Reports of this environment, no other's."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.database_move.event_pattern).detail.SourceArn == [var.standby_cluster.arn] && jsondecode(aws_cloudwatch_event_rule.database_move.event_pattern).detail.EventCategories == ["global-failover"]
    error_message = "Moves of this global database, no other's."
  }

  assert {
    condition = alltrue([for target in [aws_cloudwatch_event_target.report_to_people, aws_cloudwatch_event_target.database_move_to_people] :
      target.arn == var.alerts_topic_arn && target.dead_letter_config[0].arn == aws_sqs_queue.notices.arn && target.retry_policy[0].maximum_event_age_in_seconds == 3600
    ])
    error_message = "To the region's topic, tried for an hour, kept when it fails."
  }

  assert {
    condition = alltrue([for target in [aws_cloudwatch_event_target.report_to_people, aws_cloudwatch_event_target.database_move_to_people] :
      can(jsondecode(replace(target.input_transformer[0].input_template, "/<[a-z]+>/", "{}"))) && strcontains(target.input_transformer[0].input_template, "\"demo\"")
    ])
    error_message = "What people get is JSON and names the environment."
  }

  assert {
    condition     = aws_sqs_queue.notices.kms_master_key_id == var.kms_key_arn && aws_sqs_queue.notices.message_retention_seconds == 1209600
    error_message = "Undelivered notices lie encrypted for two weeks."
  }

  assert {
    condition = toset(flatten([for statement in jsondecode(aws_sqs_queue.notices.policy).Statement : try(statement.Condition.ArnEquals["aws:SourceArn"], [])])) == toset([
      "arn:aws:events:us-west-2:123456789012:rule/${aws_cloudwatch_event_rule.report.name}", "arn:aws:events:us-west-2:123456789012:rule/${aws_cloudwatch_event_rule.database_move.name}"
    ])
    error_message = "Only these rules leave dead letters there."
  }
}

run "goes_on_verifying_when_the_switch_has_turned" {
  variables {
    naming = run.label
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_rule.verification.event_pattern).resources == [aws_cloudwatch_metric_alarm.switch.arn] && jsondecode(aws_cloudwatch_event_rule.verification.event_pattern)["detail-type"] == ["CloudWatch Alarm State Change"]
    error_message = "The switch's alarm, no other."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_event_target.verification.input) == { source = "lifeboat.dr", detail-type = "Failover Continue", detail = { environment = "demo" } }
    error_message = "As the event the orchestrator knows."
  }

  assert {
    condition     = aws_cloudwatch_event_target.verification.arn == module.orchestrator.function_arn && aws_cloudwatch_event_target.verification.dead_letter_config[0].arn == module.orchestrator.dead_letter_queue_arn && aws_cloudwatch_event_target.verification.retry_policy[0].maximum_event_age_in_seconds == 60
    error_message = "To the orchestrator, for a minute."
  }
}

run "puts_out_what_must_be_watched" {
  variables {
    naming = run.label
  }

  assert {
    condition     = output.functions.health_monitor == { function_name = "lambda-health-monitor-secondary-demo", timeout_seconds = 130 } && output.functions.failover_orchestrator == { function_name = "lambda-failover-orchestrator-secondary-demo", timeout_seconds = 300 }
    error_message = "Both functions with their time."
  }

  assert {
    condition     = toset(values(output.dead_letter_queue_names)) == toset(["sqs-dead-letters-health-monitor-secondary-demo", "sqs-dead-letters-failover-orchestrator-secondary-demo", "sqs-dead-letters-notices-secondary-demo"])
    error_message = "Every queue of dead letters."
  }

  assert {
    condition     = output.switch_alarm_name == "alarm-standby-takes-over-secondary-demo" && output.kill_switch_parameter == "parameter-kill-switch-secondary-demo" && output.state_table_name == "dynamodb-failover-state-secondary-demo"
    error_message = "Switch, kill switch and state."
  }

  assert {
    condition     = output.detection_seconds == 34
    error_message = "By default the call for a failover goes out within 34 seconds."
  }
}

run "detects_within_a_minute_at_the_slowest" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = true
      anti_flap_seconds      = 86400
      lag_limit_seconds      = 3600
      probe_interval_seconds = 10
      probes_to_condemn      = 4
    }
  }

  assert {
    condition     = output.detection_seconds == 59
    error_message = "The slowest settings allowed still detect within a minute."
  }
}
