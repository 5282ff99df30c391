# What stands on the dashboard of each role.

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
    health_monitor = { function_name = "lambda-health-monitor-secondary-demo", timeout_seconds = 130, every_minute = true }
  }
  dead_letter_queues   = { health_monitor = "sqs-dead-letters-health-monitor-secondary-demo" }
  replicated_from_here = { transaction_logs = { source_bucket = "logs-west", destination_bucket = "logs-east", rule_id = "all" } }
  replicated_to_here   = { transaction_logs = { source_bucket = "logs-east", destination_bucket = "logs-west", rule_id = "all" } }
  readiness = {
    signals           = ["application", "writer", "heartbeat", "replication_lag"]
    switch_alarm      = "alarm-standby-takes-over-secondary-demo"
    lag_limit_seconds = 60
  }
}

run "says_first_what_to_do_and_what_rings" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_cloudwatch_dashboard.this.dashboard_name == "dashboard-secondary-demo" && output.dashboard_name == "dashboard-secondary-demo"
    error_message = "Named by the catalogue."
  }

  assert {
    condition     = jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[0].type == "text" && strcontains(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[0].properties.markdown, "Do not fail over by hand") && strcontains(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[0].properties.markdown, "sns-alerts-secondary-demo")
    error_message = "A text that says what to do, at the top."
  }

  assert {
    condition = alltrue([for word in ["do-not-fail-over-now", "primary-unhealthy", "standby-takes-over", "replication-lag-alert", "standby-not-ready", "failover-disarmed", "failover-not-settled"] :
      contains(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[1].properties.alarms, "arn:aws:cloudwatch:us-west-2:123456789012:alarm:alarm-${word}-secondary-demo")
    ])
    error_message = "Beside it the alarms that decide."
  }
}

run "draws_the_objective_into_the_lag" {
  variables {
    naming = run.label
  }

  assert {
    condition     = [for line in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[2].properties.annotations.horizontal : line.value] == [60000, 300000]
    error_message = "The objective and the alert as lines, in milliseconds as the metric."
  }

  assert {
    condition     = contains(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[2].properties.metrics, ["AWS/RDS", "AuroraGlobalDBReplicationLag", "DBClusterIdentifier", "aurora-cluster-secondary-demo", "SourceRegion", "us-east-1"])
    error_message = "The lag of this region's cluster."
  }
}

run "shows_replication_health_and_failover_readiness" {
  variables {
    naming = run.label
  }

  assert {
    condition = length(setsubtract(
      ["AuroraGlobalDBReplicationLag", "AuroraGlobalDBRPOLag", "SignalAge", "ReplicatedHeartbeatAge", "ReplicationLatency", "OperationsPendingReplication", "OperationsFailedReplication",
        "PrimaryHealthy", "PrimaryUnhealthy", "StandbyTakesOver", "StandbyReady", "FailoverArmed", "FailoverSettled", "SignalFailing", "Errors", "Invocations", "Throttles",
      "ApproximateNumberOfMessagesVisible", "FailoverRto", "FailoverDataLoss", "FailbackDuration"],
      flatten([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [for metric in try(widget.properties.metrics, []) : metric[1]]]),
    )) == 0
    error_message = "Lag, heartbeats, objects, verdict, switch, standby, kill switch, anti-flap, signals, functions, dead letters, and what was measured."
  }

  assert {
    condition     = !contains(flatten([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [for metric in try(widget.properties.metrics, []) : metric[1]]]), "HealthCheckStatus")
    error_message = "Route 53's metrics are another region's."
  }
}

run "lays_widgets_out_without_overlap" {
  variables {
    naming = run.label
  }

  assert {
    condition     = alltrue([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.x + widget.width <= 24])
    error_message = "A dashboard is 24 wide."
  }

  assert {
    condition = length(distinct(flatten([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [for x in range(widget.x, widget.x + widget.width) : [for y in range(widget.y, widget.y + widget.height) : "${x} ${y}"]]]))) == sum([
      for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : widget.width * widget.height
    ])
    error_message = "No two widgets share a cell."
  }
}

run "sends_who_looks_at_the_writing_region_to_the_other" {
  variables {
    naming           = run.label
    region           = "us-east-1"
    other_region     = "us-west-2"
    alerts_topic_arn = "arn:aws:sns:us-east-1:123456789012:sns-alerts-primary-demo"
    cluster          = { identifier = "aurora-cluster-primary-demo", follows = false }
    readiness        = null
    health_checks    = { primary_endpoint = "check-1" }
  }

  assert {
    condition     = strcontains(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[0].properties.markdown, "look at the dashboard of us-west-2")
    error_message = "A failover is decided where it stands when this region does not."
  }

  assert {
    condition     = contains(flatten([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [for metric in try(widget.properties.metrics, []) : metric[1]]]), "HealthCheckStatus") && !contains(flatten([for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [for metric in try(widget.properties.metrics, []) : metric[1]]]), "StandbyReady")
    error_message = "Route 53's checks are shown here, the monitor's readiness is not."
  }
}
