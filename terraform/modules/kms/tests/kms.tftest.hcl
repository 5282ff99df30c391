# The region's key: who may use it for what, that it rotates and can be destroyed.

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
  region     = "us-east-1"
  account_id = "123456789012"
}

run "rotates_and_goes_within_a_week" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 7
    error_message = "The key rotates yearly, and a destroy is over after the shortest window AWS has."
  }

  assert {
    condition     = aws_kms_alias.this.name == "alias/kms-primary-demo" && aws_kms_alias.this.target_key_id == aws_kms_key.this.key_id
    error_message = "The alias names the key."
  }

  assert {
    condition     = aws_kms_key.this.tags.Environment == "staging" && aws_kms_key.this.tags.CostCenter == "4711" && aws_kms_key.this.tags["DR-Role"] == "primary" && aws_kms_key.this.tags.Name == "kms-primary-demo"
    error_message = "The key carries the tags."
  }
}

run "lets_no_one_outside_the_account_use_the_key" {
  variables {
    naming = run.label
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement :
      try(statement.Principal.AWS, "") == "arn:aws:iam::123456789012:root" || can(statement.Condition)
    ])
    error_message = "Everyone but the account itself is bound by a condition."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_kms_key.this.policy).Statement : try(statement.Principal, "*") != "*" && try(statement.Principal.AWS, "") != "*"])
    error_message = "Nobody is everybody."
  }
}

run "lets_logs_and_topics_of_the_region_use_it" {
  variables {
    naming = run.label
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement :
      try(statement.Principal.Service, "") == "logs.us-east-1.amazonaws.com"
      && try(statement.Condition.ArnLike["kms:EncryptionContext:aws:logs:arn"], "") == "arn:aws:logs:us-east-1:123456789012:log-group:*"
    ])
    error_message = "Log groups of this region and account, no others."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement :
      try(contains(statement.Principal.Service, "cloudwatch.amazonaws.com"), false)
      && try(statement.Condition.StringEquals["aws:SourceAccount"], "") == "123456789012"
      && join(" ", flatten([statement.Action])) == "kms:Decrypt kms:GenerateDataKey*"
    ])
    error_message = "Alarms need the key to publish to an encrypted topic."
  }
}

run "lets_rules_publish_and_leave_dead_letters" {
  variables {
    naming = run.label
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement :
      try(statement.Principal.Service, "") == "events.amazonaws.com"
      && try(keys(statement.Condition) == ["ArnLike"], false)
      && try(statement.Condition.ArnLike["kms:EncryptionContext:aws:sns:topicArn"], "") == "arn:aws:sns:us-east-1:123456789012:*"
    ])
    error_message = "To topics of this region and account; a condition on the source would silence the rules."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_kms_key.this.policy).Statement :
      try(statement.Principal.Service, "") == "events.amazonaws.com"
      && try(statement.Condition.ArnLike["aws:SourceArn"], "") == "arn:aws:events:us-east-1:123456789012:rule/*"
      && try(statement.Condition.StringEquals["aws:SourceAccount"], "") == "123456789012"
    ])
    error_message = "Into queues, for rules of this region and account."
  }
}

run "refuses_an_account_that_is_none" {
  command = plan

  variables {
    naming     = run.label
    account_id = "root"
  }

  expect_failures = [var.account_id]
}
