# The heartbeat of one region: where it writes, where it leaves its mark, what it may do; and one run per refused input.

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
  environment_suffix        = "demo"
  region                    = "us-east-1"
  primary_region            = "us-east-1"
  standby_region            = "us-west-2"
  account_id                = "123456789012"
  kms_key_arn               = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  global_cluster_identifier = "aurora-global-demo"
  cluster_arn               = "arn:aws:rds:us-east-1:123456789012:cluster:aurora-cluster-primary-demo"
  secret_arn                = "arn:aws:secretsmanager:us-east-1:123456789012:secret:secret-database-demo-AbCdEf"
  database_name             = "transactions"
  reserved_concurrency      = 2
  log_retention_days        = 365
  state_table = {
    name        = "dynamodb-failover-state-secondary-demo"
    arn         = "arn:aws:dynamodb:us-west-2:123456789012:table/dynamodb-failover-state-secondary-demo"
    kms_key_arn = "arn:aws:kms:us-west-2:123456789012:key/22222222-2222-3333-4444-555555555555"
  }
}

run "beats_where_the_cluster_is_and_marks_in_the_standby" {
  variables {
    naming = run.label
  }

  assert {
    condition = local.environment == {
      ENVIRONMENT_SUFFIX        = "demo"
      PRIMARY_REGION            = "us-east-1"
      STANDBY_REGION            = "us-west-2"
      CLUSTER_REGION            = "us-east-1"
      CLUSTER_ARN               = var.cluster_arn
      SECRET_ARN                = var.secret_arn
      DATABASE_NAME             = "transactions"
      GLOBAL_CLUSTER_IDENTIFIER = "aurora-global-demo"
      STATE_TABLE               = "dynamodb-failover-state-secondary-demo"
    }
    error_message = "What lambda/README.md lists for the heartbeat."
  }

  assert {
    condition     = output.function_name == "lambda-heartbeat-primary-demo" && output.timeout_seconds == 70 && output.dead_letter_queue_names == { heartbeat = "sqs-dead-letters-heartbeat-primary-demo" }
    error_message = "A minute's beats and ten seconds more; what must be watched is put out."
  }
}

run "may_write_its_row_and_its_mark" {
  variables {
    naming = run.label
  }

  assert {
    condition = { for statement in local.statements : statement.sid => join(" ", concat(statement.actions, statement.resources)) } == {
      WriteHeartbeats = "rds-data:ExecuteStatement ${var.cluster_arn}"
      LogInToDatabase = "secretsmanager:GetSecretValue ${var.secret_arn}"
      SeeWhoWrites    = "rds:DescribeGlobalClusters arn:aws:rds::123456789012:global-cluster:aurora-global-demo"
      KeepMarks       = "dynamodb:GetItem dynamodb:UpdateItem ${var.state_table.arn}"
      UseKeyOfMarks   = "kms:Decrypt kms:GenerateDataKey ${var.state_table.kms_key_arn}"
      PutOwnMetrics   = "cloudwatch:PutMetricData *"
    }
    error_message = "What lambda/README.md lists for the heartbeat, on what it is listed for."
  }

  assert {
    condition     = one([for statement in local.statements : statement.condition if statement.sid == "PutOwnMetrics"]) == { "cloudwatch:namespace" = "Lifeboat/DR" }
    error_message = "Only metrics of our namespace."
  }
}

run "opens_a_secret_that_others_made" {
  command = plan

  variables {
    naming             = run.label
    secret_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/33333333-2222-3333-4444-555555555555"
  }

  assert {
    condition     = one([for statement in local.statements : join(" ", concat(statement.actions, statement.resources)) if statement.sid == "ReadSecret"]) == "kms:Decrypt arn:aws:kms:us-east-1:123456789012:key/33333333-2222-3333-4444-555555555555"
    error_message = "Its key, and only to read."
  }
}

run "refuses_a_third_region" {
  command = plan

  variables {
    naming = run.label
    region = "eu-central-1"
  }

  expect_failures = [var.region]
}

run "refuses_a_region_that_stands_in_for_itself" {
  command = plan

  variables {
    naming         = run.label
    standby_region = "us-east-1"
  }

  expect_failures = [var.standby_region]
}

run "refuses_a_single_invocation" {
  command = plan

  variables {
    naming               = run.label
    reserved_concurrency = 1
  }

  expect_failures = [var.reserved_concurrency]
}
