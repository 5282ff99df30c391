# The network of one region, against a mocked provider: zones, ways out, who may talk to whom, names and tags.

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
  region             = "us-east-1"
  cidr               = "10.40.0.0/16"
  availability_zones = ["us-east-1a", "us-east-1b", "us-east-1c"]
  nat_mode           = "single"
  kms_key_arn        = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  account_id         = "123456789012"
  log_retention_days = 180
}

run "spreads_subnets_over_three_zones" {
  variables {
    naming = run.label
  }

  assert {
    condition     = toset(aws_subnet.private[*].availability_zone) == toset(var.availability_zones) && toset(aws_subnet.public[*].availability_zone) == toset(var.availability_zones)
    error_message = "Each zone has one public and one private subnet."
  }

  assert {
    condition     = length(distinct(concat(aws_subnet.public[*].cidr_block, aws_subnet.private[*].cidr_block))) == 6
    error_message = "Six ranges that do not overlap."
  }

  assert {
    condition     = alltrue([for subnet in aws_subnet.public : !subnet.map_public_ip_on_launch])
    error_message = "Nothing gets a public address by standing in a public subnet."
  }

  assert {
    condition     = aws_vpc.this.cidr_block == "10.40.0.0/16" && aws_vpc.this.enable_dns_hostnames && aws_vpc.this.enable_dns_support
    error_message = "The VPC has its range, and names inside."
  }
}

run "a_single_nat_serves_every_zone" {
  variables {
    naming = run.label
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 1 && length(aws_eip.nat) == 1
    error_message = "single makes one NAT gateway."
  }

  assert {
    condition     = length(aws_route.private_nat) == 3 && alltrue([for route in aws_route.private_nat : route.nat_gateway_id == aws_nat_gateway.this[0].id && route.destination_cidr_block == "0.0.0.0/0"])
    error_message = "Every private route table leads to the one gateway."
  }

  assert {
    condition     = aws_nat_gateway.this[0].subnet_id == aws_subnet.public[0].id && aws_nat_gateway.this[0].allocation_id == aws_eip.nat[0].id
    error_message = "The gateway stands in a public subnet, with the address."
  }
}

run "a_nat_per_zone_keeps_zones_apart" {
  variables {
    naming   = run.label
    nat_mode = "per_zone"
  }

  assert {
    condition     = length(aws_nat_gateway.this) == 3
    error_message = "per_zone makes three NAT gateways."
  }

  assert {
    condition     = alltrue([for index, route in aws_route.private_nat : route.nat_gateway_id == aws_nat_gateway.this[index].id])
    error_message = "Each zone leaves by its own gateway."
  }
}

run "leads_public_subnets_to_the_internet_and_private_ones_not" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_route.public_internet.gateway_id == aws_internet_gateway.this.id && aws_route.public_internet.route_table_id == aws_route_table.public.id
    error_message = "The public table leads to the internet gateway."
  }

  assert {
    condition     = alltrue([for association in aws_route_table_association.public : association.route_table_id == aws_route_table.public.id])
    error_message = "Public subnets use the public table."
  }

  assert {
    condition     = alltrue([for index, association in aws_route_table_association.private : association.route_table_id == aws_route_table.private[index].id && association.subnet_id == aws_subnet.private[index].id])
    error_message = "Each private subnet uses the table of its zone."
  }

  assert {
    condition     = aws_vpc_endpoint.s3.vpc_endpoint_type == "Gateway" && aws_vpc_endpoint.s3.service_name == "com.amazonaws.us-east-1.s3" && toset(aws_vpc_endpoint.s3.route_table_ids) == toset(aws_route_table.private[*].id)
    error_message = "S3 is reached from every private subnet without NAT."
  }

  assert {
    condition     = output.private_route_table_ids == aws_route_table.private[*].id
    error_message = "Other endpoints need the private tables, too."
  }
}

run "lets_only_the_workload_reach_the_database" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.database_from_workload.referenced_security_group_id == aws_security_group.workload.id && aws_vpc_security_group_ingress_rule.database_from_workload.security_group_id == aws_security_group.database.id
    error_message = "The database lets the workload's group in, no address range."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.database_from_workload.from_port == 3306 && aws_vpc_security_group_ingress_rule.database_from_workload.to_port == 3306 && aws_vpc_security_group_ingress_rule.database_from_workload.ip_protocol == "tcp"
    error_message = "Only the database's port."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.workload_to_database.referenced_security_group_id == aws_security_group.database.id && aws_vpc_security_group_egress_rule.workload_to_database.from_port == 3306 && aws_vpc_security_group_egress_rule.workload_to_database.to_port == 3306
    error_message = "The workload reaches the database on its port."
  }

  assert {
    condition     = aws_vpc_security_group_egress_rule.workload_https.from_port == 443 && aws_vpc_security_group_egress_rule.workload_https.to_port == 443 && aws_vpc_security_group_egress_rule.workload_https.cidr_ipv4 == "0.0.0.0/0"
    error_message = "Outside the VPC the workload speaks HTTPS only."
  }

  assert {
    condition     = length(aws_default_security_group.this.ingress) == 0 && length(aws_default_security_group.this.egress) == 0
    error_message = "The VPC's default group lets nothing through."
  }
}

run "lets_only_the_workload_reach_a_postgresql" {
  command = plan

  variables {
    naming        = run.label
    database_port = 5432
  }

  assert {
    condition     = alltrue([for rule in [aws_vpc_security_group_ingress_rule.database_from_workload, aws_vpc_security_group_egress_rule.workload_to_database] : rule.from_port == 5432 && rule.to_port == 5432 && startswith(rule.description, "PostgreSQL")])
    error_message = "The port is the engine's."
  }
}

run "logs_all_traffic_encrypted" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL" && aws_flow_log.this.vpc_id == aws_vpc.this.id && aws_flow_log.this.log_destination == aws_cloudwatch_log_group.flow.arn
    error_message = "Accepted and rejected traffic of the VPC goes to the log group."
  }

  assert {
    condition     = aws_cloudwatch_log_group.flow.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.flow.retention_in_days == 180
    error_message = "The log is encrypted with the region's key and not kept for ever."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_iam_role_policy.flow.policy).Statement : !contains(statement.Resource, "*") && alltrue([for resource in statement.Resource : startswith(resource, aws_cloudwatch_log_group.flow.arn)])])
    error_message = "The role writes to this log group alone."
  }

  assert {
    condition     = jsondecode(aws_iam_role.flow.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "Only this account's flow logs may take the role."
  }
}

run "bounds_the_role_of_the_flow_log" {
  command = plan

  variables {
    naming                   = run.label
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_iam_role.flow.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "The boundary is on the role."
  }
}

run "names_and_tags_everything" {
  variables {
    naming   = run.label
    nat_mode = "per_zone"
  }

  assert {
    condition = alltrue([for tags in concat(
      [aws_vpc.this.tags, aws_internet_gateway.this.tags, aws_route_table.public.tags, aws_vpc_endpoint.s3.tags, aws_default_security_group.this.tags],
      [aws_security_group.workload.tags, aws_security_group.database.tags, aws_cloudwatch_log_group.flow.tags, aws_iam_role.flow.tags, aws_flow_log.this.tags],
      aws_subnet.public[*].tags, aws_subnet.private[*].tags, aws_eip.nat[*].tags, aws_nat_gateway.this[*].tags, aws_route_table.private[*].tags,
      ) : tags.Environment == "staging" && tags.CostCenter == "4711" && tags["DR-Role"] == "primary" && tags.Owner == "owner@example.net" && endswith(tags.Name, "-demo")
    ])
    error_message = "Everything carries the tags and a name that ends with the suffix."
  }

  assert {
    condition = alltrue([for tags in [
      aws_vpc_security_group_ingress_rule.database_from_workload.tags, aws_vpc_security_group_egress_rule.workload_to_database.tags, aws_vpc_security_group_egress_rule.workload_https.tags,
    ] : tags.Environment == "staging" && tags.CostCenter == "4711" && tags["DR-Role"] == "primary"])
    error_message = "Rules carry the tags, too."
  }

  assert {
    condition     = aws_security_group.database.name == "secgrp-database-primary-demo" && aws_security_group.workload.name == "secgrp-workload-primary-demo"
    error_message = "Security groups are named by the catalogue."
  }

  assert {
    condition     = length(distinct([for subnet in concat(aws_subnet.public, aws_subnet.private) : subnet.tags.Name])) == 6
    error_message = "No two subnets share a name."
  }
}

run "refuses_two_zones" {
  command = plan

  variables {
    naming             = run.label
    availability_zones = ["us-east-1a", "us-east-1b"]
  }

  expect_failures = [var.availability_zones]
}

run "refuses_the_same_zone_twice" {
  command = plan

  variables {
    naming             = run.label
    availability_zones = ["us-east-1a", "us-east-1b", "us-east-1b"]
  }

  expect_failures = [var.availability_zones]
}

run "refuses_a_range_that_is_no_range" {
  command = plan

  variables {
    naming = run.label
    cidr   = "10.40.0.0"
  }

  expect_failures = [var.cidr]
}

run "refuses_a_range_too_small_for_the_subnets" {
  command = plan

  variables {
    naming = run.label
    cidr   = "10.40.0.0/24"
  }

  expect_failures = [var.cidr]
}

run "refuses_an_unknown_nat_mode" {
  command = plan

  variables {
    naming   = run.label
    nat_mode = "none"
  }

  expect_failures = [var.nat_mode]
}

run "refuses_the_port_of_another_database" {
  command = plan

  variables {
    naming        = run.label
    database_port = 1521
  }

  expect_failures = [var.database_port]
}
