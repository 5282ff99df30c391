# One member of an Aurora global database, MySQL or PostgreSQL. Called for the primary and again for the secondary; the only differences
# are what Aurora itself allows on one side only (credentials and database name here, the source region there). What the engines do
# differently stands in parameters.tf, and nowhere else.

locals {
  is_primary   = var.naming.dr_role == "primary"
  cluster_name = var.naming.names.aurora_cluster
  engine       = local.engines[var.engine]
}

resource "aws_db_subnet_group" "this" {
  name        = var.naming.names.database_subnet_group
  description = "Private subnets of the ${var.naming.dr_role} region"
  subnet_ids  = var.subnet_ids

  tags = merge(var.naming.tags, { Name = var.naming.names.database_subnet_group })
}

# Made before the cluster: log groups that Aurora makes by itself are unencrypted, kept for ever and left behind by a destroy.
resource "aws_cloudwatch_log_group" "export" {
  for_each = toset(local.engine.log_exports)

  name              = "/aws/rds/cluster/${local.cluster_name}/${each.key}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days

  tags = merge(var.naming.tags, { Name = "/aws/rds/cluster/${local.cluster_name}/${each.key}" })
}

################################################################################
# Cluster
################################################################################

resource "aws_rds_cluster" "this" {
  #checkov:skip=CKV_AWS_139:environments must be destroyable by a pipeline; the portal asks for an approval instead
  #checkov:skip=CKV_AWS_325:the audit log of MySQL is written and exported (parameters.tf); the scan does not follow the map of engines
  #checkov:skip=CKV_AWS_326:a member of a global database cannot be backtracked
  #checkov:skip=CKV2_AWS_8:Aurora's own continuous backups reach back seven days, and the other region holds a copy
  cluster_identifier        = local.cluster_name
  global_cluster_identifier = var.global_cluster_identifier
  engine                    = var.engine
  engine_version            = var.engine_version

  # The secondary receives both from the primary, and Aurora refuses them there.
  database_name              = local.is_primary ? var.database_name : null
  master_username            = local.is_primary ? var.master_username : null
  master_password_wo         = local.is_primary ? var.master_password : null
  master_password_wo_version = local.is_primary ? var.master_password_version : null

  # An encrypted copy across regions is requested with a URL signed for the region it comes from.
  source_region = local.is_primary ? null : var.primary_region

  storage_encrypted                   = true
  kms_key_id                          = var.kms_key_arn
  iam_database_authentication_enabled = true

  # The Data API: heartbeats and the trial of a new password need no connection into the network.
  enable_http_endpoint = true

  db_subnet_group_name            = aws_db_subnet_group.this.name
  vpc_security_group_ids          = [var.security_group_id]
  port                            = local.engine.port
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.this.name

  backup_retention_period      = 7
  preferred_backup_window      = var.backup_window
  preferred_maintenance_window = var.maintenance_window
  copy_tags_to_snapshot        = true

  enabled_cloudwatch_logs_exports = local.engine.log_exports

  serverlessv2_scaling_configuration {
    min_capacity = var.min_capacity_acu
    max_capacity = var.max_capacity_acu
  }

  # Environments must be destroyable by a pipeline.
  deletion_protection = false
  skip_final_snapshot = true

  # A pending change would show as drift until the next maintenance window.
  apply_immediately = true

  tags = merge(var.naming.tags, { Name = local.cluster_name })

  timeouts {
    create = "45m"
    update = "45m"
    delete = "30m"
  }

  lifecycle {
    ignore_changes = [
      # A failover turns it round. The provider takes its disappearing for a wish to promote the cluster out of the
      # global database, so after a failover an innocent apply would tear the pair apart.
      replication_source_identifier,
      # Aurora detaches and attaches members during failover and recovery; putting the old value back would replace the cluster.
      global_cluster_identifier,
      # Members follow the global database, which alone may be upgraded; patch levels move without us.
      engine_version,
    ]
  }

  depends_on = [aws_cloudwatch_log_group.export]
}

################################################################################
# Instances
################################################################################

# The first is the writer of a primary; the others read, one zone each. In a secondary all of them read until it is promoted.
resource "aws_rds_cluster_instance" "this" {
  #checkov:skip=CKV_AWS_226:the members of a global database must run the same version, so it moves by a reviewed plan, not by itself
  count = var.instance_count

  identifier         = var.naming.zone_names.aurora_instance[count.index]
  cluster_identifier = aws_rds_cluster.this.id
  engine             = aws_rds_cluster.this.engine
  instance_class     = "db.serverless"
  availability_zone  = var.availability_zones[count.index]

  db_subnet_group_name    = aws_db_subnet_group.this.name
  db_parameter_group_name = aws_db_parameter_group.this.name
  publicly_accessible     = false

  # Tiers 0 and 1 scale with the writer and so can take over at its size; the third scales by its own load.
  promotion_tier = count.index

  performance_insights_enabled          = true
  performance_insights_kms_key_id       = var.kms_key_arn
  performance_insights_retention_period = 7

  monitoring_interval = 60
  monitoring_role_arn = aws_iam_role.monitoring.arn

  # In a global database versions move region by region, secondaries first; not each instance in its own night.
  auto_minor_version_upgrade = false
  apply_immediately          = true
  copy_tags_to_snapshot      = true

  tags = merge(var.naming.tags, { Name = var.naming.zone_names.aurora_instance[count.index] })

  timeouts {
    create = "45m"
    update = "45m"
    delete = "30m"
  }

  # RDS tries the role out when an instance is made with it.
  depends_on = [aws_iam_role_policy.monitoring]
}

################################################################################
# Enhanced monitoring
################################################################################

resource "aws_iam_role" "monitoring" {
  name        = var.naming.names.database_monitoring_role
  description = "Lets RDS write operating-system metrics of the ${var.naming.dr_role} region's instances"

  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "monitoring.rds.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })

  tags = merge(var.naming.tags, { Name = var.naming.names.database_monitoring_role })
}

# All RDS needs of CloudWatch Logs for it: the one group these metrics go to, which the instances of an account share.
resource "aws_iam_role_policy" "monitoring" {
  name = var.naming.names.database_monitoring_role
  role = aws_iam_role.monitoring.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "KeepMetricsGroup"
        Effect   = "Allow"
        Action   = ["logs:CreateLogGroup", "logs:PutRetentionPolicy"]
        Resource = "arn:aws:logs:*:${var.account_id}:log-group:RDSOSMetrics"
      },
      {
        Sid      = "WriteMetrics"
        Effect   = "Allow"
        Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams", "logs:GetLogEvents"]
        Resource = "arn:aws:logs:*:${var.account_id}:log-group:RDSOSMetrics:log-stream:*"
      },
    ]
  })
}
