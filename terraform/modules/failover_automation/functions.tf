# The two functions, and what each may do. lambda/README.md holds the tables these are made from.
#
# Wildcards, each as narrow as AWS lets it be: reading and putting metrics has no resource (putting is bound to our namespace by a
# condition); listing a cluster's instances is checked against all instances of the region.

locals {
  primary_cluster_arn = var.primary_cluster.arn
  standby_cluster_arn = var.standby_cluster.arn
  global_cluster_arn  = "arn:aws:rds::${var.account_id}:global-cluster:${var.global_cluster_identifier}"

  instance_arns = [for region in [var.primary_region, var.region] : "arn:aws:rds:${region}:${var.account_id}:db:*"]

  shared_environment = {
    ENVIRONMENT_SUFFIX         = var.environment_suffix
    PRIMARY_REGION             = var.primary_region
    STANDBY_REGION             = var.region
    STATE_TABLE                = aws_dynamodb_table.state.name
    GLOBAL_CLUSTER_IDENTIFIER  = var.global_cluster_identifier
    PRIMARY_CLUSTER_IDENTIFIER = var.primary_cluster.identifier
    STANDBY_CLUSTER_IDENTIFIER = var.standby_cluster.identifier
    ALERT_TOPIC_ARN            = var.alerts_topic_arn
    KILL_SWITCH_PARAMETER      = aws_ssm_parameter.kill_switch.name
    ANTI_FLAP_SECONDS          = tostring(var.policy.anti_flap_seconds)
  }

  shared_statements = [
    {
      sid       = "SeeGlobalDatabase"
      actions   = ["rds:DescribeGlobalClusters"]
      resources = [local.global_cluster_arn]
      condition = null
    },
    {
      sid       = "SeeBothClusters"
      actions   = ["rds:DescribeDBClusters", "rds:DescribeDBInstances"]
      resources = concat([local.primary_cluster_arn, local.standby_cluster_arn], local.instance_arns)
      condition = null
    },
    {
      sid       = "ReadMetrics"
      actions   = ["cloudwatch:GetMetricData"]
      resources = ["*"]
      condition = null
    },
    {
      sid       = "PutOwnMetrics"
      actions   = ["cloudwatch:PutMetricData"]
      resources = ["*"]
      condition = { "cloudwatch:namespace" = local.metric_namespace }
    },
    {
      sid       = "KeepState"
      actions   = ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"]
      resources = [aws_dynamodb_table.state.arn]
      condition = null
    },
    {
      sid       = "ReadKillSwitch"
      actions   = ["ssm:GetParameter"]
      resources = [aws_ssm_parameter.kill_switch.arn]
      condition = null
    },
    {
      sid       = "TellPeople"
      actions   = ["sns:Publish"]
      resources = [var.alerts_topic_arn]
      condition = null
    },
    {
      sid       = "SendOwnEvents"
      actions   = ["events:PutEvents"]
      resources = [local.bus_arn]
      condition = { "events:source" = local.event_source }
    },
  ]

  ################################################################################
  # Monitor: looks and tells
  ################################################################################

  monitor_environment = merge(local.shared_environment, {
    PRIMARY_URL             = var.primary_url
    PROBE_INTERVAL_SECONDS  = tostring(var.policy.probe_interval_seconds)
    PROBES_TO_CONDEMN       = tostring(var.policy.probes_to_condemn)
    HEARTBEAT_STALE_SECONDS = tostring(local.heartbeat_stale_seconds)
  })

  monitor_statements = local.shared_statements

  ################################################################################
  # Orchestrator: acts
  ################################################################################

  orchestrator_environment = merge(local.shared_environment, {
    PRIMARY_CLUSTER_ARN = local.primary_cluster_arn
    PRIMARY_SECRET_ARN  = var.primary_cluster.secret_arn
    STANDBY_CLUSTER_ARN = local.standby_cluster_arn
    STANDBY_SECRET_ARN  = var.standby_cluster.secret_arn
    DATABASE_NAME       = var.database_name
    SWITCH_ALARM_NAME   = aws_cloudwatch_metric_alarm.switch.alarm_name
    LAG_LIMIT_SECONDS   = tostring(var.policy.lag_limit_seconds)
  })

  # While one works, the monitor repeats its call and the switch's alarm turns: each of them looks in and goes, none may be refused.
  orchestrator_concurrency = var.reserved_concurrency == 0 ? 0 : max(5, var.reserved_concurrency)

  # Keys of the secret's two copies; the standby's lies under the region's own unless somebody else made it.
  secret_keys = { ReadSecretOfPrimary = var.primary_cluster.kms_key_arn, ReadSecretOfStandby = var.standby_cluster.kms_key_arn }

  secret_key_statements = [
    for sid, key in local.secret_keys : {
      sid       = sid
      actions   = ["kms:Decrypt"]
      resources = [key]
      condition = null
    } if key != null
  ]

  orchestrator_statements = concat(
    local.shared_statements, [
      {
        sid       = "MoveTheWriter"
        actions   = ["rds:FailoverGlobalCluster", "rds:SwitchoverGlobalCluster"]
        resources = [local.global_cluster_arn, local.primary_cluster_arn, local.standby_cluster_arn]
        condition = null
      },
      {
        sid       = "WriteHeartbeats"
        actions   = ["rds-data:ExecuteStatement"]
        resources = [local.primary_cluster_arn, local.standby_cluster_arn]
        condition = null
      },
      {
        sid       = "LogInToDatabase"
        actions   = ["secretsmanager:GetSecretValue"]
        resources = [var.primary_cluster.secret_arn, var.standby_cluster.secret_arn]
        condition = null
      },
    ],
    local.secret_key_statements,
    [{
      sid       = "WatchSwitch"
      actions   = ["cloudwatch:DescribeAlarms"]
      resources = [local.switch_alarm_arn]
      condition = null
    }],
  )

  calls = jsonencode({
    source      = [local.event_source]
    detail-type = concat(var.policy.automatic ? ["Region Unhealthy"] : [], ["Failover Requested", "Failback Requested", "Failover Continue"])
    detail      = { environment = [var.environment_suffix] }
  })
}

module "monitor" {
  source = "../lambda_function"

  naming               = var.naming
  function             = "health_monitor"
  description          = "Probes ${var.primary_region}, judges it, and calls for a failover"
  region               = var.region
  account_id           = var.account_id
  kms_key_arn          = var.kms_key_arn
  timeout_seconds      = 130
  reserved_concurrency = var.reserved_concurrency
  log_retention_days   = var.log_retention_days
  vpc                  = var.vpc

  permissions_boundary_arn = var.permissions_boundary_arn

  # A tick that is late is worth nothing: the next one is there.
  retries           = 0
  event_age_seconds = 60

  trigger = {
    description = "Watches ${var.primary_region}"
    schedule    = "rate(1 minute)"
  }

  environment = local.monitor_environment
  statements  = local.monitor_statements
}

module "orchestrator" {
  source = "../lambda_function"

  naming             = var.naming
  function           = "failover_orchestrator"
  description        = "Fails over to ${var.region} and back, in recorded steps"
  region             = var.region
  account_id         = var.account_id
  kms_key_arn        = var.kms_key_arn
  timeout_seconds    = 300
  log_retention_days = var.log_retention_days
  vpc                = var.vpc

  permissions_boundary_arn = var.permissions_boundary_arn

  reserved_concurrency = local.orchestrator_concurrency

  # Every step bears repeating, and what an older call asks for is checked against the state of now.
  retries           = 2
  event_age_seconds = 3600

  trigger = {
    description = "Calls for a failover or a failback, and to go on with one"
    pattern     = local.calls
  }

  rule_arns = { verification = local.rule_arns.verification }

  environment = local.orchestrator_environment
  statements  = local.orchestrator_statements
}
