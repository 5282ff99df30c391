# What is watched, in each region by itself: the standby's alarms and dashboard decide about a failover, so they need nothing of the primary.

locals {
  # What the profile promises; profile.toml says the same to the portal.
  rpo_seconds = 60

  # The signals the health monitor judges by (lambda/health_monitor).
  signals = ["application", "writer", "heartbeat", "replication_lag"]
}

module "monitoring_primary" {
  source    = "../../modules/monitoring"
  providers = { aws = aws.primary }

  naming             = module.naming["primary"]
  region             = local.primary_region
  other_region       = local.secondary_region
  account_id         = local.account_id
  environment_suffix = var.environment_suffix
  alerts_topic_arn   = module.primary.alerts_topic_arn
  rpo_seconds        = local.rpo_seconds

  cluster = {
    identifier = module.database_primary.cluster_identifier
    follows    = false
  }

  functions = {
    heartbeat = {
      function_name   = module.heartbeat_primary.function_name
      timeout_seconds = module.heartbeat_primary.timeout_seconds
      every_minute    = true
    }
    secret_rotation = {
      function_name   = module.secret_rotation.function_name
      timeout_seconds = module.secret_rotation.timeout_seconds
    }
  }
  dead_letter_queues = merge(module.heartbeat_primary.dead_letter_queue_names, { secret_rotation = module.secret_rotation.dead_letter_queue_name })

  replicated_from_here = module.storage.replication_rules["outward"]
  replicated_to_here   = module.storage.replication_rules["homeward"]

  # Route 53 publishes their state in us-east-1 alone.
  health_checks = {
    primary_endpoint   = module.dns.primary_health_check_id
    secondary_endpoint = module.dns.secondary_health_check_id
    application        = module.dns.application_health_check_id
  }
}

module "monitoring_secondary" {
  source    = "../../modules/monitoring"
  providers = { aws = aws.secondary }

  naming             = module.naming["secondary"]
  region             = local.secondary_region
  other_region       = local.primary_region
  account_id         = local.account_id
  environment_suffix = var.environment_suffix
  alerts_topic_arn   = module.secondary.alerts_topic_arn
  rpo_seconds        = local.rpo_seconds

  cluster = {
    identifier = module.database_secondary.cluster_identifier
    follows    = true
  }

  functions = {
    health_monitor        = merge(module.failover_automation.functions.health_monitor, { every_minute = true })
    failover_orchestrator = merge(module.failover_automation.functions.failover_orchestrator, { every_minute = false })
    heartbeat = {
      function_name   = module.heartbeat_secondary.function_name
      timeout_seconds = module.heartbeat_secondary.timeout_seconds
      every_minute    = true
    }
  }
  dead_letter_queues = merge(module.failover_automation.dead_letter_queue_names, module.heartbeat_secondary.dead_letter_queue_names)

  replicated_from_here = module.storage.replication_rules["homeward"]
  replicated_to_here   = module.storage.replication_rules["outward"]

  readiness = {
    signals           = local.signals
    switch_alarm      = module.failover_automation.switch_alarm_name
    lag_limit_seconds = var.lag_limit_seconds
  }
}
