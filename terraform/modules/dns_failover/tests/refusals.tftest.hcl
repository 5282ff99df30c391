# One run per refused input.

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
  domain_name = "ledger.example.net"
  switch_alarm = {
    name       = "alarm-standby-takes-over-secondary-demo"
    region     = "us-west-2"
    definition = "first"
  }
}

run "refuses_a_domain_with_capitals" {
  command = plan

  variables {
    naming      = run.label
    domain_name = "Ledger.example.net"
  }

  expect_failures = [var.domain_name]
}

run "refuses_a_domain_with_a_final_dot" {
  command = plan

  variables {
    naming      = run.label
    domain_name = "ledger.example.net."
  }

  expect_failures = [var.domain_name]
}

run "refuses_a_single_label" {
  command = plan

  variables {
    naming      = run.label
    domain_name = "localhost"
  }

  expect_failures = [var.domain_name]
}

run "refuses_a_domain_too_long" {
  command = plan

  variables {
    naming      = run.label
    domain_name = "${join(".", [for index in range(30) : "abcdefgh"])}.example.net"
  }

  expect_failures = [var.domain_name]
}

run "refuses_something_else_than_a_zone_id" {
  command = plan

  variables {
    naming         = run.label
    hosted_zone_id = "example.net"
  }

  expect_failures = [var.hosted_zone_id]
}

run "refuses_an_endpoint_with_scheme" {
  command = plan

  variables {
    naming           = run.label
    primary_endpoint = "https://use1.example.net"
  }

  expect_failures = [var.primary_endpoint]
}

run "refuses_a_primary_that_points_at_itself" {
  command = plan

  variables {
    naming           = run.label
    primary_endpoint = "app.ledger.example.net"
  }

  expect_failures = [var.primary_endpoint]
}

run "refuses_an_endpoint_with_port" {
  command = plan

  variables {
    naming             = run.label
    secondary_endpoint = "usw2.example.net:443"
  }

  expect_failures = [var.secondary_endpoint]
}

run "refuses_a_secondary_that_points_at_itself" {
  command = plan

  variables {
    naming             = run.label
    secondary_endpoint = "app.ledger.example.net"
  }

  expect_failures = [var.secondary_endpoint]
}

run "refuses_a_relative_path" {
  command = plan

  variables {
    naming            = run.label
    health_check_path = "healthz"
  }

  expect_failures = [var.health_check_path]
}

run "refuses_a_path_with_a_space" {
  command = plan

  variables {
    naming            = run.label
    health_check_path = "/health z"
  }

  expect_failures = [var.health_check_path]
}

run "refuses_one_host_for_both_regions" {
  command = plan

  variables {
    naming             = run.label
    primary_endpoint   = "use1.ledger.example.net"
    secondary_endpoint = "use1.ledger.example.net"
  }

  expect_failures = [var.secondary_endpoint]
}

run "refuses_a_switch_without_a_name" {
  command = plan

  variables {
    naming = run.label
    switch_alarm = {
      name       = ""
      region     = "us-west-2"
      definition = "first"
    }
  }

  expect_failures = [var.switch_alarm]
}

run "refuses_a_switch_in_no_region" {
  command = plan

  variables {
    naming = run.label
    switch_alarm = {
      name       = "alarm"
      region     = "west"
      definition = "first"
    }
  }

  expect_failures = [var.switch_alarm]
}
