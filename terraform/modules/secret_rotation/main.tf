# New credentials for the database every so many days. The function stands in the primary region, where the secret can be written; the
# replica follows. While the standby writes it refuses, and says so: after a failback it goes on.
#
# Wildcard: making a random password has no resource.

locals {
  environment = {
    ENVIRONMENT_SUFFIX        = var.environment_suffix
    CLUSTER_IDENTIFIER        = var.cluster_identifier
    CLUSTER_ARN               = var.cluster_arn
    GLOBAL_CLUSTER_IDENTIFIER = var.global_cluster_identifier
    DATABASE_NAME             = var.database_name
  }

  statements = [
    {
      sid = "RotateSecret"
      actions = [
        "secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue", "secretsmanager:PutSecretValue",
        "secretsmanager:UpdateSecretVersionStage",
      ]
      resources = [var.secret_arn]
      condition = null
    },
    {
      sid       = "MakePassword"
      actions   = ["secretsmanager:GetRandomPassword"]
      resources = ["*"]
      condition = null
    },
    {
      sid       = "SeeWhoWrites"
      actions   = ["rds:DescribeGlobalClusters"]
      resources = ["arn:aws:rds::${var.account_id}:global-cluster:${var.global_cluster_identifier}"]
      condition = null
    },
    {
      sid       = "SetPassword"
      actions   = ["rds:DescribeDBClusters", "rds:ModifyDBCluster"]
      resources = [var.cluster_arn]
      condition = null
    },
    {
      sid       = "TryPassword"
      actions   = ["rds-data:ExecuteStatement"]
      resources = [var.cluster_arn]
      condition = null
    },
  ]
}

module "function" {
  source = "../lambda_function"

  naming             = var.naming
  function           = "secret_rotation"
  description        = "Gives the database a new password and keeps it in the secret"
  region             = var.region
  account_id         = var.account_id
  kms_key_arn        = var.kms_key_arn
  timeout_seconds    = 300
  log_retention_days = var.log_retention_days
  vpc                = var.vpc

  permissions_boundary_arn = var.permissions_boundary_arn

  # One rotation at a time.
  reserved_concurrency = var.reserved_concurrency == 0 ? 0 : 1

  # Secrets Manager asks again by itself.
  retries           = 0
  event_age_seconds = 300

  environment = local.environment
  statements  = local.statements
}

resource "aws_lambda_permission" "secrets_manager" {
  statement_id   = "secrets-manager"
  function_name  = module.function.function_name
  action         = "lambda:InvokeFunction"
  principal      = "secretsmanager.amazonaws.com"
  source_account = var.account_id
  source_arn     = var.secret_arn
}

resource "aws_secretsmanager_secret_rotation" "this" {
  #checkov:skip=CKV_AWS_304:the variable's validation allows 90 days at most; the scan does not read validations
  secret_id           = var.secret_arn
  rotation_lambda_arn = module.function.function_arn

  # An environment that has just been made has a new password, and its cluster may still be on its way.
  rotate_immediately = false

  rotation_rules {
    automatically_after_days = var.rotation_days
  }

  depends_on = [aws_lambda_permission.secrets_manager]
}
