# Ways to AWS without NAT: the free one always, the others when asked for.

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
  region                     = "us-west-2"
  account_id                 = "123456789012"
  vpc_id                     = "vpc-1"
  subnet_ids                 = ["subnet-1", "subnet-2", "subnet-3"]
  route_table_ids            = ["rtb-1", "rtb-2", "rtb-3"]
  workload_security_group_id = "sg-workload"
  interface_endpoints        = "none"
  services                   = ["monitoring", "rds-data"]
}

run "reaches_dynamodb_from_every_private_subnet" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_vpc_endpoint.dynamodb.vpc_endpoint_type == "Gateway" && aws_vpc_endpoint.dynamodb.service_name == "com.amazonaws.us-west-2.dynamodb" && toset(aws_vpc_endpoint.dynamodb.route_table_ids) == toset(var.route_table_ids)
    error_message = "The state table is reached without NAT."
  }

  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && length(aws_security_group.endpoints) == 0 && length(aws_vpc_security_group_ingress_rule.endpoints_from_workload) == 0
    error_message = "Nothing that costs, unless asked for."
  }
}

run "makes_an_endpoint_in_each_zone_for_each_service" {
  variables {
    naming              = run.label
    interface_endpoints = "used"
  }

  assert {
    condition     = toset([for endpoint in aws_vpc_endpoint.interface : endpoint.service_name]) == toset(["com.amazonaws.us-west-2.monitoring", "com.amazonaws.us-west-2.rds-data"])
    error_message = "One for each service."
  }

  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : endpoint.vpc_endpoint_type == "Interface" && endpoint.private_dns_enabled && endpoint.subnet_ids == toset(var.subnet_ids) && endpoint.security_group_ids == toset(aws_security_group.endpoints[*].id)])
    error_message = "In every zone, under the service's own name."
  }

  assert {
    condition     = aws_vpc_security_group_ingress_rule.endpoints_from_workload[0].referenced_security_group_id == "sg-workload" && aws_vpc_security_group_ingress_rule.endpoints_from_workload[0].from_port == 443 && aws_vpc_security_group_ingress_rule.endpoints_from_workload[0].to_port == 443 && aws_vpc_security_group_ingress_rule.endpoints_from_workload[0].security_group_id == aws_security_group.endpoints[0].id && aws_security_group.endpoints[0].vpc_id == "vpc-1"
    error_message = "HTTPS from the workload, and from nobody else."
  }

  assert {
    condition     = toset(keys(output.interface_endpoint_ids)) == toset(var.services) && output.dynamodb_endpoint_id == aws_vpc_endpoint.dynamodb.id
    error_message = "Endpoints are put out."
  }
}

run "serves_this_accounts_credentials_alone" {
  variables {
    naming              = run.label
    interface_endpoints = "used"
  }

  assert {
    condition = alltrue([for policy in concat([aws_vpc_endpoint.dynamodb.policy], [for endpoint in aws_vpc_endpoint.interface : endpoint.policy]) :
      alltrue([for statement in jsondecode(policy).Statement : statement.Condition.StringEquals["aws:PrincipalAccount"] == "123456789012"])
    ])
    error_message = "No data leaves with credentials from elsewhere."
  }
}

run "names_and_tags_everything" {
  variables {
    naming              = run.label
    interface_endpoints = "used"
  }

  assert {
    condition = alltrue([for tags in concat(
      [aws_vpc_endpoint.dynamodb.tags, aws_security_group.endpoints[0].tags], [for endpoint in aws_vpc_endpoint.interface : endpoint.tags],
    ) : tags.Environment == "staging" && tags.CostCenter == "4711" && tags["DR-Role"] == "secondary" && endswith(tags.Name, "-secondary-demo")])
    error_message = "Tags, and a name by the catalogue."
  }

  assert {
    condition     = aws_security_group.endpoints[0].name == "secgrp-endpoints-secondary-demo" && aws_vpc_endpoint.interface["rds-data"].tags.Name == "vpce-rds-data-secondary-demo" && aws_vpc_security_group_ingress_rule.endpoints_from_workload[0].tags["DR-Role"] == "secondary"
    error_message = "Names by the catalogue."
  }
}

run "refuses_an_unknown_choice" {
  command = plan

  variables {
    naming              = run.label
    interface_endpoints = "all"
  }

  expect_failures = [var.interface_endpoints]
}

run "refuses_a_service_with_its_whole_name" {
  command = plan

  variables {
    naming   = run.label
    services = ["com.amazonaws.us-west-2.rds_data"]
  }

  expect_failures = [var.services]
}

run "refuses_to_pay_for_what_is_free" {
  command = plan

  variables {
    naming   = run.label
    services = ["s3"]
  }

  expect_failures = [var.services]
}

run "refuses_an_account_that_is_none" {
  command = plan

  variables {
    naming     = run.label
    account_id = "me"
  }

  expect_failures = [var.account_id]
}
