# The same name over resources of AWS: aliases in place of names, and the regions' own names beside them.

mock_provider "aws" {
  source = "../../mocks"
}

run "label" {
  module {
    source = "../naming"
  }

  variables {
    environment_suffix = "demo"
    dr_role            = "global"
    environment        = "staging"
    cost_center        = "4711"
    owner              = "owner@example.net"
  }
}

variables {
  domain_name           = "pay.example.net"
  application_label     = "api"
  primary_endpoint      = "primary.api.pay.example.net"
  secondary_endpoint    = "secondary.api.pay.example.net"
  health_check_path     = "/health"
  measure_latency       = true
  cutover_limit_seconds = 120
  switch_alarm = {
    name       = "alarm-standby-takes-over-secondary-demo"
    region     = "us-east-2"
    definition = "first"
  }
  targets = {
    primary = {
      shared = { name = "d-1.execute-api.us-east-1.amazonaws.com", zone_id = "Z1" }
      own    = { name = "d-2.execute-api.us-east-1.amazonaws.com", zone_id = "Z1" }
    }
    secondary = {
      shared = { name = "d-3.execute-api.us-east-2.amazonaws.com", zone_id = "Z2" }
      own    = { name = "d-4.execute-api.us-east-2.amazonaws.com", zone_id = "Z2" }
    }
  }
}

run "leads_one_name_to_the_region_that_serves" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_route53_record.primary.name == "api.pay.example.net" && aws_route53_record.secondary.name == "api.pay.example.net" && output.application_fqdn == "api.pay.example.net"
    error_message = "One name, with the label that was asked for."
  }

  assert {
    condition     = aws_route53_record.primary.type == "A" && aws_route53_record.primary.alias[0].name == "d-1.execute-api.us-east-1.amazonaws.com" && aws_route53_record.primary.alias[0].zone_id == "Z1"
    error_message = "The primary's record is an alias of what answers there for the shared name."
  }

  assert {
    condition     = aws_route53_record.secondary.type == "A" && aws_route53_record.secondary.alias[0].name == "d-3.execute-api.us-east-2.amazonaws.com" && aws_route53_record.secondary.alias[0].zone_id == "Z2"
    error_message = "So is the standby's."
  }

  assert {
    condition     = aws_route53_record.primary.health_check_id == aws_route53_health_check.application.id && aws_route53_record.primary.alias[0].evaluate_target_health == false && aws_route53_record.secondary.alias[0].evaluate_target_health == false
    error_message = "The calculated check decides, and nothing else."
  }

  assert {
    condition     = aws_route53_record.primary.records == null && aws_route53_record.primary.ttl == null
    error_message = "An alias has neither values nor a TTL of its own."
  }
}

run "gives_each_region_a_name_of_its_own" {
  variables {
    naming = run.label
  }

  assert {
    condition     = { for role, record in aws_route53_record.endpoint : record.name => record.alias[0].name } == { "primary.api.pay.example.net" = "d-2.execute-api.us-east-1.amazonaws.com", "secondary.api.pay.example.net" = "d-4.execute-api.us-east-2.amazonaws.com" }
    error_message = "Each leads to its region, whoever serves."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.endpoint : record.alias[0].evaluate_target_health == false && length(record.failover_routing_policy) == 0])
    error_message = "It does not move."
  }

  assert {
    condition     = aws_route53_health_check.primary.fqdn == "primary.api.pay.example.net" && aws_route53_health_check.secondary.fqdn == "secondary.api.pay.example.net" && aws_route53_health_check.primary.resource_path == "/health"
    error_message = "The regions' own names are what is checked: the moving one would be asked wherever it leads."
  }
}

run "measures_how_long_answers_take" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_route53_health_check.primary.measure_latency && aws_route53_health_check.secondary.measure_latency
    error_message = "Availability and response time."
  }
}

run "counts_with_the_ttl_of_aliases" {
  variables {
    naming = run.label
  }

  assert {
    condition     = output.detection_seconds == 32 && output.cutover_seconds == 92 && output.switch_seconds == 130
    error_message = "AWS holds aliases for a minute."
  }
}

run "writes_no_name_of_hosts_that_are_others" {
  variables {
    naming                = run.label
    targets               = null
    measure_latency       = false
    cutover_limit_seconds = 60
  }

  assert {
    condition     = length(aws_route53_record.endpoint) == 0 && aws_route53_record.primary.type == "CNAME" && length(aws_route53_record.primary.alias) == 0 && aws_route53_health_check.primary.measure_latency == false
    error_message = "The application's team writes them."
  }
}

run "refuses_a_cutover_beyond_its_limit" {
  command = plan

  variables {
    naming                = run.label
    cutover_limit_seconds = 60
  }

  expect_failures = [output.cutover_seconds]
}

run "refuses_a_label_that_is_none" {
  command = plan

  variables {
    naming            = run.label
    application_label = "api.v1"
  }

  expect_failures = [var.application_label]
}

run "refuses_a_region_that_bears_the_moving_name" {
  command = plan

  variables {
    naming           = run.label
    primary_endpoint = "api.pay.example.net"
  }

  expect_failures = [var.primary_endpoint]
}
