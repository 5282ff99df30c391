# The whole environment, planned by the real provider without AWS: it checks every argument as it would before an apply. (A mocked
# provider refuses configurations with ephemeral values.) What each part makes of its inputs is for the modules' own tests.

provider "aws" {
  alias                       = "primary"
  region                      = "us-east-1"
  access_key                  = "unused"
  secret_key                  = "unused"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

provider "aws" {
  alias                       = "secondary"
  region                      = "us-west-2"
  access_key                  = "unused"
  secret_key                  = "unused"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

override_data {
  target = data.aws_caller_identity.current
  values = {
    account_id = "123456789012"
  }
}

override_data {
  target = module.primary.data.aws_availability_zones.this
  values = {
    names = ["us-east-1c", "us-east-1a", "us-east-1b", "us-east-1f"]
  }
}

override_data {
  target = module.secondary.data.aws_availability_zones.this
  values = {
    names = ["us-west-2d", "us-west-2b", "us-west-2a", "us-west-2c"]
  }
}

variables {
  environment_suffix = "demo"
  environment        = "staging"
  cost_center        = "4711"
  owner_contact      = "owner@example.net"
  domain_name        = "ledger.example.net"
}

run "stands_in_two_regions_with_the_least_said" {
  command = plan

  assert {
    condition     = output.primary_region == "us-east-1" && output.secondary_region == "us-west-2"
    error_message = "us-east-1 serves, us-west-2 stands by."
  }

  assert {
    condition     = join(" ", module.primary.availability_zones) == "us-east-1a us-east-1b us-east-1c" && join(" ", module.secondary.availability_zones) == "us-west-2a us-west-2b us-west-2c"
    error_message = "Three zones in each region."
  }

  assert {
    condition     = length(output.primary_private_subnet_ids) == 3 && length(output.secondary_private_subnet_ids) == 3 && length(output.primary_public_subnet_ids) == 3 && length(output.secondary_public_subnet_ids) == 3
    error_message = "A public and a private subnet in each zone of each region."
  }

  assert {
    condition     = length(output.primary_nat_public_ips) == 1 && length(output.secondary_nat_public_ips) == 1
    error_message = "One NAT gateway in each region unless asked otherwise."
  }
}

run "has_one_global_database_over_both_regions" {
  command = plan

  assert {
    condition     = output.primary_cluster_identifier == "aurora-cluster-primary-demo" && output.secondary_cluster_identifier == "aurora-cluster-secondary-demo"
    error_message = "A cluster in each region."
  }

  assert {
    condition     = length(output.primary_instance_identifiers) == 3 && length(output.secondary_instance_identifiers) == 2
    error_message = "A writer and two readers in the primary, two instances in the standby."
  }

  assert {
    condition     = output.database_name == "transactions" && output.database_port == 3306
    error_message = "Database and port are put out."
  }
}

run "tags_by_role" {
  command = plan

  assert {
    condition     = module.naming["global"].tags["Environment"] == "staging" && module.naming["global"].tags["CostCenter"] == "4711" && module.naming["global"].tags["DR-Role"] == "global"
    error_message = "What belongs to both regions is tagged so."
  }

  assert {
    condition     = alltrue([for role in ["primary", "secondary", "global"] : module.naming[role].tags["DR-Role"] == role])
    error_message = "Each role has its own tag."
  }
}

run "replicates_objects_both_ways" {
  command = plan

  assert {
    condition     = output.primary_bucket_names["transaction_logs"] == "s3-transaction-logs-primary-demo" && output.secondary_bucket_names["transaction_logs"] == "s3-transaction-logs-secondary-demo"
    error_message = "Transaction logs in both regions."
  }

  assert {
    condition     = output.primary_bucket_names["application_data"] == "s3-application-data-primary-demo" && output.secondary_bucket_names["application_data"] == "s3-application-data-secondary-demo"
    error_message = "Application data in both regions."
  }
}

run "moves_the_applications_name_within_a_minute" {
  command = plan

  assert {
    condition     = output.application_fqdn == "app.ledger.example.net" && output.primary_endpoint == "primary.ledger.example.net" && output.secondary_endpoint == "secondary.ledger.example.net"
    error_message = "One name over two endpoints."
  }

  assert {
    condition     = output.dns_detection_seconds <= 60 && output.dns_cutover_seconds <= 60
    error_message = "Detected and moved within a minute at worst."
  }
}

run "fails_over_by_itself" {
  command = plan

  assert {
    condition     = output.failover_detection_seconds <= 60 && output.dns_switch_seconds <= 90
    error_message = "The call for a failover goes out within a minute; the switch moves the name while the database is promoted."
  }

  assert {
    condition     = output.failover_functions == { health_monitor = "lambda-health-monitor-secondary-demo", failover_orchestrator = "lambda-failover-orchestrator-secondary-demo" }
    error_message = "What watches and what acts stand in the standby region."
  }

  assert {
    condition     = output.state_table_name == "dynamodb-failover-state-secondary-demo" && output.kill_switch_parameter_name == "parameter-kill-switch-secondary-demo" && output.switch_alarm_name == "alarm-standby-takes-over-secondary-demo"
    error_message = "State, kill switch and the switch of the DNS stand in the standby region."
  }

  assert {
    condition     = output.heartbeat_functions == { primary = "lambda-heartbeat-primary-demo", secondary = "lambda-heartbeat-secondary-demo" }
    error_message = "A heartbeat in each region."
  }

  assert {
    condition     = output.rotation_function == "lambda-secret-rotation-primary-demo" && module.secret_rotation.rotation_days == 30
    error_message = "The credentials are rotated every month."
  }
}

run "watches_each_region_from_itself" {
  command = plan

  assert {
    condition     = output.dashboard_names == { primary = "dashboard-primary-demo", secondary = "dashboard-secondary-demo" }
    error_message = "A dashboard in each region."
  }

  assert {
    condition     = alltrue([for role in ["primary", "secondary"] : length(setsubtract(["replication-lag-alert", "replication-lag-rpo", "rpo-lag", "errors-heartbeat", "throttles-heartbeat", "duration-heartbeat", "silent-heartbeat", "dead-letters-heartbeat", "replication-failed-transaction-logs", "replication-latency-application-data"], [for name in output.alarm_names[role] : trimsuffix(trimprefix(name, "alarm-"), "-${role}-demo")])) == 0])
    error_message = "Either region may be the one that follows, so both watch lag, objects and functions."
  }

  assert {
    condition     = length(setsubtract(["errors-health-monitor", "errors-failover-orchestrator", "dead-letters-failover-orchestrator", "dead-letters-notices", "primary-unhealthy", "standby-not-ready", "failover-disarmed", "failover-not-settled", "signal-unknown-writer"], [for name in output.alarm_names["secondary"] : trimsuffix(trimprefix(name, "alarm-"), "-secondary-demo")])) == 0
    error_message = "The standby watches what decides about a failover."
  }

  assert {
    condition     = length(setsubtract(["health-check-primary-endpoint", "health-check-secondary-endpoint", "health-check-application", "errors-secret-rotation", "dead-letters-secret-rotation"], [for name in output.alarm_names["primary"] : trimsuffix(trimprefix(name, "alarm-"), "-primary-demo")])) == 0
    error_message = "us-east-1 watches what Route 53 publishes there, and the rotation."
  }

  assert {
    condition     = output.do_not_fail_over_alarm_name == "alarm-do-not-fail-over-now-secondary-demo" && contains(output.alarm_names["secondary"], output.do_not_fail_over_alarm_name)
    error_message = "One alarm says whether a failover would be safe."
  }
}

run "takes_every_parameter_at_its_other_end" {
  command = plan

  variables {
    environment_suffix       = "a1234567890123456789"
    min_capacity_acu         = 0.5
    max_capacity_acu         = 256
    primary_instance_count   = 1
    secondary_instance_count = 3
    nat_mode                 = "per_zone"
    primary_endpoint         = "use1.ledger.example.net"
    secondary_endpoint       = "usw2.ledger.example.net"
    health_check_path        = "/"
    failover_armed           = false
    probe_interval_seconds   = 10
    probes_to_condemn        = 4
    anti_flap_seconds        = 86400
    lag_limit_seconds        = 3600
    reserved_concurrency     = 0
    rotation_days            = 90
    log_retention_days       = "30"
    operations_contact       = "operations@example.net"
    interface_endpoints      = "used"
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = toset(keys(output.interface_endpoint_ids["primary"])) == toset(["monitoring", "rds", "rds-data", "secretsmanager"]) && toset(keys(output.interface_endpoint_ids["secondary"])) == toset(["events", "monitoring", "rds", "rds-data", "sns", "ssm"])
    error_message = "An endpoint for each service the region's functions call."
  }

  assert {
    condition     = output.failover_detection_seconds == 59
    error_message = "The slowest probing still calls for a failover within a minute."
  }

  assert {
    condition     = length(output.primary_instance_identifiers) == 1 && length(output.secondary_instance_identifiers) == 3
    error_message = "As many instances as asked for."
  }

  assert {
    condition     = length(output.primary_nat_public_ips) == 3 && length(output.secondary_nat_public_ips) == 3
    error_message = "A NAT gateway in each zone."
  }

  assert {
    condition     = output.primary_endpoint == "use1.ledger.example.net" && output.secondary_endpoint == "usw2.ledger.example.net"
    error_message = "The application's own hosts."
  }

  assert {
    condition     = alltrue([for name in concat(values(output.primary_bucket_names), values(output.secondary_bucket_names), [output.secondary_cluster_identifier], output.secondary_instance_identifiers) : length(name) <= 63])
    error_message = "The longest suffix fits."
  }
}
