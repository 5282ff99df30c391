# Parameter groups. pending-reboot everywhere: static parameters accept nothing else, and a new cluster boots with them.

resource "aws_rds_cluster_parameter_group" "this" {
  name        = var.naming.names.aurora_cluster_parameters
  family      = "aurora-mysql8.0"
  description = "TLS required, audited (${var.naming.dr_role})"

  # Connections without TLS are refused by the server, whatever the client asks for.
  parameter {
    name         = "require_secure_transport"
    value        = "ON"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "tls_version"
    value        = "TLSv1.2,TLSv1.3"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "server_audit_logging"
    value        = "1"
    apply_method = "pending-reboot"
  }

  # Who connected and who changed definitions or rights; not every query, which would cost more than the database.
  parameter {
    name         = "server_audit_events"
    value        = "CONNECT,QUERY_DCL,QUERY_DDL"
    apply_method = "pending-reboot"
  }

  tags = merge(var.naming.tags, { Name = var.naming.names.aurora_cluster_parameters })
}

resource "aws_db_parameter_group" "this" {
  name        = var.naming.names.aurora_instance_parameters
  family      = "aurora-mysql8.0"
  description = "Slow queries and deadlocks logged (${var.naming.dr_role})"

  parameter {
    name         = "slow_query_log"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "long_query_time"
    value        = "1"
    apply_method = "pending-reboot"
  }

  parameter {
    name         = "innodb_print_all_deadlocks"
    value        = "1"
    apply_method = "pending-reboot"
  }

  tags = merge(var.naming.tags, { Name = var.naming.names.aurora_instance_parameters })
}
