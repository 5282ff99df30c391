# What is watched, in each region by itself: the standby's alarms and dashboard decide about a failover, so they need nothing of the primary.

locals {
  # People are told of lag well before the objective is missed.
  lag_alert_seconds = 120

  # The first byte of a health check; Route 53 gives up after 2 s.
  check_latency_milliseconds = 1000

  # The signals the health monitor judges by (lambda/health_monitor).
  signals = ["application", "writer", "heartbeat", "replication_lag"]

  # What clients call; the health check's own route is watched by Route 53.
  api_routes = {
    book = { method = "POST", resource = "/payments" }
    find = { method = "GET", resource = "/payments/{payment_id}" }
  }
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
  lag_alert_seconds  = local.lag_alert_seconds

  cluster = {
    identifier = module.primary.cluster.identifier
    follows    = false
  }

  functions          = module.primary.functions
  dead_letter_queues = module.primary.dead_letter_queue_names

  api = {
    name                       = module.primary.api.name
    stage                      = module.primary.api.stage
    routes                     = local.api_routes
    latency_limit_milliseconds = var.api_latency_limit_milliseconds
  }

  replicated_from_here = module.storage.replication_rules["outward"]
  replicated_to_here   = module.storage.replication_rules["homeward"]

  # Route 53 publishes their state in us-east-1 alone.
  health_checks = {
    primary_endpoint   = module.dns.primary_health_check_id
    secondary_endpoint = module.dns.secondary_health_check_id
    application        = module.dns.application_health_check_id
  }
  slow_checks = {
    ids = {
      primary_endpoint   = module.dns.primary_health_check_id
      secondary_endpoint = module.dns.secondary_health_check_id
    }
    limit_milliseconds = local.check_latency_milliseconds
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
  lag_alert_seconds  = local.lag_alert_seconds

  cluster = {
    identifier = module.secondary.cluster.identifier
    follows    = true
  }

  functions = merge(module.secondary.functions, {
    health_monitor        = merge(module.failover_automation.functions.health_monitor, { every_minute = true })
    failover_orchestrator = merge(module.failover_automation.functions.failover_orchestrator, { every_minute = false })
  })
  dead_letter_queues = merge(module.failover_automation.dead_letter_queue_names, module.secondary.dead_letter_queue_names)

  api = {
    name                       = module.secondary.api.name
    stage                      = module.secondary.api.stage
    routes                     = local.api_routes
    latency_limit_milliseconds = var.api_latency_limit_milliseconds
  }

  replicated_from_here = module.storage.replication_rules["homeward"]
  replicated_to_here   = module.storage.replication_rules["outward"]

  readiness = {
    signals           = local.signals
    switch_alarm      = module.failover_automation.switch_alarm_name
    lag_limit_seconds = var.lag_limit_seconds
    automatic         = var.automatic_promotion
  }
}
