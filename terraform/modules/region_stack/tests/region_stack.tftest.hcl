# One region put together: which zones it takes, and that its parts hang together.

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
  region              = "us-east-1"
  account_id          = "123456789012"
  cidr                = "10.40.0.0/16"
  nat_mode            = "single"
  log_retention_days  = 365
  alert_emails        = ["owner@example.net"]
  interface_endpoints = "none"
  endpoint_services   = ["monitoring"]
}

run "takes_the_first_three_zones_by_name" {
  variables {
    naming = run.label
  }

  assert {
    condition     = join(" ", output.availability_zones) == "us-east-1a us-east-1b us-east-1c"
    error_message = "Sorted, so that the order of AWS's answer and a zone added later move nothing."
  }

  assert {
    condition     = contains(data.aws_availability_zones.this.exclude_zone_ids, "use1-az3")
    error_message = "The zone that lacks services is left out."
  }
}

run "hands_the_parts_on" {
  variables {
    naming = run.label
  }

  assert {
    condition     = length(output.private_subnet_ids) == 3 && length(output.public_subnet_ids) == 3 && length(setintersection(output.private_subnet_ids, output.public_subnet_ids)) == 0
    error_message = "Three private and three public subnets."
  }

  assert {
    condition     = output.kms_key_arn == "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555" && output.alerts_topic_arn == "arn:aws:sns:us-east-1:123456789012:sns-alerts"
    error_message = "Key and topic are put out."
  }

  assert {
    condition     = output.workload_security_group_id != output.database_security_group_id && length(output.nat_public_ips) == 1 && output.vpc_id != ""
    error_message = "Network identifiers are put out."
  }

  assert {
    condition     = length(output.interface_endpoint_ids) == 0
    error_message = "No interface endpoint unless asked for."
  }
}

run "makes_interface_endpoints_when_asked" {
  variables {
    naming              = run.label
    interface_endpoints = "used"
  }

  assert {
    condition     = keys(output.interface_endpoint_ids) == ["monitoring"]
    error_message = "One for each service named."
  }
}

run "says_which_zones_are_missing" {
  command = plan

  variables {
    naming = run.label
  }

  override_data {
    target = data.aws_availability_zones.this
    values = {
      names = ["us-east-1a", "us-east-1b"]
    }
  }

  expect_failures = [data.aws_availability_zones.this]
}
