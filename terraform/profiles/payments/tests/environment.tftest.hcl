# The whole environment, planned by the real provider: it checks every argument as it would before an apply. The plan reads an existing
# secret, which no mock can stand in for, so these tests run against the emulator (`cargo xtask test terraform` starts one; by hand set
# AWS_ENDPOINT_URL). What each part makes of its inputs is for the modules' own tests.

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
  region                      = "us-east-2"
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

variables {
  environment_suffix   = "demo"
  environment          = "staging"
  cost_center          = "4711"
  owner_contact        = "owner@example.net"
  domain_name          = "pay.example.net"
  database_secret_name = "payments/environment-tests"
}

run "secret" {
  module {
    source = "./tests/seed"
  }

  providers = { aws = aws.primary }

  variables {
    name = "payments/environment-tests"
  }
}

run "stands_in_two_regions_with_the_least_said" {
  command = plan

  assert {
    condition     = output.primary_region == "us-east-1" && output.secondary_region == "us-east-2"
    error_message = "us-east-1 serves, us-east-2 stands by."
  }

  assert {
    condition     = length(distinct(module.primary.availability_zones)) == 3 && length(distinct(module.secondary.availability_zones)) == 3 && alltrue([for zone in module.primary.availability_zones : startswith(zone, "us-east-1")]) && alltrue([for zone in module.secondary.availability_zones : startswith(zone, "us-east-2")])
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

  # One global database over both.
  assert {
    condition     = output.primary_cluster_identifier == "aurora-cluster-primary-demo" && output.secondary_cluster_identifier == "aurora-cluster-secondary-demo" && length(output.primary_instance_identifiers) == 3 && length(output.secondary_instance_identifiers) == 2
    error_message = "A cluster in each region: a writer and two readers, and two that follow."
  }

  assert {
    condition     = output.database_name == "payments" && output.database_port == 5432
    error_message = "Database and port are put out."
  }

  # Credentials.
  assert {
    condition     = strcontains(output.database_secret_arn, ":us-east-1:") && output.database_replica_secret_arn == replace(output.database_secret_arn, "us-east-1", "us-east-2")
    error_message = "The secret that was there, and its replica."
  }

  # Objects.
  assert {
    condition     = output.primary_bucket_names == { transaction_logs = "s3-transaction-logs-primary-demo" } && output.secondary_bucket_names == { transaction_logs = "s3-transaction-logs-secondary-demo" }
    error_message = "Transaction logs in both regions, and nothing else."
  }

  assert {
    condition     = toset(keys(output.replication_rules)) == toset(["outward", "homeward"])
    error_message = "Replicated there and back."
  }

  # API.
  assert {
    condition     = output.application_fqdn == "api.pay.example.net" && output.payments_url == "https://api.pay.example.net/payments" && output.primary_endpoint == "primary.api.pay.example.net" && output.secondary_endpoint == "secondary.api.pay.example.net"
    error_message = "One name over two regions, and one for each."
  }

  assert {
    condition     = output.api_urls == { primary = "https://primary.api.pay.example.net", secondary = "https://secondary.api.pay.example.net" } && output.payments_functions == { primary = "lambda-payments-primary-demo", secondary = "lambda-payments-secondary-demo" }
    error_message = "An API with its function in each region."
  }

  assert {
    condition     = output.dns_detection_seconds <= 60 && output.dns_cutover_seconds <= 120 && output.dns_switch_seconds <= 150 && output.failover_detection_seconds <= 60
    error_message = "Detected within a minute, and moved within the next two, of the fifteen there are."
  }

  # Tags.
  assert {
    condition     = module.naming["global"].tags["Environment"] == "staging" && module.naming["global"].tags["CostCenter"] == "4711" && module.naming["global"].tags["DR-Role"] == "global"
    error_message = "What belongs to both regions is tagged so."
  }

  # Failover.
  assert {
    condition     = output.failover_functions == { health_monitor = "lambda-health-monitor-secondary-demo", failover_orchestrator = "lambda-failover-orchestrator-secondary-demo" } && output.heartbeat_functions == { primary = "lambda-heartbeat-primary-demo", secondary = "lambda-heartbeat-secondary-demo" }
    error_message = "What watches and what acts stand in the standby region, a heartbeat in each."
  }

  assert {
    condition     = output.state_table_name == "dynamodb-failover-state-secondary-demo" && output.kill_switch_parameter_name == "parameter-kill-switch-secondary-demo" && output.switch_alarm_name == "alarm-standby-takes-over-secondary-demo"
    error_message = "State, kill switch and the switch of the DNS stand in the standby region."
  }

  # Monitoring.
  assert {
    condition     = alltrue([for role in ["primary", "secondary"] : length(setsubtract(["replication-lag-alert", "replication-lag-rpo", "rpo-lag", "api-errors-book", "api-refusals-book", "api-latency-find", "api-silent", "errors-payments", "throttles-payments", "duration-payments", "silent-heartbeat", "dead-letters-payments", "replication-failed-transaction-logs", "replication-latency-transaction-logs"], [for name in output.alarm_names[role] : trimsuffix(trimprefix(name, "alarm-"), "-${role}-demo")])) == 0])
    error_message = "Both regions watch lag, API, functions and objects."
  }

  assert {
    condition     = length(setsubtract(["health-check-primary-endpoint", "health-check-secondary-endpoint", "health-check-application", "health-latency-primary-endpoint"], [for name in output.alarm_names["primary"] : trimsuffix(trimprefix(name, "alarm-"), "-primary-demo")])) == 0
    error_message = "us-east-1 watches what Route 53 publishes there: availability and latency."
  }

  assert {
    condition     = output.do_not_fail_over_alarm_name == "alarm-do-not-fail-over-now-secondary-demo" && output.dashboard_names == { primary = "dashboard-primary-demo", secondary = "dashboard-secondary-demo" }
    error_message = "One alarm says whether a failover would be safe; a dashboard in each region."
  }
}

run "takes_every_parameter_at_its_other_end" {
  command = plan

  variables {
    environment_suffix             = "a1234567890123456789"
    operations_contact             = "operations@example.net"
    database_password_version      = 1000
    rpo_bound_seconds              = 300
    min_capacity_acu               = 0.5
    max_capacity_acu               = 256
    primary_instance_count         = 1
    secondary_instance_count       = 3
    nat_mode                       = "per_zone"
    interface_endpoints            = "used"
    domain_name                    = "a-rather-long-label-of-a-domain.and-another-one.example.net"
    api_authorization              = "NONE"
    api_rate_limit                 = 10000
    api_burst_limit                = 5000
    api_latency_limit_milliseconds = 15000
    enable_waf                     = true
    api_logs_role                  = "account"
    automatic_promotion            = false
    failover_armed                 = false
    probe_interval_seconds         = 10
    probes_to_condemn              = 4
    anti_flap_seconds              = 86400
    lag_limit_seconds              = 3600
    payments_concurrency           = 0
    reserved_concurrency           = 0
    log_retention_days             = "30"
    permissions_boundary_arn       = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = toset(keys(output.interface_endpoint_ids["primary"])) == toset(["monitoring", "rds", "rds-data", "secretsmanager"]) && toset(keys(output.interface_endpoint_ids["secondary"])) == toset(["events", "monitoring", "rds", "rds-data", "secretsmanager", "sns", "ssm"])
    error_message = "An endpoint for each service the region's functions call."
  }

  assert {
    condition     = output.failover_detection_seconds == 59
    error_message = "The slowest probing still calls for a failover within a minute."
  }

  assert {
    condition     = length(output.primary_instance_identifiers) == 1 && length(output.secondary_instance_identifiers) == 3 && length(output.primary_nat_public_ips) == 3 && length(output.secondary_nat_public_ips) == 3
    error_message = "As many instances and NAT gateways as asked for."
  }

  assert {
    condition     = length(output.application_fqdn) <= 64
    error_message = "The longest domain still fits a certificate."
  }

  assert {
    condition     = alltrue([for name in concat(values(output.primary_bucket_names), values(output.secondary_bucket_names), values(output.payments_functions), [output.secondary_cluster_identifier], output.secondary_instance_identifiers) : length(name) <= 63])
    error_message = "The longest suffix fits."
  }
}
