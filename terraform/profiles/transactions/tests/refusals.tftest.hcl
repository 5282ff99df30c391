# Refused inputs. Each run gives every variable it names one bad value and expects each of them to be refused on its own account;
# together, because each run of the real provider takes seconds.

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

run "refuses_what_is_not_of_its_kind" {
  command = plan

  variables {
    environment_suffix       = "Demo"
    owner_contact            = "owner"
    environment              = "a;b"
    cost_center              = "4711\n"
    min_capacity_acu         = 0
    primary_instance_count   = 0
    secondary_instance_count = 0
    nat_mode                 = "none"
    domain_name              = "Ledger.example.net"
    hosted_zone_id           = "example.net"
    health_check_path        = "healthz"
    probe_interval_seconds   = 5.5
    probes_to_condemn        = 2.5
    anti_flap_seconds        = -1
    lag_limit_seconds        = 0
    reserved_concurrency     = 1
    rotation_days            = 1.5
    log_retention_days       = "for ever"
    operations_contact       = "operations"
    interface_endpoints      = "all"
    permissions_boundary_arn = "boundary"
  }

  expect_failures = [
    var.environment_suffix,
    var.owner_contact,
    var.environment,
    var.cost_center,
    var.min_capacity_acu,
    var.primary_instance_count,
    var.secondary_instance_count,
    var.nat_mode,
    var.domain_name,
    var.hosted_zone_id,
    var.health_check_path,
    var.probe_interval_seconds,
    var.probes_to_condemn,
    var.anti_flap_seconds,
    var.lag_limit_seconds,
    var.reserved_concurrency,
    var.rotation_days,
    var.log_retention_days,
    var.operations_contact,
    var.interface_endpoints,
    var.permissions_boundary_arn,
  ]
}

# Values whose refusal also looks at another, valid, variable: Terraform does not ask them while that one is refused.
run "refuses_what_is_not_of_its_kind_beside_a_valid_other" {
  command = plan

  variables {
    max_capacity_acu   = 0.5
    secondary_endpoint = "usw2.example.net:443"
  }

  expect_failures = [
    var.max_capacity_acu,
    var.secondary_endpoint,
  ]
}

run "refuses_what_is_out_of_bounds_beside_a_valid_other" {
  command = plan

  variables {
    max_capacity_acu = 257
    primary_endpoint = "https://use1.example.net"
  }

  expect_failures = [
    var.max_capacity_acu,
    var.primary_endpoint,
  ]
}

run "refuses_what_is_out_of_bounds" {
  command = plan

  variables {
    environment_suffix       = "a12345678901234567890"
    owner_contact            = "${join("", [for index in range(250) : "x"])}@example.net"
    environment              = ""
    cost_center              = join("", [for index in range(257) : "x"])
    min_capacity_acu         = 256.5
    primary_instance_count   = 4
    secondary_instance_count = 4
    domain_name              = "${join(".", [for index in range(30) : "abcdefgh"])}.example.net"
    hosted_zone_id           = "Z01234567890123456789012345678901A"
    health_check_path        = "/${join("", [for index in range(201) : "x"])}"
    probe_interval_seconds   = 4
    probes_to_condemn        = 1
    anti_flap_seconds        = 86401
    lag_limit_seconds        = 3601
    reserved_concurrency     = 12
    rotation_days            = 0
    log_retention_days       = "100"
    operations_contact       = "${join("", [for index in range(250) : "x"])}@example.net"
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/${join("", [for index in range(401) : "x"])}"
  }

  expect_failures = [
    var.environment_suffix,
    var.owner_contact,
    var.environment,
    var.cost_center,
    var.min_capacity_acu,
    var.primary_instance_count,
    var.secondary_instance_count,
    var.domain_name,
    var.hosted_zone_id,
    var.health_check_path,
    var.probe_interval_seconds,
    var.probes_to_condemn,
    var.anti_flap_seconds,
    var.lag_limit_seconds,
    var.reserved_concurrency,
    var.rotation_days,
    var.log_retention_days,
    var.operations_contact,
    var.permissions_boundary_arn,
  ]
}

run "refuses_what_would_break_out" {
  command = plan

  variables {
    environment_suffix       = "$${path.root}"
    owner_contact            = "a\"b@example.net"
    operations_contact       = "a\"b@example.net"
    environment              = "$${path.root}"
    cost_center              = "a\"b"
    domain_name              = "ledger.example.net\n"
    hosted_zone_id           = "Z012\n"
    health_check_path        = "/health z"
    permissions_boundary_arn = "arn:aws:iam::aws:policy/AdministratorAccess"
  }

  expect_failures = [
    var.environment_suffix,
    var.owner_contact,
    var.operations_contact,
    var.environment,
    var.cost_center,
    var.domain_name,
    var.hosted_zone_id,
    var.health_check_path,
    var.permissions_boundary_arn,
  ]
}

run "refuses_what_contradicts_itself" {
  command = plan

  variables {
    environment_suffix     = "de--mo"
    environment            = "AWS:prod"
    cost_center            = "aws:4711"
    primary_endpoint       = "app.ledger.example.net"
    min_capacity_acu       = 8
    max_capacity_acu       = 4
    probe_interval_seconds = 11
    probes_to_condemn      = 5
    reserved_concurrency   = -2
    rotation_days          = 91
    lag_limit_seconds      = 1.5
    anti_flap_seconds      = 0.5
  }

  expect_failures = [
    var.environment_suffix,
    var.environment,
    var.cost_center,
    var.primary_endpoint,
    var.max_capacity_acu,
    var.probe_interval_seconds,
    var.probes_to_condemn,
    var.reserved_concurrency,
    var.rotation_days,
    var.lag_limit_seconds,
    var.anti_flap_seconds,
  ]
}

run "refuses_a_standby_that_points_at_itself" {
  command = plan

  variables {
    secondary_endpoint = "app.ledger.example.net"
  }

  expect_failures = [var.secondary_endpoint]
}

run "refuses_one_host_for_both_regions" {
  command = plan

  variables {
    primary_endpoint   = "use1.ledger.example.net"
    secondary_endpoint = "use1.ledger.example.net"
  }

  expect_failures = [var.secondary_endpoint]
}
