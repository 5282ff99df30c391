# One region, as primary and as standby: what its function is told and may do, and how the parts hang together.

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

variables {
  environment_suffix        = "demo"
  region                    = "us-east-1"
  primary_region            = "us-east-1"
  standby_region            = "us-east-2"
  account_id                = "123456789012"
  alert_emails              = ["owner@example.net"]
  log_retention_days        = 365
  global_cluster_identifier = "aurora-global-demo"
  master_password           = "mocked-password"
  rpo_seconds               = 300
  function_concurrency      = 50
  reserved_concurrency      = 2
  network                   = { cidr = "10.42.0.0/16", nat_mode = "single", interface_endpoints = "none" }
  database = {
    engine_version     = "16.8"
    name               = "payments"
    username           = "payments_admin"
    password_version   = 1
    instance_count     = 3
    min_capacity_acu   = 2
    max_capacity_acu   = 16
    backup_window      = "07:00-08:00"
    maintenance_window = "sun:09:00-sun:10:00"
  }
  secret          = { arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-AbCdEf" }
  transaction_log = { name = "s3-transaction-logs-primary-demo", arn = "arn:aws:s3:::s3-transaction-logs-primary-demo" }
  state_table = {
    name        = "dynamodb-failover-state-secondary-demo"
    arn         = "arn:aws:dynamodb:us-east-2:123456789012:table/dynamodb-failover-state-secondary-demo"
    kms_key_arn = "arn:aws:kms:us-east-2:123456789012:key/22222222-2222-3333-4444-555555555555"
  }
  api = {
    domain_names    = { shared = "api.pay.example.net", own = "primary.api.pay.example.net" }
    certificate_arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
    authorization   = "AWS_IAM"
    throttle        = { rate = 100, burst = 200 }
    enable_waf      = false
    logs_role       = "own"
  }
}

run "tells_the_function_what_it_needs" {
  variables {
    naming = run.label
  }

  assert {
    condition = local.function_environment == {
      ENVIRONMENT_SUFFIX        = "demo"
      REGION_ROLE               = "primary"
      GLOBAL_CLUSTER_IDENTIFIER = "aurora-global-demo"
      CLUSTER_IDENTIFIER        = "aurora-cluster-primary-demo"
      CLUSTER_ARN               = output.cluster.arn
      SECRET_ARN                = "arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-AbCdEf"
      DATABASE_NAME             = "payments"
      TRANSACTION_LOG_BUCKET    = "s3-transaction-logs-primary-demo"
      LAG_LIMIT_SECONDS         = "300"
    }
    error_message = "What lambda/README.md lists for payments, all of it of this region."
  }

  assert {
    condition     = output.functions.payments == { function_name = "lambda-payments-primary-demo", timeout_seconds = 15, every_minute = false } && output.functions.heartbeat.every_minute
    error_message = "Both functions are put out for those who watch."
  }
}

run "lets_the_function_book_in_its_region_and_no_more" {
  variables {
    naming = run.label
  }

  assert {
    condition = { for statement in local.function_statements : statement.sid => join(" ", concat(statement.actions, statement.resources)) } == {
      BookPayments        = "rds-data:BatchExecuteStatement rds-data:BeginTransaction rds-data:CommitTransaction rds-data:ExecuteStatement rds-data:RollbackTransaction ${output.cluster.arn}"
      LogInToDatabase     = "secretsmanager:GetSecretValue arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-AbCdEf"
      SeeWhoWrites        = "rds:DescribeGlobalClusters arn:aws:rds::123456789012:global-cluster:aurora-global-demo"
      WriteTransactionLog = "s3:PutObject arn:aws:s3:::s3-transaction-logs-primary-demo/transactions/*"
      ReadLag             = "cloudwatch:GetMetricData *"
    }
    error_message = "What lambda/README.md lists for payments, on what it is listed for."
  }
}

run "opens_a_secret_under_a_key_of_others" {
  variables {
    naming = run.label
    secret = {
      arn         = "arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-AbCdEf"
      kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/33333333-2222-3333-4444-555555555555"
    }
  }

  assert {
    condition     = one([for statement in local.function_statements : join(" ", concat(statement.actions, statement.resources)) if statement.sid == "ReadSecret"]) == "kms:Decrypt arn:aws:kms:us-east-1:123456789012:key/33333333-2222-3333-4444-555555555555"
    error_message = "Its key, and only to read."
  }
}

run "stands_by_with_the_same_parts" {
  variables {
    naming               = run.label_secondary
    region               = "us-east-2"
    network              = { cidr = "10.43.0.0/16", nat_mode = "single", interface_endpoints = "used", further_services = ["events", "sns", "ssm"] }
    transaction_log      = { name = "s3-transaction-logs-secondary-demo", arn = "arn:aws:s3:::s3-transaction-logs-secondary-demo" }
    function_concurrency = 0
    reserved_concurrency = 0
  }

  assert {
    condition     = local.function_environment.REGION_ROLE == "standby" && local.function_environment.CLUSTER_IDENTIFIER == "aurora-cluster-secondary-demo" && toset(keys(local.function_environment)) == toset(["ENVIRONMENT_SUFFIX", "REGION_ROLE", "GLOBAL_CLUSTER_IDENTIFIER", "CLUSTER_IDENTIFIER", "CLUSTER_ARN", "SECRET_ARN", "DATABASE_NAME", "TRANSACTION_LOG_BUCKET", "LAG_LIMIT_SECONDS"])
    error_message = "The same function, told what its region is for."
  }

  assert {
    condition     = output.api.name == "rest-api-secondary-demo" && output.api.stage == "live" && output.functions.payments.function_name == "lambda-payments-secondary-demo"
    error_message = "An API and a function of its own."
  }

  assert {
    condition     = toset(keys(output.interface_endpoint_ids)) == toset(["events", "monitoring", "rds", "rds-data", "secretsmanager", "sns", "ssm"])
    error_message = "Endpoints for its own functions and for those of the automation."
  }
}

run "hands_the_parts_on" {
  variables {
    naming = run.label
  }

  assert {
    condition     = output.global_cluster_identifier == "aurora-global-demo" && output.cluster.port == 5432 && length(output.cluster.instance_identifiers) == 3
    error_message = "What the next region joins, and the cluster."
  }

  assert {
    condition     = toset(keys(output.api_targets)) == toset(["shared", "own"]) && output.api.url == "https://primary.api.pay.example.net"
    error_message = "What DNS needs."
  }

  assert {
    condition     = output.function_vpc.subnet_ids == output.private_subnet_ids && output.function_vpc.security_group_ids == [output.workload_security_group_id]
    error_message = "Functions stand in the private subnets, as workload."
  }

  assert {
    condition     = output.dead_letter_queue_names == { heartbeat = "sqs-dead-letters-heartbeat-primary-demo", payments = "sqs-dead-letters-payments-primary-demo" }
    error_message = "Queues to be watched."
  }
}

run "refuses_a_role_in_the_wrong_region" {
  command = plan

  variables {
    naming = run.label
    region = "us-east-2"
  }

  expect_failures = [var.region]
}
