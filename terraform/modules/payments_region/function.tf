# The function that books payments, and what it may do. lambda/README.md holds the table this is made from.
#
# Wildcard: reading metrics has no resource.

locals {
  function_environment = {
    ENVIRONMENT_SUFFIX        = var.environment_suffix
    REGION_ROLE               = var.naming.dr_role == "primary" ? "primary" : "standby"
    GLOBAL_CLUSTER_IDENTIFIER = var.global_cluster_identifier
    CLUSTER_IDENTIFIER        = module.database.cluster_identifier
    CLUSTER_ARN               = module.database.cluster_arn
    SECRET_ARN                = var.secret.arn
    DATABASE_NAME             = var.database.name
    TRANSACTION_LOG_BUCKET    = var.transaction_log.name
    LAG_LIMIT_SECONDS         = tostring(var.rpo_seconds)
  }

  # The secret is somebody else's, and may lie under a key that is.
  secret_key_statements = [
    for key in compact([var.secret.kms_key_arn]) : {
      sid       = "ReadSecret"
      actions   = ["kms:Decrypt"]
      resources = [key]
      condition = null
    }
  ]

  function_statements = concat([
    {
      sid = "BookPayments"
      actions = [
        "rds-data:BatchExecuteStatement", "rds-data:BeginTransaction", "rds-data:CommitTransaction", "rds-data:ExecuteStatement",
        "rds-data:RollbackTransaction",
      ]
      resources = [module.database.cluster_arn]
      condition = null
    },
    {
      sid       = "LogInToDatabase"
      actions   = ["secretsmanager:GetSecretValue"]
      resources = [var.secret.arn]
      condition = null
    },
    {
      sid       = "SeeWhoWrites"
      actions   = ["rds:DescribeGlobalClusters"]
      resources = ["arn:aws:rds::${var.account_id}:global-cluster:${var.global_cluster_identifier}"]
      condition = null
    },
    {
      sid       = "WriteTransactionLog"
      actions   = ["s3:PutObject"]
      resources = ["${var.transaction_log.arn}/transactions/*"]
      condition = null
    },
    {
      sid       = "ReadLag"
      actions   = ["cloudwatch:GetMetricData"]
      resources = ["*"]
      condition = null
    },
  ], local.secret_key_statements)
}

module "function" {
  source = "../lambda_function"

  naming               = var.naming
  function             = "payments"
  description          = "Books payments in the cluster of ${var.region}, and tells whether the region can serve"
  region               = var.region
  account_id           = var.account_id
  kms_key_arn          = module.stack.kms_key_arn
  timeout_seconds      = 15
  memory_megabytes     = 512
  reserved_concurrency = var.function_concurrency
  log_retention_days   = var.log_retention_days
  vpc                  = local.function_vpc

  # API Gateway waits for the answer, and its client sends again. What arrives otherwise was meant for nobody.
  retries           = 0
  event_age_seconds = 60

  environment = local.function_environment
  statements  = local.function_statements

  permissions_boundary_arn = var.permissions_boundary_arn
}
