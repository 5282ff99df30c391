# What the two functions are told, and what they may do: read from the policies that are made, not from what they were made of.

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
  environment_suffix        = "demo"
  region                    = "us-west-2"
  primary_region            = "us-east-1"
  account_id                = "123456789012"
  kms_key_arn               = "arn:aws:kms:us-west-2:123456789012:key/22222222-2222-3333-4444-555555555555"
  alerts_topic_arn          = "arn:aws:sns:us-west-2:123456789012:sns-alerts-secondary-demo"
  global_cluster_identifier = "aurora-global-demo"
  database_name             = "transactions"
  primary_url               = "https://primary.ledger.example.net/healthz"
  reserved_concurrency      = 2
  log_retention_days        = 365
  vpc = {
    subnet_ids         = ["subnet-1", "subnet-2", "subnet-3"]
    security_group_ids = ["sg-1"]
  }
  primary_cluster = {
    identifier  = "aurora-cluster-primary-demo"
    arn         = "arn:aws:rds:us-east-1:123456789012:cluster:aurora-cluster-primary-demo"
    secret_arn  = "arn:aws:secretsmanager:us-east-1:123456789012:secret:secret-database-demo-AbCdEf"
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }
  standby_cluster = {
    identifier = "aurora-cluster-secondary-demo"
    arn        = "arn:aws:rds:us-west-2:123456789012:cluster:aurora-cluster-secondary-demo"
    secret_arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:secret-database-demo-AbCdEf"
  }
  policy = {
    armed                  = true
    anti_flap_seconds      = 3600
    lag_limit_seconds      = 60
    probe_interval_seconds = 5
    probes_to_condemn      = 3
  }
}

# The functions' own module shows no policy: their roles are looked at where they are made, through the same inputs.
run "monitor" {
  variables {
    naming = run.label
  }

  assert {
    condition = local.monitor_environment == {
      ENVIRONMENT_SUFFIX         = "demo"
      PRIMARY_REGION             = "us-east-1"
      STANDBY_REGION             = "us-west-2"
      STATE_TABLE                = "dynamodb-failover-state-secondary-demo"
      GLOBAL_CLUSTER_IDENTIFIER  = "aurora-global-demo"
      PRIMARY_CLUSTER_IDENTIFIER = "aurora-cluster-primary-demo"
      STANDBY_CLUSTER_IDENTIFIER = "aurora-cluster-secondary-demo"
      ALERT_TOPIC_ARN            = "arn:aws:sns:us-west-2:123456789012:sns-alerts-secondary-demo"
      KILL_SWITCH_PARAMETER      = "parameter-kill-switch-secondary-demo"
      ANTI_FLAP_SECONDS          = "3600"
      PRIMARY_URL                = "https://primary.ledger.example.net/healthz"
      PROBE_INTERVAL_SECONDS     = "5"
      PROBES_TO_CONDEMN          = "3"
      HEARTBEAT_STALE_SECONDS    = "15"
    }
    error_message = "What lambda/README.md lists for the monitor."
  }

  assert {
    condition = toset(flatten([for statement in local.monitor_statements : statement.actions])) == toset([
      "cloudwatch:GetMetricData", "cloudwatch:PutMetricData", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
      "events:PutEvents", "rds:DescribeDBClusters", "rds:DescribeDBInstances", "rds:DescribeGlobalClusters", "sns:Publish",
      "ssm:GetParameter",
    ])
    error_message = "The monitor looks and tells; it moves nothing."
  }
}

run "orchestrator" {
  variables {
    naming = run.label
  }

  assert {
    condition = toset(flatten([for statement in local.orchestrator_statements : statement.actions])) == toset([
      "cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData", "cloudwatch:PutMetricData", "dynamodb:GetItem", "dynamodb:PutItem",
      "dynamodb:UpdateItem", "events:PutEvents", "kms:Decrypt", "rds-data:ExecuteStatement", "rds:DescribeDBClusters",
      "rds:DescribeDBInstances", "rds:DescribeGlobalClusters", "rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster",
      "secretsmanager:GetSecretValue", "sns:Publish", "ssm:GetParameter",
    ])
    error_message = "What lambda/README.md lists for the orchestrator, nothing of Route 53's among it."
  }

  assert {
    condition = one([for statement in local.orchestrator_statements : toset(statement.resources) if statement.sid == "MoveTheWriter"]) == toset([
      "arn:aws:rds::123456789012:global-cluster:aurora-global-demo", var.primary_cluster.arn, var.standby_cluster.arn,
    ])
    error_message = "It moves this global database, no other."
  }

  assert {
    condition     = local.orchestrator_environment.STANDBY_SECRET_ARN == var.standby_cluster.secret_arn && local.orchestrator_environment.PRIMARY_SECRET_ARN == var.primary_cluster.secret_arn
    error_message = "Each region's own copy of the credentials."
  }

  assert {
    condition     = local.orchestrator_environment.SWITCH_ALARM_NAME == "alarm-standby-takes-over-secondary-demo" && local.orchestrator_environment.LAG_LIMIT_SECONDS == "60" && local.orchestrator_environment.DATABASE_NAME == "transactions"
    error_message = "Alarm, limit and database."
  }

  assert {
    condition     = toset(keys(local.orchestrator_environment)) == setunion(toset(keys(local.shared_environment)), ["PRIMARY_CLUSTER_ARN", "PRIMARY_SECRET_ARN", "STANDBY_CLUSTER_ARN", "STANDBY_SECRET_ARN", "DATABASE_NAME", "SWITCH_ALARM_NAME", "LAG_LIMIT_SECONDS"])
    error_message = "What lambda/README.md lists for the orchestrator."
  }
}

run "reserves_nothing_when_asked_not_to" {
  command = plan

  variables {
    naming               = run.label
    reserved_concurrency = 0
  }

  assert {
    condition     = local.orchestrator_concurrency == 0
    error_message = "Nothing is reserved for the orchestrator either."
  }
}

run "bind_what_has_no_resource" {
  variables {
    naming = run.label
  }

  assert {
    condition     = local.orchestrator_concurrency == 5
    error_message = "Beside the one that works there is room for those that look in."
  }

  assert {
    condition = toset([for statement in concat(local.monitor_statements, local.orchestrator_statements) : join(" ", statement.actions) if contains(statement.resources, "*")]) == toset([
      "cloudwatch:GetMetricData", "cloudwatch:PutMetricData",
    ])
    error_message = "On everything: reading metrics, and putting our own."
  }

  assert {
    condition     = one([for statement in local.shared_statements : statement.condition if statement.sid == "PutOwnMetrics"]) == { "cloudwatch:namespace" = "Lifeboat/DR" }
    error_message = "Only metrics of our namespace."
  }

  assert {
    condition     = one([for statement in local.shared_statements : statement.condition if statement.sid == "SendOwnEvents"]) == { "events:source" = "lifeboat.dr" }
    error_message = "Only events of our source."
  }
}

run "is_started_by_this_environments_events_only" {
  variables {
    naming = run.label
  }

  assert {
    condition     = jsondecode(local.calls).detail.environment == ["demo"] && jsondecode(local.calls).source == ["lifeboat.dr"]
    error_message = "Another environment's calls share the bus."
  }

  assert {
    condition     = toset(jsondecode(local.calls)["detail-type"]) == toset(["Region Unhealthy", "Failover Requested", "Failback Requested", "Failover Continue"])
    error_message = "Every call the orchestrator knows."
  }
}

run "waits_for_a_person_when_told_to" {
  command = plan

  variables {
    naming = run.label
    policy = {
      automatic              = false
      armed                  = true
      anti_flap_seconds      = 3600
      lag_limit_seconds      = 60
      probe_interval_seconds = 5
      probes_to_condemn      = 3
    }
  }

  assert {
    condition     = toset(jsondecode(local.calls)["detail-type"]) == toset(["Failover Requested", "Failback Requested", "Failover Continue"])
    error_message = "The verdict is told to people; what they ask for is done, and gone on with."
  }
}

run "opens_a_secret_that_others_made" {
  command = plan

  variables {
    naming = run.label
    standby_cluster = {
      identifier  = "aurora-cluster-secondary-demo"
      arn         = "arn:aws:rds:us-west-2:123456789012:cluster:aurora-cluster-secondary-demo"
      secret_arn  = "arn:aws:secretsmanager:us-west-2:123456789012:secret:given-AbCdEf"
      kms_key_arn = "arn:aws:kms:us-west-2:123456789012:key/33333333-2222-3333-4444-555555555555"
    }
  }

  assert {
    condition = { for statement in local.orchestrator_statements : statement.sid => statement.resources if contains(statement.actions, "kms:Decrypt") } == {
      ReadSecretOfPrimary = ["arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"]
      ReadSecretOfStandby = ["arn:aws:kms:us-west-2:123456789012:key/33333333-2222-3333-4444-555555555555"]
    }
    error_message = "Each copy lies under a key of its own."
  }
}

run "opens_a_secret_under_awss_own_key" {
  command = plan

  variables {
    naming = run.label
    primary_cluster = {
      identifier  = "aurora-cluster-primary-demo"
      arn         = "arn:aws:rds:us-east-1:123456789012:cluster:aurora-cluster-primary-demo"
      secret_arn  = "arn:aws:secretsmanager:us-east-1:123456789012:secret:given-AbCdEf"
      kms_key_arn = null
    }
  }

  assert {
    condition     = !anytrue([for statement in local.orchestrator_statements : contains(statement.actions, "kms:Decrypt")])
    error_message = "AWS's own key lets in whoever may read the secret: no right of its own is needed."
  }
}
