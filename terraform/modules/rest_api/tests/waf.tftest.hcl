# The firewall, where wanted.

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

run "blocks_common_attacks_and_floods" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_wafv2_web_acl.this[0].scope == "REGIONAL" && length(aws_wafv2_web_acl.this[0].default_action[0].allow) == 1
    error_message = "What no rule blocks comes through."
  }

  assert {
    condition     = toset(flatten([for rule in aws_wafv2_web_acl.this[0].rule : [for group in rule.statement[0].managed_rule_group_statement : group.name]])) == toset(["AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"])
    error_message = "AWS's rules against common attacks and known bad input."
  }

  assert {
    condition     = flatten([for rule in aws_wafv2_web_acl.this[0].rule : [for limit in rule.statement[0].rate_based_statement : "${limit.aggregate_key_type} ${limit.limit}"]]) == ["IP 10000"]
    error_message = "No address may flood it."
  }

  assert {
    condition     = length(distinct([for rule in aws_wafv2_web_acl.this[0].rule : rule.priority])) == 3
    error_message = "Each rule has its turn."
  }
}

run "stands_before_what_is_live_and_logs" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_wafv2_web_acl_association.this[0].resource_arn == aws_api_gateway_stage.this.arn && aws_wafv2_web_acl_association.this[0].web_acl_arn == aws_wafv2_web_acl.this[0].arn
    error_message = "It stands before the stage."
  }

  assert {
    condition     = aws_wafv2_web_acl_logging_configuration.this[0].resource_arn == aws_wafv2_web_acl.this[0].arn && toset(aws_wafv2_web_acl_logging_configuration.this[0].log_destination_configs) == toset([aws_cloudwatch_log_group.waf[0].arn]) && aws_wafv2_web_acl_logging_configuration.this[0].redacted_fields[0].single_header[0].name == "authorization"
    error_message = "It logs what it saw, without signatures."
  }

  assert {
    condition     = aws_cloudwatch_log_group.waf[0].name == "aws-waf-logs-log-group-web-acl-primary-demo" && aws_cloudwatch_log_group.waf[0].kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.waf[0].retention_in_days == 365
    error_message = "Into a group of ours, of the only prefix it takes."
  }

  assert {
    condition     = aws_wafv2_web_acl.this[0].name == "web-acl-primary-demo" && aws_wafv2_web_acl.this[0].tags["DR-Role"] == "primary"
    error_message = "Named and tagged."
  }
}
