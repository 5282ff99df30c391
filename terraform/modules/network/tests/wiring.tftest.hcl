# That everything stands in this VPC, and that its own defaults lead nowhere.

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

run "stands_in_one_vpc" {
  variables {
    naming             = run.label
    region             = "us-west-2"
    cidr               = "10.41.0.0/16"
    availability_zones = ["us-west-2a", "us-west-2b", "us-west-2c"]
    nat_mode           = "single"
    kms_key_arn        = "arn:aws:kms:us-west-2:123456789012:key/11111111-2222-3333-4444-555555555555"
    account_id         = "123456789012"
    log_retention_days = 365
  }

  assert {
    condition     = alltrue([for part in concat([aws_internet_gateway.this, aws_route_table.public], aws_route_table.private) : part.vpc_id == aws_vpc.this.id])
    error_message = "The ways in and out are this VPC's."
  }

  assert {
    condition     = alltrue([for group in [aws_security_group.workload, aws_security_group.database] : group.vpc_id == aws_vpc.this.id && group.description != "Managed by Terraform"])
    error_message = "The groups are this VPC's and say what they are for."
  }

  assert {
    condition     = aws_default_security_group.this.vpc_id == aws_vpc.this.id && length(aws_default_security_group.this.ingress) == 0 && length(aws_default_security_group.this.egress) == 0
    error_message = "The group AWS made for this VPC is taken over and lets nothing through."
  }
}
