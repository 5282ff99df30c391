# The cluster as primary and as secondary: zones, encryption, TLS, backups, and what each side must not be given.

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
  account_id                = "123456789012"
  global_cluster_identifier = "aurora-global-demo"
  engine_version            = "8.0.mysql_aurora.3.10.0"
  primary_region            = "us-east-1"
  database_name             = "transactions"
  master_username           = "lifeboat_admin"
  master_password           = "mocked-password"
  subnet_ids                = ["subnet-a", "subnet-b", "subnet-c"]
  availability_zones        = ["us-east-1a", "us-east-1b", "us-east-1c"]
  instance_count            = 3
  min_capacity_acu          = 2
  max_capacity_acu          = 16
  kms_key_arn               = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  security_group_id         = "sg-12345678"
  backup_window             = "07:00-08:00"
  maintenance_window        = "sun:09:00-sun:10:00"
}

run "spreads_a_writer_and_readers_over_three_zones" {
  variables {
    naming = run.label
  }

  assert {
    condition     = toset(aws_rds_cluster_instance.this[*].availability_zone) == toset(["us-east-1a", "us-east-1b", "us-east-1c"])
    error_message = "One instance in each zone."
  }

  assert {
    condition     = join(" ", aws_rds_cluster_instance.this[*].promotion_tier) == "0 1 2"
    error_message = "The first reader scales with the writer and takes over first."
  }

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : instance.instance_class == "db.serverless" && instance.cluster_identifier == aws_rds_cluster.this.id])
    error_message = "Instances are Serverless v2 and belong to the cluster."
  }

  assert {
    condition     = aws_rds_cluster.this.serverlessv2_scaling_configuration[0].min_capacity == 2 && aws_rds_cluster.this.serverlessv2_scaling_configuration[0].max_capacity == 16
    error_message = "Capacity stays within the given bounds."
  }
}

run "encrypts_what_it_stores" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_rds_cluster.this.storage_encrypted && aws_rds_cluster.this.kms_key_id == var.kms_key_arn
    error_message = "Storage is encrypted with the region's key."
  }

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : instance.performance_insights_enabled && instance.performance_insights_kms_key_id == var.kms_key_arn])
    error_message = "Performance Insights is on, with the region's key."
  }

  assert {
    condition     = alltrue([for group in aws_cloudwatch_log_group.export : group.kms_key_id == var.kms_key_arn && group.retention_in_days == 90])
    error_message = "Exported logs are encrypted with the region's key and not kept for ever."
  }
}

run "requires_tls" {
  variables {
    naming = run.label
  }

  assert {
    condition     = anytrue([for parameter in aws_rds_cluster_parameter_group.this.parameter : parameter.name == "require_secure_transport" && parameter.value == "ON"])
    error_message = "The server refuses connections without TLS."
  }

  assert {
    condition     = anytrue([for parameter in aws_rds_cluster_parameter_group.this.parameter : parameter.name == "tls_version" && parameter.value == "TLSv1.2,TLSv1.3"])
    error_message = "TLS 1.2 is the oldest accepted."
  }

  assert {
    condition     = aws_rds_cluster.this.db_cluster_parameter_group_name == "aurora-cluster-parameters-primary-demo" && alltrue([for instance in aws_rds_cluster_instance.this : instance.db_parameter_group_name == "aurora-instance-parameters-primary-demo"])
    error_message = "Cluster and instances use these groups."
  }
}

run "logs_audit_errors_and_slow_queries" {
  variables {
    naming = run.label
  }

  assert {
    condition     = toset(aws_rds_cluster.this.enabled_cloudwatch_logs_exports) == toset(["audit", "error", "slowquery"])
    error_message = "Three logs are exported."
  }

  assert {
    condition     = toset(keys(aws_cloudwatch_log_group.export)) == toset(["audit", "error", "slowquery"]) && aws_cloudwatch_log_group.export["audit"].name == "/aws/rds/cluster/aurora-cluster-primary-demo/audit"
    error_message = "Each has the log group RDS writes to."
  }

  assert {
    condition     = anytrue([for parameter in aws_rds_cluster_parameter_group.this.parameter : parameter.name == "server_audit_logging" && parameter.value == "1"])
    error_message = "An exported audit log is empty unless the server audits."
  }

  assert {
    condition     = anytrue([for parameter in aws_db_parameter_group.this.parameter : parameter.name == "slow_query_log" && parameter.value == "1"])
    error_message = "An exported slow log is empty unless the server writes one."
  }

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : instance.monitoring_interval == 60 && instance.monitoring_role_arn == aws_iam_role.monitoring.arn])
    error_message = "Operating-system metrics every minute."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.monitoring.policy).Statement : strcontains(statement.Resource, ":log-group:RDSOSMetrics")]) && jsondecode(aws_iam_role.monitoring.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "The monitoring role writes to its one log group, for this account."
  }
}

run "stays_private" {
  variables {
    naming = run.label
  }

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : instance.publicly_accessible == false])
    error_message = "No instance has a public address."
  }

  assert {
    condition     = toset(aws_db_subnet_group.this.subnet_ids) == toset(["subnet-a", "subnet-b", "subnet-c"]) && aws_rds_cluster.this.db_subnet_group_name == aws_db_subnet_group.this.name
    error_message = "The cluster stands in the private subnets."
  }

  assert {
    condition     = toset(aws_rds_cluster.this.vpc_security_group_ids) == toset(["sg-12345678"])
    error_message = "The cluster has the database's security group and no other."
  }
}

run "keeps_a_week_of_backups_and_can_be_destroyed" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_rds_cluster.this.backup_retention_period == 7
    error_message = "Backups are kept for seven days."
  }

  assert {
    condition     = aws_rds_cluster.this.deletion_protection == false && aws_rds_cluster.this.skip_final_snapshot == true
    error_message = "Nothing stands in the way of a destroy."
  }
}

run "gives_the_primary_database_and_administrator" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_rds_cluster.this.database_name == "transactions" && aws_rds_cluster.this.master_username == "lifeboat_admin" && aws_rds_cluster.this.master_password_wo_version == 1
    error_message = "The primary makes the database and the administrator."
  }

  assert {
    condition     = aws_rds_cluster.this.master_password == null && aws_rds_cluster.this.master_password_wo == null
    error_message = "The password is nowhere to be read."
  }

  assert {
    condition     = aws_rds_cluster.this.source_region == null
    error_message = "The primary copies from nowhere."
  }
}

run "gives_the_secondary_nothing_that_comes_from_the_primary" {
  variables {
    naming         = run.label_secondary
    instance_count = 2
  }

  assert {
    condition     = aws_rds_cluster.this.source_region == "us-east-1" && aws_rds_cluster.this.master_password_wo_version == null
    error_message = "The secondary copies from the primary's region and has no password of its own."
  }

  assert {
    condition     = aws_rds_cluster.this.global_cluster_identifier == "aurora-global-demo" && length(aws_rds_cluster_instance.this) == 2
    error_message = "The secondary is a member with the instances asked for."
  }

  assert {
    condition     = aws_rds_cluster.this.cluster_identifier == "aurora-cluster-secondary-demo" && aws_rds_cluster.this.tags["DR-Role"] == "secondary"
    error_message = "Names and tags tell the regions apart."
  }

  assert {
    condition     = aws_rds_cluster.this.storage_encrypted && aws_rds_cluster.this.backup_retention_period == 7
    error_message = "The standby is encrypted and backed up like the primary."
  }
}

run "answers_the_data_api" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_rds_cluster.this.enable_http_endpoint
    error_message = "Heartbeats are written, and a promoted standby is tried out, through the Data API."
  }
}

run "names_and_tags_everything" {
  variables {
    naming = run.label
  }

  assert {
    condition = alltrue([for tags in concat(
      [aws_rds_cluster.this.tags, aws_db_subnet_group.this.tags, aws_rds_cluster_parameter_group.this.tags, aws_db_parameter_group.this.tags, aws_iam_role.monitoring.tags],
      aws_rds_cluster_instance.this[*].tags, values(aws_cloudwatch_log_group.export)[*].tags,
      ) : tags.Environment == "staging" && tags.CostCenter == "4711" && tags["DR-Role"] == "primary"
    ])
    error_message = "Everything carries the tags."
  }

  assert {
    condition     = join(" ", aws_rds_cluster_instance.this[*].identifier) == "aurora-instance-primary-1-demo aurora-instance-primary-2-demo aurora-instance-primary-3-demo"
    error_message = "Instances are numbered."
  }
}

# Runs on the cluster that the run above made: what a failover or an upgrade of the global database moves must not be moved back.
run "leaves_alone_what_a_failover_changes" {
  variables {
    naming                    = run.label
    global_cluster_identifier = "aurora-global-other"
    engine_version            = "8.0.mysql_aurora.3.11.0"
  }

  assert {
    condition     = aws_rds_cluster.this.global_cluster_identifier == "aurora-global-demo"
    error_message = "A member that was detached and attached again would be replaced."
  }

  assert {
    condition     = aws_rds_cluster.this.engine_version == "8.0.mysql_aurora.3.10.0"
    error_message = "Members are upgraded through the global database only."
  }
}
