# One function: what it is made of, what it may do, what starts it.

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
  environment          = { ENVIRONMENT_SUFFIX = "demo" }
  timeout_seconds      = 70
  reserved_concurrency = 2
  log_retention_days   = 365
  retries              = 0
  event_age_seconds    = 60
  vpc = {
    subnet_ids         = ["subnet-1", "subnet-2", "subnet-3"]
    security_group_ids = ["sg-1"]
  }
  statements = [
    {
      sid       = "PutOwnMetrics"
      actions   = ["cloudwatch:PutMetricData"]
      resources = ["*"]
      condition = { "cloudwatch:namespace" = "Lifeboat/DR" }
    },
    {
      sid       = "ReadState"
      actions   = ["dynamodb:GetItem"]
      resources = ["arn:aws:dynamodb:us-west-2:123456789012:table/state"]
    },
  ]
}

run "runs_the_package_of_its_name" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_lambda_function.this.function_name == "lambda-heartbeat-secondary-demo" && aws_lambda_function.this.handler == "heartbeat.handler.handle"
    error_message = "Name and handler follow the function."
  }

  assert {
    condition     = aws_lambda_function.this.source_code_hash == filebase64sha256("../../packages/heartbeat.zip") && endswith(aws_lambda_function.this.filename, "packages/heartbeat.zip")
    error_message = "The package built from lambda/, known by its digest."
  }

  assert {
    condition     = aws_lambda_function.this.runtime == "python3.13" && toset(aws_lambda_function.this.architectures) == toset(["arm64"]) && aws_lambda_function.this.timeout == 70 && aws_lambda_function.this.memory_size == 256
    error_message = "The newest Python, the time asked for, a quarter of a gigabyte."
  }

  assert {
    condition     = aws_lambda_function.this.kms_key_arn == var.kms_key_arn && aws_lambda_function.this.environment[0].variables == tomap({ ENVIRONMENT_SUFFIX = "demo" })
    error_message = "Its variables, encrypted with the region's key."
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == 2 && aws_lambda_function.this.tracing_config[0].mode == "Active"
    error_message = "Invocations are reserved and traced."
  }

  assert {
    condition     = length(aws_lambda_function.this.vpc_config[0].subnet_ids) == 3 && toset(aws_lambda_function.this.vpc_config[0].security_group_ids) == toset(["sg-1"])
    error_message = "It stands in the given subnets."
  }

  assert {
    condition     = aws_lambda_function.this.tags.Environment == "staging" && aws_lambda_function.this.tags.CostCenter == "4711" && aws_lambda_function.this.tags["DR-Role"] == "secondary"
    error_message = "The function carries the tags."
  }
}

run "loses_neither_log_nor_event" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_cloudwatch_log_group.this.name == "log-group-heartbeat-secondary-demo" && aws_cloudwatch_log_group.this.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.this.retention_in_days == 365
    error_message = "A log group of its own, encrypted, kept as long as asked."
  }

  assert {
    condition     = aws_lambda_function.this.logging_config[0].log_group == aws_cloudwatch_log_group.this.name && aws_lambda_function.this.logging_config[0].log_format == "JSON"
    error_message = "The function writes into it, structured."
  }

  assert {
    condition     = aws_sqs_queue.dead_letters.kms_master_key_id == var.kms_key_arn && aws_sqs_queue.dead_letters.message_retention_seconds == 1209600 && aws_lambda_function.this.dead_letter_config[0].target_arn == aws_sqs_queue.dead_letters.arn
    error_message = "What was given up waits in an encrypted queue for two weeks."
  }

  assert {
    condition     = aws_lambda_function_event_invoke_config.this.maximum_retry_attempts == 0 && aws_lambda_function_event_invoke_config.this.maximum_event_age_in_seconds == 60
    error_message = "Events are tried as long as they are worth it."
  }

  assert {
    condition = anytrue([for statement in jsondecode(aws_sqs_queue.dead_letters.policy).Statement :
      statement.Effect == "Deny" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false" && statement.Resource == "arn:aws:sqs:us-west-2:123456789012:${aws_sqs_queue.dead_letters.name}"
    ])
    error_message = "Nothing goes into the queue in plain text."
  }
}

run "may_do_what_is_listed_and_no_more" {
  variables {
    naming = run.label
  }

  assert {
    condition     = jsondecode(aws_iam_role.this.assume_role_policy).Statement[0].Principal.Service == "lambda.amazonaws.com" && length(jsondecode(aws_iam_role.this.assume_role_policy).Statement) == 1
    error_message = "Only Lambda takes the role."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement :
      alltrue([for action in statement.Action : !strcontains(action, "*")])
    ])
    error_message = "No action has a wildcard."
  }

  # Named one by one: a new statement on everything must be argued for here.
  assert {
    condition = toset([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement : statement.Sid if statement.Effect == "Allow" && contains(statement.Resource, "*")]) == toset([
      "LambdaListsInterfaces", "PutOwnMetrics", "Trace"
    ])
    error_message = "Only what has no resource is allowed on everything."
  }

  assert {
    condition = anytrue([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement :
      statement.Sid == "PutOwnMetrics" && try(statement.Condition.StringEquals["cloudwatch:namespace"], "") == "Lifeboat/DR"
    ])
    error_message = "A given condition stands in the policy."
  }

  assert {
    condition = anytrue([for statement in jsondecode(aws_iam_role_policy.this.policy).Statement :
      statement.Sid == "CodeKeepsOffInterfaces" && statement.Effect == "Deny"
      && try(statement.Condition.ArnEquals["lambda:SourceFunctionArn"][0], "") == "arn:aws:lambda:us-west-2:123456789012:function:lambda-heartbeat-secondary-demo"
    ])
    error_message = "The interfaces are Lambda's business, not the code's."
  }
}

run "starts_by_the_clock" {
  variables {
    naming = run.label
    trigger = {
      description = "Every minute"
      schedule    = "rate(1 minute)"
    }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.this["own"].schedule_expression == "rate(1 minute)" && aws_cloudwatch_event_rule.this["own"].event_pattern == null && aws_cloudwatch_event_rule.this["own"].name == "rule-heartbeat-secondary-demo"
    error_message = "A rule with the schedule."
  }

  assert {
    condition     = aws_cloudwatch_event_target.this["own"].arn == aws_lambda_function.this.arn && aws_cloudwatch_event_target.this["own"].dead_letter_config[0].arn == aws_sqs_queue.dead_letters.arn && aws_cloudwatch_event_target.this["own"].retry_policy[0].maximum_event_age_in_seconds == 60
    error_message = "It calls the function, for as long as that is worth it, and keeps what it could not deliver."
  }

  assert {
    condition     = aws_lambda_permission.rules["own"].principal == "events.amazonaws.com" && aws_lambda_permission.rules["own"].source_arn == "arn:aws:events:us-west-2:123456789012:rule/${aws_cloudwatch_event_rule.this["own"].name}"
    error_message = "The rule, and no other, may call the function."
  }

  assert {
    condition = anytrue([for statement in jsondecode(aws_sqs_queue.dead_letters.policy).Statement :
      statement.Effect == "Allow" && toset(try(statement.Condition.ArnEquals["aws:SourceArn"], [])) == toset(["arn:aws:events:us-west-2:123456789012:rule/rule-heartbeat-secondary-demo"])
    ])
    error_message = "The rule, and no other, may leave dead letters."
  }
}

run "starts_by_events" {
  variables {
    naming = run.label
    trigger = {
      description = "Events"
      pattern     = "{\"source\":[\"lifeboat.dr\"]}"
    }
    rule_arns = { other = "arn:aws:events:us-west-2:123456789012:rule/other" }
  }

  assert {
    condition     = aws_cloudwatch_event_rule.this["own"].event_pattern == "{\"source\":[\"lifeboat.dr\"]}" && aws_cloudwatch_event_rule.this["own"].schedule_expression == null
    error_message = "A rule with the pattern."
  }

  assert {
    condition     = length(aws_lambda_permission.rules) == 2 && aws_lambda_permission.rules["other"].source_arn == "arn:aws:events:us-west-2:123456789012:rule/other"
    error_message = "A rule of the caller may call it too."
  }
}

run "makes_nothing_that_is_not_asked_for" {
  variables {
    naming               = run.label
    vpc                  = null
    tracing              = false
    reserved_concurrency = 0
  }

  assert {
    condition     = length(aws_cloudwatch_event_rule.this) == 0 && length(aws_cloudwatch_event_target.this) == 0 && length(aws_lambda_permission.rules) == 0
    error_message = "Without a trigger nothing starts it."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_sqs_queue.dead_letters.policy).Statement : statement.Effect == "Deny"])
    error_message = "Then no rule leaves dead letters either."
  }

  assert {
    condition     = length(aws_lambda_function.this.vpc_config) == 0 && !strcontains(aws_iam_role_policy.this.policy, "ec2:")
    error_message = "Outside of networks it has no rights to interfaces."
  }

  assert {
    condition     = aws_lambda_function.this.tracing_config[0].mode == "PassThrough" && !strcontains(aws_iam_role_policy.this.policy, "xray:")
    error_message = "Untraced, it has no rights to traces."
  }

  assert {
    condition     = aws_lambda_function.this.reserved_concurrent_executions == -1
    error_message = "0 reserves none; Lambda's own 0 would stop the function."
  }
}

run "has_no_more_than_its_boundary_allows" {
  command = plan

  variables {
    naming                   = run.label
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_iam_role.this.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "The boundary is on the role."
  }
}
