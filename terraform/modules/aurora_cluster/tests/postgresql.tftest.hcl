# What is different with Aurora PostgreSQL. All else is as with MySQL, and tested there.

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
  account_id                = "123456789012"
  global_cluster_identifier = "aurora-global-demo"
  engine                    = "aurora-postgresql"
  engine_version            = "16.8"
  primary_region            = "us-east-1"
  database_name             = "payments"
  master_username           = "payments_admin"
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

run "is_postgresql_in_all_its_parts" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_rds_cluster.this.engine == "aurora-postgresql" && aws_rds_cluster.this.engine_version == "16.8" && aws_rds_cluster.this.port == 5432
    error_message = "The cluster is PostgreSQL, on its port."
  }

  assert {
    condition     = alltrue([for instance in aws_rds_cluster_instance.this : instance.engine == "aurora-postgresql"])
    error_message = "So are its instances."
  }

  assert {
    condition     = aws_rds_cluster_parameter_group.this.family == "aurora-postgresql16" && aws_db_parameter_group.this.family == "aurora-postgresql16"
    error_message = "The parameter groups are of the version's family."
  }
}

run "requires_tls" {
  variables {
    naming = run.label
  }

  assert {
    condition     = { for parameter in aws_rds_cluster_parameter_group.this.parameter : parameter.name => parameter.value }["rds.force_ssl"] == "1"
    error_message = "The server refuses connections without TLS."
  }

  assert {
    condition     = { for parameter in aws_rds_cluster_parameter_group.this.parameter : parameter.name => parameter.value }["ssl_min_protocol_version"] == "TLSv1.2"
    error_message = "TLS 1.2 is the oldest accepted."
  }
}

run "logs_who_connects_what_is_defined_and_what_is_slow" {
  variables {
    naming = run.label
  }

  assert {
    condition     = toset(aws_rds_cluster.this.enabled_cloudwatch_logs_exports) == toset(["postgresql"]) && aws_cloudwatch_log_group.export["postgresql"].name == "/aws/rds/cluster/aurora-cluster-primary-demo/postgresql"
    error_message = "PostgreSQL has one log, which is exported into a group of ours."
  }

  assert {
    condition     = alltrue([for name, value in { log_connections = "1", log_disconnections = "1", log_statement = "ddl" } : contains([for parameter in aws_rds_cluster_parameter_group.this.parameter : "${parameter.name}=${parameter.value}"], "${name}=${value}")])
    error_message = "Connections and definitions are in it."
  }

  assert {
    condition     = alltrue([for name, value in { log_min_duration_statement = "1000", log_lock_waits = "1" } : contains([for parameter in aws_db_parameter_group.this.parameter : "${parameter.name}=${parameter.value}"], "${name}=${value}")])
    error_message = "Slow statements and long waits are in it."
  }
}

run "lets_commits_through_unless_told_otherwise" {
  variables {
    naming = run.label
  }

  assert {
    condition     = !contains(aws_rds_cluster_parameter_group.this.parameter[*].name, "rds.global_db_rpo")
    error_message = "The bound holds up payments: who wants it says so."
  }
}

run "bounds_the_loss_at_once_when_told_to" {
  variables {
    naming            = run.label
    rpo_bound_seconds = 300
  }

  assert {
    condition     = [for parameter in aws_rds_cluster_parameter_group.this.parameter : "${parameter.value} ${parameter.apply_method}" if parameter.name == "rds.global_db_rpo"] == ["300 immediate"]
    error_message = "The bound needs no restart."
  }

  assert {
    condition     = alltrue([for parameter in aws_rds_cluster_parameter_group.this.parameter : parameter.apply_method == "pending-reboot" if parameter.name != "rds.global_db_rpo"])
    error_message = "Everything else takes effect at the first boot."
  }
}

run "takes_the_family_of_the_next_version" {
  command = plan

  variables {
    naming         = run.label
    engine_version = "17.4"
  }

  assert {
    condition     = aws_rds_cluster_parameter_group.this.family == "aurora-postgresql17"
    error_message = "The family follows the version."
  }
}

run "bounds_its_role" {
  command = plan

  variables {
    naming                   = run.label
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_iam_role.monitoring.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "The boundary is on the role."
  }
}
