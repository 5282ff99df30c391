# What stands on the dashboard, row by row: a row is a height and its widgets from left to right. dashboard.tf places them.

locals {
  function_list = [for word in sort(keys(var.functions)) : { word = word, name = var.functions[word].function_name }]
  lifeboat      = ["Environment", var.environment_suffix]

  # What graphs have in common: those of numbers, and those of yes (1) or no (0).
  graph        = { view = "timeSeries", region = var.region, period = 60, yAxis = { left = { min = 0, showUnits = false } } }
  graph_of_yes = merge(local.graph, { yAxis = { left = { min = 0, max = 1, showUnits = false } } })

  instruction_row = {
    height = 7
    widgets = [
      { type = "text", width = 15, properties = { markdown = local.instructions } },
      { type = "alarm", width = 9, properties = { title = "What rings, what is unknown", alarms = [for name in local.leading_alarms : "${local.alarm_arn_prefix}${name}"] } },
    ]
  }

  replication_row = {
    height = 6
    widgets = [
      { type = "metric", width = 14, properties = merge(local.graph, {
        title = var.cluster.follows ? "Replication lag of the database" : "Replication lag of the database, while ${var.other_region} writes"
        stat  = "Average"
        metrics = concat(
          [for name in ["AuroraGlobalDBReplicationLag", "AuroraGlobalDBRPOLag"] : ["AWS/RDS", name, "DBClusterIdentifier", var.cluster.identifier, "SourceRegion", var.other_region]],
          [for name in ["AuroraGlobalDBReplicationLag", "AuroraGlobalDBRPOLag"] : ["AWS/RDS", name, "DBClusterIdentifier", var.cluster.identifier]],
        )
        yAxis = { left = { label = "milliseconds", min = 0, showUnits = false } }
        annotations = { horizontal = [
          { label = "recovery point objective ${var.rpo_seconds} s", value = var.rpo_seconds * 1000, color = "#ff7f0e" },
          { label = "alert ${var.lag_alert_seconds} s", value = var.lag_alert_seconds * 1000, color = "#d62728" },
        ] }
      }) },
      { type = "metric", width = 10, properties = merge(local.graph, {
        title = "Age of the newest heartbeat"
        stat  = "Maximum"
        metrics = [
          concat(["Lifeboat/DR", "SignalAge"], local.lifeboat, ["Signal", "heartbeat", { label = "committed in ${local.writing_region}" }]),
          concat(["Lifeboat/DR", "ReplicatedHeartbeatAge"], local.lifeboat, [{ label = "arrived in ${var.region}" }]),
        ]
        yAxis       = { left = { label = "seconds", min = 0, showUnits = false } }
        annotations = { horizontal = [{ label = "recovery point objective", value = var.rpo_seconds, color = "#ff7f0e" }] }
      }) },
    ]
  }

  # Four of these are published where the monitor runs, and nowhere else.
  readiness_row = {
    height = 6
    widgets = [
      { type = "metric", width = 8, properties = merge(local.graph_of_yes, {
        title = "Verdict on ${var.other_region}"
        stat  = "Maximum"
        metrics = [
          concat(["Lifeboat/DR", "PrimaryHealthy"], local.lifeboat, [{ label = "healthy" }]),
          concat(["Lifeboat/DR", "PrimaryUnhealthy"], local.lifeboat, [{ label = "dead" }]),
          concat(["Lifeboat/DR", "StandbyTakesOver"], local.lifeboat, [{ label = "DNS switch thrown" }]),
        ]
      }) },
      { type = "metric", width = 8, properties = merge(local.graph_of_yes, {
        title = "Ready to fail over (1 is yes; nothing is unknown)"
        stat  = "Minimum"
        metrics = [
          concat(["Lifeboat/DR", "StandbyReady"], local.lifeboat, [{ label = "standby ready" }]),
          concat(["Lifeboat/DR", "FailoverArmed"], local.lifeboat, [{ label = "armed" }]),
          concat(["Lifeboat/DR", "FailoverSettled"], local.lifeboat, [{ label = "settled" }]),
        ]
      }) },
      { type = "metric", width = 8, properties = merge(local.graph_of_yes, {
        title   = "Signals that fail (nothing is unknown)"
        stat    = "Maximum"
        metrics = [for signal in sort(tolist(local.signals)) : concat(["Lifeboat/DR", "SignalFailing"], local.lifeboat, ["Signal", signal, { label = signal }])]
      }) },
    ]
  }

  history_row = {
    height = 4
    widgets = [
      { type = "metric", width = 24, properties = {
        title                = "Measured: recovery time and data loss of failovers, duration of failbacks (s)"
        view                 = "singleValue"
        region               = var.region
        period               = 60
        stat                 = "Maximum"
        setPeriodToTimeRange = true
        metrics = [
          concat(["Lifeboat/DR", "FailoverRto"], local.lifeboat, [{ label = "recovery time" }]),
          concat(["Lifeboat/DR", "FailoverDataLoss"], local.lifeboat, [{ label = "data loss" }]),
          concat(["Lifeboat/DR", "FailbackDuration"], local.lifeboat, [{ label = "failback" }]),
        ]
      } },
    ]
  }

  api_dimensions = { for word, route in local.api_routes : word => ["ApiName", var.api.name, "Stage", var.api.stage, "Resource", route.resource, "Method", route.method] }

  api_row = {
    height = 6
    widgets = [for widget in [
      { title = "API: requests a minute", metric = "Count", stat = "Sum", unit = "requests", lines = [] },
      { title = "API: share of 5xx", metric = "5XXError", stat = "Average", unit = "share", lines = [{ label = "alarm", value = local.api_error_share, color = "#d62728" }] },
      { title = "API: share of 4xx", metric = "4XXError", stat = "Average", unit = "share", lines = [{ label = "alarm", value = local.api_refusal_share, color = "#d62728" }] },
      { title = "API: slowest one in a hundred", metric = "Latency", stat = "p99", unit = "milliseconds", lines = [{ label = "alarm", value = try(var.api.latency_limit_milliseconds, 0), color = "#d62728" }] },
      ] : { type = "metric", width = 6, properties = merge(local.graph, {
        title       = widget.title
        stat        = widget.stat
        metrics     = [for word in sort(keys(local.api_dimensions)) : concat(["AWS/ApiGateway", widget.metric], local.api_dimensions[word], [{ label = word }])]
        yAxis       = { left = { label = widget.unit, min = 0, showUnits = false } }
        annotations = { horizontal = widget.lines }
    }) }]
  }

  functions_row = {
    height = 6
    widgets = [
      { type = "metric", width = 8, properties = merge(local.graph, {
        title   = "Functions: errors"
        stat    = "Sum"
        metrics = [for function in local.function_list : ["AWS/Lambda", "Errors", "FunctionName", function.name, { label = function.word }]]
      }) },
      { type = "metric", width = 8, properties = merge(local.graph, {
        title = "Functions: runs, and throttles to the right"
        stat  = "Sum"
        metrics = concat(
          [for function in local.function_list : ["AWS/Lambda", "Invocations", "FunctionName", function.name, { label = function.word }]],
          [for function in local.function_list : ["AWS/Lambda", "Throttles", "FunctionName", function.name, { label = "${function.word} refused", yAxis = "right" }]],
        )
        yAxis = { left = { min = 0, showUnits = false }, right = { min = 0, showUnits = false } }
      }) },
      { type = "metric", width = 8, properties = merge(local.graph, {
        title   = "Dead letters"
        stat    = "Maximum"
        metrics = [for word in sort(keys(var.dead_letter_queues)) : ["AWS/SQS", "ApproximateNumberOfMessagesVisible", "QueueName", var.dead_letter_queues[word], { label = word }]]
      }) },
    ]
  }

  # Latency and backlog are measured where objects arrive, failures where they come from.
  objects_row = {
    height = 6
    widgets = [for widget in [
      { title = "Objects arriving from ${var.other_region}: latency", metric = "ReplicationLatency", stat = "Maximum", unit = "seconds", rules = var.replicated_to_here, lines = [{ label = "promised: 15 minutes", value = 900, color = "#ff7f0e" }] },
      { title = "Objects arriving from ${var.other_region}: still to come", metric = "OperationsPendingReplication", stat = "Maximum", unit = "operations", rules = var.replicated_to_here, lines = [] },
      { title = "Objects leaving for ${var.other_region}: failed", metric = "OperationsFailedReplication", stat = "Sum", unit = "operations", rules = var.replicated_from_here, lines = [] },
      ] : { type = "metric", width = 8, properties = merge(local.graph, {
        title       = widget.title
        stat        = widget.stat
        metrics     = [for set in sort(keys(widget.rules)) : ["AWS/S3", widget.metric, "SourceBucket", widget.rules[set].source_bucket, "DestinationBucket", widget.rules[set].destination_bucket, "RuleId", widget.rules[set].rule_id, { label = set }]]
        yAxis       = { left = { label = widget.unit, min = 0, showUnits = false } }
        annotations = { horizontal = widget.lines }
    }) }]
  }

  health_checks_row = {
    height = 5
    widgets = [
      { type = "metric", width = 24, properties = merge(local.graph_of_yes, {
        title   = "Route 53's health checks (1 is healthy)"
        region  = "us-east-1"
        stat    = "Minimum"
        metrics = [for word in sort(keys(var.health_checks)) : ["AWS/Route53", "HealthCheckStatus", "HealthCheckId", var.health_checks[word], { label = word }]]
      }) },
    ]
  }
}
