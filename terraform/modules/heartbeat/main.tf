# The function that writes a numbered row a second where the cluster writes, so that what a failover lost can be measured. Called for
# both regions: in the one that follows it finds nothing to write to, and begins the moment its cluster is promoted.
#
# Wildcard: putting metrics has no resource; a condition binds it to our namespace.

locals {
  environment = {
    ENVIRONMENT_SUFFIX        = var.environment_suffix
    PRIMARY_REGION            = var.primary_region
    STANDBY_REGION            = var.standby_region
    CLUSTER_REGION            = var.region
    CLUSTER_ARN               = var.cluster_arn
    SECRET_ARN                = var.secret_arn
    DATABASE_NAME             = var.database_name
    GLOBAL_CLUSTER_IDENTIFIER = var.global_cluster_identifier
    STATE_TABLE               = var.state_table.name
  }

  statements = concat([
    {
      sid       = "WriteHeartbeats"
      actions   = ["rds-data:ExecuteStatement"]
      resources = [var.cluster_arn]
      condition = null
    },
    {
      sid       = "LogInToDatabase"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.secret_arn]
      condition = null
    },
    {
      sid       = "SeeWhoWrites"
      actions   = ["rds:DescribeGlobalClusters"]
      resources = ["arn:aws:rds::${var.account_id}:global-cluster:${var.global_cluster_identifier}"]
      condition = null
    },
    {
      sid       = "KeepMarks"
      actions   = ["dynamodb:GetItem", "dynamodb:UpdateItem"]
      resources = [var.state_table.arn]
      condition = null
    },
    {
      # The marks lie in the standby region, under its key.
      sid       = "UseKeyOfMarks"
      actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
      resources = [var.state_table.kms_key_arn]
      condition = null
    },
    {
      sid       = "PutOwnMetrics"
      actions   = ["cloudwatch:PutMetricData"]
      resources = ["*"]
      condition = { "cloudwatch:namespace" = "Lifeboat/DR" }
    },
    ], [
    for key in compact([var.secret_kms_key_arn]) : {
      sid       = "ReadSecret"
      actions   = ["kms:Decrypt"]
      resources = [key]
      condition = null
    }
  ])
}

module "function" {
  source = "../lambda_function"

  naming               = var.naming
  function             = "heartbeat"
  description          = "Writes a heartbeat a second while the cluster of ${var.region} takes writes"
  region               = var.region
  account_id           = var.account_id
  kms_key_arn          = var.kms_key_arn
  timeout_seconds      = 70
  reserved_concurrency = var.reserved_concurrency
  log_retention_days   = var.log_retention_days
  vpc                  = var.vpc

  permissions_boundary_arn = var.permissions_boundary_arn

  # A beat that is late is worth nothing: the next one is there.
  retries           = 0
  event_age_seconds = 60

  trigger = {
    description = "Beats in ${var.region}"
    schedule    = "rate(1 minute)"
  }

  environment = local.environment
  statements  = local.statements
}
