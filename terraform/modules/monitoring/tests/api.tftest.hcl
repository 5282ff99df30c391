# A region with a REST API: what rings for its routes, its silence, and for checks that answer slowly.

mock_provider "aws" {
  source = "../../mocks"
}

run "label" {
  module {
    source = "../naming"
  }

  variables {
    environment_suffix = "demo"
    dr_role            = "primary"
    environment        = "staging"
    cost_center        = "4711"
    owner              = "owner@example.net"
  }
}

variables {
  region             = "us-east-1"
  other_region       = "us-east-2"
  account_id         = "123456789012"
  environment_suffix = "demo"
  alerts_topic_arn   = "arn:aws:sns:us-east-1:123456789012:sns-alerts-primary-demo"
  rpo_seconds        = 300
  lag_alert_seconds  = 120
  cluster            = { identifier = "aurora-cluster-primary-demo", follows = false }
  functions          = { payments = { function_name = "lambda-payments-primary-demo", timeout_seconds = 15 } }
  dead_letter_queues = { payments = "sqs-dead-letters-payments-primary-demo" }
  health_checks      = { primary_endpoint = "11111111-aaaa", application = "22222222-bbbb" }
  slow_checks        = { ids = { primary_endpoint = "11111111-aaaa" }, limit_milliseconds = 1000 }
  api = {
    name  = "rest-api-primary-demo"
    stage = "live"
    routes = {
      book = { method = "POST", resource = "/payments" }
      find = { method = "GET", resource = "/payments/{payment_id}" }
    }
    latency_limit_milliseconds = 3000
  }
}

run "rings_for_each_route_that_fails_refuses_or_dawdles" {
  variables {
    naming = run.label
  }

  assert {
    condition     = { for word, alarm in aws_cloudwatch_metric_alarm.api : trimprefix(word, "api-errors-") => "${alarm.metric_name} ${alarm.statistic} > ${alarm.threshold} ${alarm.evaluation_periods}" if startswith(word, "api-errors-") } == { book = "5XXError Average > 0.05 2", find = "5XXError Average > 0.05 2" }
    error_message = "One in twenty for two minutes."
  }

  assert {
    condition     = { for word, alarm in aws_cloudwatch_metric_alarm.api : trimprefix(word, "api-refusals-") => "${alarm.metric_name} ${alarm.statistic} > ${alarm.threshold} ${alarm.evaluation_periods}" if startswith(word, "api-refusals-") } == { book = "4XXError Average > 0.5 5", find = "4XXError Average > 0.5 5" }
    error_message = "One in two for five minutes."
  }

  assert {
    condition     = { for word, alarm in aws_cloudwatch_metric_alarm.api : trimprefix(word, "api-latency-") => "${alarm.metric_name} ${alarm.extended_statistic} > ${alarm.threshold} ${alarm.evaluation_periods}" if startswith(word, "api-latency-") } == { book = "Latency p99 > 3000 3", find = "Latency p99 > 3000 3" }
    error_message = "One in a hundred for three minutes."
  }

  assert {
    condition     = alltrue([for kind in ["errors", "refusals", "latency"] : aws_cloudwatch_metric_alarm.api["api-${kind}-book"].dimensions == tomap({ ApiName = "rest-api-primary-demo", Stage = "live", Resource = "/payments", Method = "POST" }) && aws_cloudwatch_metric_alarm.api["api-${kind}-find"].dimensions == tomap({ ApiName = "rest-api-primary-demo", Stage = "live", Resource = "/payments/{payment_id}", Method = "GET" })])
    error_message = "Of the route alone: the health check answers 503 where it should."
  }

  assert {
    condition = alltrue([for alarm in concat(values(aws_cloudwatch_metric_alarm.api), values(aws_cloudwatch_metric_alarm.slow_check), aws_cloudwatch_metric_alarm.api_silent) :
      startswith(alarm.alarm_name, "alarm-") && endswith(alarm.alarm_name, "-primary-demo") && alarm.alarm_actions == toset([var.alerts_topic_arn]) && alarm.ok_actions == toset([var.alerts_topic_arn]) && alarm.tags["DR-Role"] == "primary" && length(alarm.alarm_description) > 30
    ])
    error_message = "A name by the catalogue, the tags, a word on what to do, and the topic."
  }
}

run "rings_for_an_api_that_nobody_reaches" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.api_silent[0].metric_name == "Count" && aws_cloudwatch_metric_alarm.api_silent[0].threshold == 1 && aws_cloudwatch_metric_alarm.api_silent[0].comparison_operator == "LessThanThreshold" && aws_cloudwatch_metric_alarm.api_silent[0].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.api_silent[0].dimensions == tomap({ ApiName = "rest-api-primary-demo", Stage = "live" })
    error_message = "Silence is the failure."
  }
}

run "rings_for_a_check_that_waits" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.slow_check["primary_endpoint"].metric_name == "TimeToFirstByte" && aws_cloudwatch_metric_alarm.slow_check["primary_endpoint"].namespace == "AWS/Route53" && aws_cloudwatch_metric_alarm.slow_check["primary_endpoint"].threshold == 1000 && aws_cloudwatch_metric_alarm.slow_check["primary_endpoint"].dimensions == tomap({ HealthCheckId = "11111111-aaaa" })
    error_message = "Slow is told before it is down."
  }
}

run "alerts_of_lag_before_the_objective_is_missed" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_cloudwatch_metric_alarm.lag["replication-lag-alert"].threshold == 120000 && aws_cloudwatch_metric_alarm.lag["replication-lag-rpo"].threshold == 300000
    error_message = "People have three minutes to look."
  }
}

run "shows_the_api" {
  variables {
    naming = run.label
  }

  assert {
    condition = alltrue([for title, metric in { "API: requests a minute" = "Count", "API: share of 5xx" = "5XXError", "API: share of 4xx" = "4XXError", "API: slowest one in a hundred" = "Latency" } :
      [for widget in jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets : [for row in widget.properties.metrics : row[1]] if try(widget.properties.title, "") == title] == [[metric, metric]]
    ])
    error_message = "Requests, failures, refusals and latency, route by route."
  }

  assert {
    condition     = contains(jsondecode(aws_cloudwatch_dashboard.this.dashboard_body).widgets[1].properties.alarms, "arn:aws:cloudwatch:us-east-1:123456789012:alarm:alarm-api-errors-book-primary-demo")
    error_message = "Its alarms are among those looked at first."
  }

  assert {
    condition     = length(setsubtract(["api-errors-book", "api-refusals-find", "api-latency-book", "api-silent", "health-latency-primary-endpoint"], [for name in output.alarm_names : trimsuffix(trimprefix(name, "alarm-"), "-primary-demo")])) == 0
    error_message = "Its alarms are put out."
  }
}

run "watches_no_api_where_there_is_none" {
  command = plan

  variables {
    naming      = run.label
    api         = null
    slow_checks = null
  }

  assert {
    condition     = length(aws_cloudwatch_metric_alarm.api) + length(aws_cloudwatch_metric_alarm.api_silent) + length(aws_cloudwatch_metric_alarm.slow_check) == 0
    error_message = "Nothing to watch."
  }
}

run "refuses_an_api_without_routes" {
  command = plan

  variables {
    naming = run.label
    api    = { name = "rest-api-primary-demo", stage = "live", routes = {}, latency_limit_milliseconds = 3000 }
  }

  expect_failures = [var.api]
}

run "refuses_checks_that_are_published_elsewhere" {
  command = plan

  variables {
    naming           = run.label
    region           = "us-east-2"
    other_region     = "us-east-1"
    alerts_topic_arn = "arn:aws:sns:us-east-2:123456789012:sns-alerts-primary-demo"
    health_checks    = {}
  }

  expect_failures = [var.slow_checks]
}

run "refuses_an_alert_at_nothing" {
  command = plan

  variables {
    naming            = run.label
    lag_alert_seconds = 0
  }

  expect_failures = [var.lag_alert_seconds]
}
