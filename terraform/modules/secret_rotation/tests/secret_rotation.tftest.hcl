# Rotation of the credentials: who calls it how often, what it may do; and one run per refused input.

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
  account_id                = "123456789012"
  kms_key_arn               = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  global_cluster_identifier = "aurora-global-demo"
  cluster_identifier        = "aurora-cluster-primary-demo"
  cluster_arn               = "arn:aws:rds:us-east-1:123456789012:cluster:aurora-cluster-primary-demo"
  secret_arn                = "arn:aws:secretsmanager:us-east-1:123456789012:secret:secret-database-demo-AbCdEf"
  database_name             = "transactions"
  rotation_days             = 30
  reserved_concurrency      = 2
  log_retention_days        = 365
}

run "rotates_by_the_calendar" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_secretsmanager_secret_rotation.this.rotation_rules[0].automatically_after_days == 30 && aws_secretsmanager_secret_rotation.this.rotation_lambda_arn == module.function.function_arn
    error_message = "Every thirty days, by the function."
  }

  assert {
    condition     = aws_secretsmanager_secret_rotation.this.rotate_immediately == false
    error_message = "Not while the environment is being made."
  }

  assert {
    condition     = aws_lambda_permission.secrets_manager.principal == "secretsmanager.amazonaws.com" && aws_lambda_permission.secrets_manager.source_arn == var.secret_arn && aws_lambda_permission.secrets_manager.source_account == "123456789012"
    error_message = "For this secret, and no other, may Secrets Manager call it."
  }

  assert {
    condition     = output.function_name == "lambda-secret-rotation-primary-demo" && output.timeout_seconds == 300 && output.dead_letter_queue_name == "sqs-dead-letters-secret-rotation-primary-demo" && output.rotation_days == 30
    error_message = "What must be watched is put out."
  }
}

run "may_change_this_secret_and_this_cluster" {
  variables {
    naming = run.label
  }

  assert {
    condition = { for statement in local.statements : statement.sid => join(" ", concat(statement.actions, statement.resources)) } == {
      RotateSecret = "secretsmanager:DescribeSecret secretsmanager:GetSecretValue secretsmanager:PutSecretValue secretsmanager:UpdateSecretVersionStage ${var.secret_arn}"
      MakePassword = "secretsmanager:GetRandomPassword *"
      SeeWhoWrites = "rds:DescribeGlobalClusters arn:aws:rds::123456789012:global-cluster:aurora-global-demo"
      SetPassword  = "rds:DescribeDBClusters rds:ModifyDBCluster ${var.cluster_arn}"
      TryPassword  = "rds-data:ExecuteStatement ${var.cluster_arn}"
    }
    error_message = "What lambda/README.md lists for the rotation, on what it is listed for."
  }

  assert {
    condition = local.environment == {
      ENVIRONMENT_SUFFIX        = "demo"
      CLUSTER_IDENTIFIER        = "aurora-cluster-primary-demo"
      CLUSTER_ARN               = var.cluster_arn
      GLOBAL_CLUSTER_IDENTIFIER = "aurora-global-demo"
      DATABASE_NAME             = "transactions"
    }
    error_message = "What lambda/README.md lists for the rotation."
  }
}

run "label_secondary" {
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

run "refuses_to_stand_where_the_replica_is" {
  command = plan

  variables {
    naming = run.label_secondary
  }

  expect_failures = [var.naming]
}

run "refuses_to_rotate_all_the_time" {
  command = plan

  variables {
    naming        = run.label
    rotation_days = 0
  }

  expect_failures = [var.rotation_days]
}

run "refuses_to_rotate_hardly_ever" {
  command = plan

  variables {
    naming        = run.label
    rotation_days = 91
  }

  expect_failures = [var.rotation_days]
}
