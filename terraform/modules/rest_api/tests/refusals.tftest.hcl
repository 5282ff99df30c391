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
    dr_role            = "primary"
    environment        = "staging"
    cost_center        = "4711"
    owner              = "owner@example.net"
  }
}

variables {
  region      = "us-east-1"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  function = {
    name            = "lambda-payments-primary-demo"
    arn             = "arn:aws:lambda:us-east-1:123456789012:function:lambda-payments-primary-demo"
    timeout_seconds = 15
  }
  domain_names       = { shared = "api.pay.example.net", own = "primary.api.pay.example.net" }
  certificate_arn    = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  authorization      = "AWS_IAM"
  throttle           = { rate = 100, burst = 200 }
  enable_waf         = true
  logs_role          = "account"
  log_retention_days = 365
}

run "refuses_a_function_that_outlasts_api_gateway" {
  command = plan

  variables {
    naming = run.label
    function = {
      name            = "lambda-payments-primary-demo"
      arn             = "arn:aws:lambda:us-east-1:123456789012:function:lambda-payments-primary-demo"
      timeout_seconds = 29
    }
  }

  expect_failures = [var.function]
}

run "refuses_to_be_checked_by_the_name_that_moves" {
  command = plan

  variables {
    naming       = run.label
    domain_names = { shared = "api.pay.example.net", own = "api.pay.example.net" }
  }

  expect_failures = [var.domain_names]
}

run "refuses_an_authorization_nobody_knows" {
  command = plan

  variables {
    naming        = run.label
    authorization = "CUSTOM"
  }

  expect_failures = [var.authorization]
}

run "refuses_a_throttle_of_nothing" {
  command = plan

  variables {
    naming   = run.label
    throttle = { rate = 0, burst = 1 }
  }

  expect_failures = [var.throttle]
}

run "refuses_more_than_an_account_has" {
  command = plan

  variables {
    naming   = run.label
    throttle = { rate = 100, burst = 5001 }
  }

  expect_failures = [var.throttle]
}

run "refuses_a_role_of_nobody" {
  command = plan

  variables {
    naming    = run.label
    logs_role = "none"
  }

  expect_failures = [var.logs_role]
}
