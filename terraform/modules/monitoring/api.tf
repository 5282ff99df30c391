# Does the API answer, well and in time? Route by route, so that the health check's own answers do not hide what clients get.

locals {
  api_routes = var.api == null ? tomap({}) : var.api.routes

  # API Gateway counts each request as 0 or 1, so the mean is the share.
  api_alarms = merge([for word, route in local.api_routes : {
    "api-errors-${replace(word, "_", "-")}" = {
      route       = route
      description = "More than one in twenty of ${route.method} ${route.resource} ended in a 5xx for two minutes. The function's log tells why; while the database moves it is expected."
      metric      = "5XXError"
      percentile  = null
      limit       = local.api_error_share
      minutes     = 2
    }
    "api-refusals-${replace(word, "_", "-")}" = {
      route       = route
      description = "More than half of ${route.method} ${route.resource} were refused with a 4xx for five minutes: a client has gone wrong, somebody tries keys, or the throttle is too tight. The access log tells which."
      metric      = "4XXError"
      percentile  = null
      limit       = local.api_refusal_share
      minutes     = 5
    }
    "api-latency-${replace(word, "_", "-")}" = {
      route       = route
      description = "One in a hundred of ${route.method} ${route.resource} took longer than ${var.api.latency_limit_milliseconds} ms for three minutes. Look at the database's load and at the function's cold starts."
      metric      = "Latency"
      percentile  = "p99"
      limit       = var.api.latency_limit_milliseconds
      minutes     = 3
    }
  }]...)

  api_error_share   = 0.05
  api_refusal_share = 0.5
}

resource "aws_cloudwatch_metric_alarm" "api" {
  for_each = local.api_alarms

  alarm_name          = format(var.naming.names.alarm, each.key)
  alarm_description   = each.value.description
  namespace           = "AWS/ApiGateway"
  metric_name         = each.value.metric
  dimensions          = { ApiName = var.api.name, Stage = var.api.stage, Resource = each.value.route.resource, Method = each.value.route.method }
  statistic           = each.value.percentile == null ? "Average" : null
  extended_statistic  = each.value.percentile
  period              = 60
  evaluation_periods  = each.value.minutes
  comparison_operator = "GreaterThanThreshold"
  threshold           = each.value.limit
  treat_missing_data  = "notBreaching"

  alarm_actions = local.actions
  ok_actions    = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, each.key) })
}

# Route 53's checkers ask at least once a second, so an API that counts nothing is not reached.
resource "aws_cloudwatch_metric_alarm" "api_silent" {
  count = var.api == null ? 0 : 1

  alarm_name          = format(var.naming.names.alarm, "api-silent")
  alarm_description   = "No request has reached the API for three minutes, though Route 53 checks it every second: look at its domain, certificate and stage."
  namespace           = "AWS/ApiGateway"
  metric_name         = "Count"
  dimensions          = { ApiName = var.api.name, Stage = var.api.stage }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"

  alarm_actions = local.actions
  ok_actions    = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "api-silent") })
}
