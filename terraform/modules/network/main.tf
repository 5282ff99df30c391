# One region's network: a VPC over three zones, public and private subnets, NAT, routes and the S3 gateway endpoint; in files
# of their own the flow log and the security groups between workload and database. Nothing private is reachable from outside.

locals {
  zone_count = length(var.availability_zones)
  nat_count  = var.nat_mode == "per_zone" ? local.zone_count : 1

  # /16 cut into sixteen /20: 0-2 public, 4-6 private; the gaps are left for a fourth zone and a further tier.
  public_cidrs  = [for index in range(local.zone_count) : cidrsubnet(var.cidr, 4, index)]
  private_cidrs = [for index in range(local.zone_count) : cidrsubnet(var.cidr, 4, index + 4)]
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = merge(var.naming.tags, { Name = var.naming.names.vpc })
}

# AWS makes this group and lets everything through it; adopted here without a rule, so that nothing can lean on it.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id

  tags = merge(var.naming.tags, { Name = var.naming.names.default_security_group })
}

################################################################################
# Subnets
################################################################################

resource "aws_subnet" "public" {
  count = local.zone_count

  vpc_id                  = aws_vpc.this.id
  availability_zone       = var.availability_zones[count.index]
  cidr_block              = local.public_cidrs[count.index]
  map_public_ip_on_launch = false

  tags = merge(var.naming.tags, { Name = var.naming.zone_names.public_subnet[count.index] })
}

resource "aws_subnet" "private" {
  count = local.zone_count

  vpc_id                  = aws_vpc.this.id
  availability_zone       = var.availability_zones[count.index]
  cidr_block              = local.private_cidrs[count.index]
  map_public_ip_on_launch = false

  tags = merge(var.naming.tags, { Name = var.naming.zone_names.private_subnet[count.index] })
}

################################################################################
# Ways out
################################################################################

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id

  tags = merge(var.naming.tags, { Name = var.naming.names.internet_gateway })
}

resource "aws_eip" "nat" {
  count = local.nat_count

  domain = "vpc"

  tags = merge(var.naming.tags, { Name = var.naming.zone_names.elastic_ip[count.index] })
}

resource "aws_nat_gateway" "this" {
  count = local.nat_count

  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id

  tags = merge(var.naming.tags, { Name = var.naming.zone_names.nat_gateway[count.index] })

  # A NAT gateway comes up only in a subnet that already leads out, and must go before the way out goes.
  depends_on = [aws_internet_gateway.this, aws_route.public_internet]
}

################################################################################
# Routes
################################################################################

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.this.id

  tags = merge(var.naming.tags, { Name = var.naming.names.public_route_table })
}

resource "aws_route" "public_internet" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "public" {
  count = local.zone_count

  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public[count.index].id
}

# One table per zone even behind a single NAT gateway: going per-zone later changes routes, not associations.
resource "aws_route_table" "private" {
  count = local.zone_count

  vpc_id = aws_vpc.this.id

  tags = merge(var.naming.tags, { Name = var.naming.zone_names.private_route_table[count.index] })
}

resource "aws_route" "private_nat" {
  count = local.zone_count

  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.this[min(count.index, local.nat_count - 1)].id
}

resource "aws_route_table_association" "private" {
  count = local.zone_count

  route_table_id = aws_route_table.private[count.index].id
  subnet_id      = aws_subnet.private[count.index].id
}

# Gateway endpoints cost nothing and keep S3 traffic off the NAT gateway's per-gigabyte price.
resource "aws_vpc_endpoint" "s3" {
  vpc_id            = aws_vpc.this.id
  service_name      = "com.amazonaws.${var.region}.s3"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = aws_route_table.private[*].id

  tags = merge(var.naming.tags, { Name = var.naming.names.s3_endpoint })
}
