# What each engine is told, and what it logs. A static parameter takes effect at a boot alone, and a new cluster boots with all of them.

locals {
  engines = {
    aurora-mysql = {
      family      = "aurora-mysql8.0"
      port        = 3306
      log_exports = ["audit", "error", "slowquery"]

      cluster_parameters = {
        # Connections without TLS are refused by the server, whatever the client asks for.
        require_secure_transport = "ON"
        tls_version              = "TLSv1.2,TLSv1.3"
        server_audit_logging     = "1"
        # Who connected and who changed definitions or rights; not every query, which would cost more than the database.
        server_audit_events = "CONNECT,QUERY_DCL,QUERY_DDL"
      }

      instance_parameters = {
        slow_query_log             = "1"
        long_query_time            = "1"
        innodb_print_all_deadlocks = "1"
      }
    }

    aurora-postgresql = {
      family      = "aurora-postgresql${split(".", var.engine_version)[0]}"
      port        = 5432
      log_exports = ["postgresql"]

      cluster_parameters = merge(
        {
          # Connections without TLS are refused by the server, whatever the client asks for.
          "rds.force_ssl"          = "1"
          ssl_min_protocol_version = "TLSv1.2"
          # Who connected and who changed definitions or rights; not every query, which would cost more than the database.
          log_connections    = "1"
          log_disconnections = "1"
          log_statement      = "ddl"
        },
        # Its price: with the secondary further behind than this, every commit of the primary waits.
        var.rpo_bound_seconds == null ? {} : { "rds.global_db_rpo" = tostring(var.rpo_bound_seconds) },
      )

      instance_parameters = {
        log_min_duration_statement = "1000"
        log_lock_waits             = "1"
      }
    }
  }

  # What may be turned while the database runs, and is expected to work from then on.
  immediate_parameters = ["rds.global_db_rpo"]
}

resource "aws_rds_cluster_parameter_group" "this" {
  name        = var.naming.names.aurora_cluster_parameters
  family      = local.engine.family
  description = "TLS required, audited (${var.naming.dr_role})"

  dynamic "parameter" {
    for_each = local.engine.cluster_parameters

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = contains(local.immediate_parameters, parameter.key) ? "immediate" : "pending-reboot"
    }
  }

  tags = merge(var.naming.tags, { Name = var.naming.names.aurora_cluster_parameters })
}

resource "aws_db_parameter_group" "this" {
  name        = var.naming.names.aurora_instance_parameters
  family      = local.engine.family
  description = "Slow queries and deadlocks logged (${var.naming.dr_role})"

  dynamic "parameter" {
    for_each = local.engine.instance_parameters

    content {
      name         = parameter.key
      value        = parameter.value
      apply_method = "pending-reboot"
    }
  }

  tags = merge(var.naming.tags, { Name = var.naming.names.aurora_instance_parameters })
}
