# Who may talk to whom: the workload to the database on its port, the workload to AWS and the internet by HTTPS; no more.

locals {
  database_engine = var.database_port == 5432 ? "PostgreSQL" : "MySQL"
}

resource "aws_security_group" "workload" {
  #checkov:skip=CKV2_AWS_5:put out for the functions, which other modules make; the scan does not follow it there
  name        = var.naming.names.workload_security_group
  description = "Functions and services of the ${var.naming.dr_role} region"
  vpc_id      = aws_vpc.this.id

  tags = merge(var.naming.tags, { Name = var.naming.names.workload_security_group })
}

resource "aws_security_group" "database" {
  #checkov:skip=CKV2_AWS_5:put out for the cluster, which aurora_cluster makes; the scan does not follow it there
  name        = var.naming.names.database_security_group
  description = "Aurora cluster of the ${var.naming.dr_role} region"
  vpc_id      = aws_vpc.this.id

  tags = merge(var.naming.tags, { Name = var.naming.names.database_security_group })
}

resource "aws_vpc_security_group_ingress_rule" "database_from_workload" {
  security_group_id            = aws_security_group.database.id
  description                  = "${local.database_engine} from the workload"
  referenced_security_group_id = aws_security_group.workload.id
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port

  tags = var.naming.tags
}

resource "aws_vpc_security_group_egress_rule" "workload_to_database" {
  security_group_id            = aws_security_group.workload.id
  description                  = "${local.database_engine} to the database"
  referenced_security_group_id = aws_security_group.database.id
  ip_protocol                  = "tcp"
  from_port                    = var.database_port
  to_port                      = var.database_port

  tags = var.naming.tags
}

resource "aws_vpc_security_group_egress_rule" "workload_https" {
  security_group_id = aws_security_group.workload.id
  description       = "HTTPS to AWS services and health probes"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443

  tags = var.naming.tags
}
