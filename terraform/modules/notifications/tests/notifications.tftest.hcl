# The alert topic: encrypted, TLS only, published to by this account's services, the owner subscribed.

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
  kms_key_arn = "arn:aws:kms:us-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"
  account_id  = "123456789012"
}

run "encrypts_the_topic_and_refuses_plain_text" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_sns_topic.alerts.name == "sns-alerts-secondary-demo" && aws_sns_topic.alerts.kms_master_key_id == var.kms_key_arn
    error_message = "The topic is encrypted with the region's key."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_sns_topic_policy.alerts.policy).Statement :
      statement.Effect == "Deny" && statement.Principal == "*" && try(statement.Condition.Bool["aws:SecureTransport"], "") == "false"
      if statement.Effect == "Deny"
    ])
    error_message = "Publishing without TLS is denied to everybody."
  }

  assert {
    condition     = aws_sns_topic.alerts.tags.Environment == "staging" && aws_sns_topic.alerts.tags.CostCenter == "4711" && aws_sns_topic.alerts.tags["DR-Role"] == "secondary"
    error_message = "The topic carries the tags."
  }
}

run "lets_only_this_accounts_services_publish" {
  variables {
    naming = run.label
  }

  assert {
    condition = alltrue([
      for statement in jsondecode(aws_sns_topic_policy.alerts.policy).Statement :
      try(statement.Principal.AWS, "") == "arn:aws:iam::123456789012:root" || try(statement.Condition.StringEquals["aws:SourceAccount"], "") == "123456789012"
      if statement.Effect == "Allow" && statement.Sid != "RulesPublish"
    ])
    error_message = "What is allowed is allowed to this account alone."
  }

  assert {
    condition = anytrue([
      for statement in jsondecode(aws_sns_topic_policy.alerts.policy).Statement :
      statement.Effect == "Allow" && try(statement.Principal.Service, "") == "events.amazonaws.com" && !can(statement.Condition)
    ])
    error_message = "Rules may publish, without a condition: AWS would silence them."
  }
}

run "subscribes_each_address_once" {
  variables {
    naming = run.label
    emails = ["owner@example.net", "operations@example.net", "owner@example.net", ""]
  }

  assert {
    condition     = toset([for subscription in aws_sns_topic_subscription.mail : "${subscription.protocol} ${subscription.endpoint}"]) == toset(["email owner@example.net", "email operations@example.net"])
    error_message = "Owner and operations are subscribed by mail."
  }

  assert {
    condition     = alltrue([for subscription in aws_sns_topic_subscription.mail : subscription.topic_arn == aws_sns_topic.alerts.arn])
    error_message = "To this topic."
  }
}

run "subscribes_nobody_without_an_address" {
  variables {
    naming = run.label
    emails = [""]
  }

  assert {
    condition     = length(aws_sns_topic_subscription.mail) == 0
    error_message = "No address, no subscription."
  }
}

run "refuses_what_is_no_address" {
  command = plan

  variables {
    naming = run.label
    emails = ["operations"]
  }

  expect_failures = [var.emails]
}
