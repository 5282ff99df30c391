# Refused inputs. Each run gives every variable it names one bad value and expects each of them to be refused on its own account;
# together, because each run of the real provider takes seconds. The secret's name is always among them: with a good one the plan would go
# on and look for the secret.

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
  database_secret_name = "payments/refused"
}

run "refuses_what_is_not_of_its_kind" {
  command = plan

  variables {
    environment_suffix             = "Demo"
    owner_contact                  = "owner"
    operations_contact             = "operations"
    environment                    = "a;b"
    cost_center                    = "4711\n"
    database_secret_name           = "payments database"
    database_username              = "Payments"
    database_password_version      = 1.5
    rpo_bound_seconds              = 10
    min_capacity_acu               = 0
    primary_instance_count         = 0
    secondary_instance_count       = 0
    nat_mode                       = "none"
    interface_endpoints            = "all"
    domain_name                    = "Pay.example.net"
    hosted_zone_id                 = "example.net"
    api_authorization              = "CUSTOM"
    api_rate_limit                 = 1.5
    api_burst_limit                = 1.5
    api_latency_limit_milliseconds = 100.5
    api_logs_role                  = "none"
    probe_interval_seconds         = 5.5
    probes_to_condemn              = 2.5
    anti_flap_seconds              = -1
    lag_limit_seconds              = 0
    payments_concurrency           = 1
    reserved_concurrency           = 1
    log_retention_days             = "for ever"
    permissions_boundary_arn       = "boundary"
  }

  expect_failures = [
    var.environment_suffix,
    var.owner_contact,
    var.operations_contact,
    var.environment,
    var.cost_center,
    var.database_secret_name,
    var.database_username,
    var.database_password_version,
    var.rpo_bound_seconds,
    var.min_capacity_acu,
    var.primary_instance_count,
    var.secondary_instance_count,
    var.nat_mode,
    var.interface_endpoints,
    var.domain_name,
    var.hosted_zone_id,
    var.api_authorization,
    var.api_rate_limit,
    var.api_burst_limit,
    var.api_latency_limit_milliseconds,
    var.api_logs_role,
    var.probe_interval_seconds,
    var.probes_to_condemn,
    var.anti_flap_seconds,
    var.lag_limit_seconds,
    var.payments_concurrency,
    var.reserved_concurrency,
    var.log_retention_days,
    var.permissions_boundary_arn,
  ]
}

run "refuses_what_is_out_of_bounds" {
  command = plan

  variables {
    environment_suffix             = "a12345678901234567890"
    owner_contact                  = "${join("", [for index in range(250) : "x"])}@example.net"
    environment                    = ""
    cost_center                    = join("", [for index in range(257) : "x"])
    database_secret_name           = join("", [for index in range(513) : "x"])
    database_username              = join("", [for index in range(64) : "x"])
    database_password_version      = 1001
    rpo_bound_seconds              = 320
    min_capacity_acu               = 256.5
    primary_instance_count         = 4
    secondary_instance_count       = 4
    domain_name                    = "${join(".", [for index in range(6) : "abcdefgh"])}.example.net"
    hosted_zone_id                 = "Z01234567890123456789012345678901A"
    api_rate_limit                 = 0
    api_burst_limit                = 5001
    api_latency_limit_milliseconds = 15001
    probe_interval_seconds         = 4
    probes_to_condemn              = 1
    anti_flap_seconds              = 86401
    lag_limit_seconds              = 3601
    payments_concurrency           = 105
    reserved_concurrency           = 12
    log_retention_days             = "100"
    permissions_boundary_arn       = "arn:aws:iam::123456789012:policy/${join("", [for index in range(401) : "x"])}"
  }

  expect_failures = [
    var.environment_suffix,
    var.owner_contact,
    var.environment,
    var.cost_center,
    var.database_secret_name,
    var.database_username,
    var.database_password_version,
    var.rpo_bound_seconds,
    var.min_capacity_acu,
    var.primary_instance_count,
    var.secondary_instance_count,
    var.domain_name,
    var.hosted_zone_id,
    var.api_rate_limit,
    var.api_burst_limit,
    var.api_latency_limit_milliseconds,
    var.probe_interval_seconds,
    var.probes_to_condemn,
    var.anti_flap_seconds,
    var.lag_limit_seconds,
    var.payments_concurrency,
    var.reserved_concurrency,
    var.log_retention_days,
    var.permissions_boundary_arn,
  ]
}

run "refuses_what_would_break_out_or_contradicts_itself" {
  command = plan

  variables {
    environment_suffix       = "$${path.root}"
    owner_contact            = "a\"b@example.net"
    operations_contact       = "a\"b@example.net"
    environment              = "AWS:prod"
    cost_center              = "aws:4711"
    database_secret_name     = "a\"b"
    database_username        = "rdsadmin"
    domain_name              = "pay.example.net\n"
    hosted_zone_id           = "Z012\n"
    min_capacity_acu         = 8
    max_capacity_acu         = 4
    permissions_boundary_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
  }

  expect_failures = [
    var.environment_suffix,
    var.owner_contact,
    var.operations_contact,
    var.environment,
    var.cost_center,
    var.database_secret_name,
    var.database_username,
    var.domain_name,
    var.hosted_zone_id,
    var.max_capacity_acu,
    var.permissions_boundary_arn,
  ]
}

# Refused beside a valid other: Terraform does not ask while that one is refused.
run "refuses_capacity_out_of_bounds" {
  command = plan

  variables {
    database_secret_name = ""
    max_capacity_acu     = 257
  }

  expect_failures = [var.database_secret_name, var.max_capacity_acu]
}
