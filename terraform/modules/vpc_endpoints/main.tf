# Ways to AWS that do not lead over the NAT gateways. S3's gateway endpoint stands in network, as the network is never without it.
#
# Gateway endpoints (S3, DynamoDB) cost nothing: always there. Interface endpoints cost 7.30 a month for each service and zone and
# 0.01 a gigabyte, where NAT asks 0.045. NAT has to stay, because the probes go out to the other region and to the application's own
# name; so an endpoint pays by its gigabytes alone: 7.30 / (0.045 - 0.01) = 209 GB a month, for each service, in each zone. The
# functions move less than one. Hence "none" by default. "used" buys something else: in its own region the failover then needs no NAT
# gateway, nor the internet, to reach AWS.

locals {
  interface_services = var.interface_endpoints == "used" ? toset(var.services) : toset([])

  # Whoever stands in these subnets can use the endpoints with credentials of this account only: no way to carry data elsewhere.
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "OwnAccountOnly"
      Effect    = "Allow"
      Principal = "*"
      Action    = "*"
      Resource  = "*"
      Condition = { StringEquals = { "aws:PrincipalAccount" = var.account_id } }
    }]
  })
}

resource "aws_vpc_endpoint" "dynamodb" {
  vpc_id            = var.vpc_id
  service_name      = "com.amazonaws.${var.region}.dynamodb"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = var.route_table_ids
  policy            = local.policy

  tags = merge(var.naming.tags, { Name = var.naming.names.dynamodb_endpoint })
}

################################################################################
# Interface endpoints
################################################################################

resource "aws_vpc_endpoint" "interface" {
  for_each = local.interface_services

  vpc_id              = var.vpc_id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = var.subnet_ids
  security_group_ids  = aws_security_group.endpoints[*].id
  private_dns_enabled = true
  policy              = local.policy

  tags = merge(var.naming.tags, { Name = format(var.naming.names.interface_endpoint, each.key) })
}

resource "aws_security_group" "endpoints" {
  count = length(local.interface_services) > 0 ? 1 : 0

  name        = var.naming.names.endpoints_security_group
  description = "Interface endpoints of the ${var.naming.dr_role} region"
  vpc_id      = var.vpc_id

  tags = merge(var.naming.tags, { Name = var.naming.names.endpoints_security_group })
}

resource "aws_vpc_security_group_ingress_rule" "endpoints_from_workload" {
  count = length(local.interface_services) > 0 ? 1 : 0

  security_group_id            = aws_security_group.endpoints[0].id
  description                  = "HTTPS from the workload"
  referenced_security_group_id = var.workload_security_group_id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443

  tags = var.naming.tags
}
