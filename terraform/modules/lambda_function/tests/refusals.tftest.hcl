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
    dr_role            = "secondary"
    environment        = "staging"
    cost_center        = "4711"
    owner              = "owner@example.net"
  }
}

variables {
  function             = "heartbeat"
  description          = "Tried out"
  region               = "us-west-2"
  account_id           = "123456789012"
  kms_key_arn          = "arn:aws:kms:us-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"
  environment          = {}
  timeout_seconds      = 70
  reserved_concurrency = 2
  log_retention_days   = 365
  retries              = 0
  event_age_seconds    = 60
  statements           = []
}

run "refuses_a_folder_with_a_path" {
  command = plan

  variables {
    naming   = run.label
    function = "../heartbeat"
  }

  expect_failures = [var.function]
}

run "refuses_an_action_with_a_wildcard" {
  command = plan

  variables {
    naming     = run.label
    statements = [{ sid = "All", actions = ["rds:*"], resources = ["*"] }]
  }

  expect_failures = [var.statements]
}

run "refuses_no_time" {
  command = plan

  variables {
    naming          = run.label
    timeout_seconds = 0
  }

  expect_failures = [var.timeout_seconds]
}

run "refuses_more_time_than_there_is" {
  command = plan

  variables {
    naming          = run.label
    timeout_seconds = 901
  }

  expect_failures = [var.timeout_seconds]
}

run "refuses_too_little_memory" {
  command = plan

  variables {
    naming           = run.label
    memory_megabytes = 127
  }

  expect_failures = [var.memory_megabytes]
}

run "refuses_too_much_memory" {
  command = plan

  variables {
    naming           = run.label
    memory_megabytes = 10241
  }

  expect_failures = [var.memory_megabytes]
}

run "refuses_a_negative_reservation" {
  command = plan

  variables {
    naming               = run.label
    reserved_concurrency = -1
  }

  expect_failures = [var.reserved_concurrency]
}

run "refuses_half_a_reservation" {
  command = plan

  variables {
    naming               = run.label
    reserved_concurrency = 1.5
  }

  expect_failures = [var.reserved_concurrency]
}

run "refuses_a_retention_aws_does_not_know" {
  command = plan

  variables {
    naming             = run.label
    log_retention_days = 100
  }

  expect_failures = [var.log_retention_days]
}

run "refuses_too_many_retries" {
  command = plan

  variables {
    naming  = run.label
    retries = 3
  }

  expect_failures = [var.retries]
}

run "refuses_an_event_age_too_short" {
  command = plan

  variables {
    naming            = run.label
    event_age_seconds = 59
  }

  expect_failures = [var.event_age_seconds]
}

run "refuses_an_event_age_too_long" {
  command = plan

  variables {
    naming            = run.label
    event_age_seconds = 21601
  }

  expect_failures = [var.event_age_seconds]
}

run "refuses_a_trigger_without_cause" {
  command = plan

  variables {
    naming  = run.label
    trigger = { description = "Nothing" }
  }

  expect_failures = [var.trigger]
}

run "refuses_a_trigger_with_two_causes" {
  command = plan

  variables {
    naming  = run.label
    trigger = { description = "Both", schedule = "rate(1 minute)", pattern = "{}" }
  }

  expect_failures = [var.trigger]
}

run "refuses_a_network_without_subnets" {
  command = plan

  variables {
    naming = run.label
    vpc    = { subnet_ids = [], security_group_ids = ["sg-1"] }
  }

  expect_failures = [var.vpc]
}

run "refuses_a_network_without_security_group" {
  command = plan

  variables {
    naming = run.label
    vpc    = { subnet_ids = ["subnet-1"], security_group_ids = [] }
  }

  expect_failures = [var.vpc]
}
