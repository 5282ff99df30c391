# Does the API answer, well and in time? Route by route, so that the health check's own answers do not hide what clients get.

locals {
  api_routes = var.api == null ? tomap({}) : var.api.routes

  api_route_dimensions = {
    for word, route in local.api_routes : word => { ApiName = var.api.name, Stage = var.api.stage, Resource = route.resource, Method = route.method }
  }
}

# API Gateway counts each request as 0 or 1, so the mean is the share.
resource "aws_cloudwatch_metric_alarm" "api_errors" {
  for_each = local.api_routes

  alarm_name          = format(var.naming.names.alarm, "api-errors-${replace(each.key, "_", "-")}")
  alarm_description   = "More than one in twenty of ${each.value.method} ${each.value.resource} ended in a 5xx for two minutes. The function's log tells why; while the database moves it is expected."
  namespace           = "AWS/ApiGateway"
  metric_name         = "5XXError"
  dimensions          = local.api_route_dimensions[each.key]
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.05
  treat_missing_data  = "notBreaching"

  alarm_actions = local.actions
  ok_actions    = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "api-errors-${replace(each.key, "_", "-")}") })
}

resource "aws_cloudwatch_metric_alarm" "api_refusals" {
  for_each = local.api_routes

  alarm_name          = format(var.naming.names.alarm, "api-refusals-${replace(each.key, "_", "-")}")
  alarm_description   = "More than half of ${each.value.method} ${each.value.resource} were refused with a 4xx for five minutes: a client has gone wrong, somebody tries keys, or the throttle is too tight. The access log tells which."
  namespace           = "AWS/ApiGateway"
  metric_name         = "4XXError"
  dimensions          = local.api_route_dimensions[each.key]
  statistic           = "Average"
  period              = 60
  evaluation_periods  = 5
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0.5
  treat_missing_data  = "notBreaching"

  alarm_actions = local.actions
  ok_actions    = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "api-refusals-${replace(each.key, "_", "-")}") })
}

resource "aws_cloudwatch_metric_alarm" "api_latency" {
  for_each = local.api_routes

  alarm_name          = format(var.naming.names.alarm, "api-latency-${replace(each.key, "_", "-")}")
  alarm_description   = "One in a hundred of ${each.value.method} ${each.value.resource} took longer than ${var.api.latency_limit_milliseconds} ms for three minutes. Look at the database's load and at the function's cold starts."
  namespace           = "AWS/ApiGateway"
  metric_name         = "Latency"
  dimensions          = local.api_route_dimensions[each.key]
  extended_statistic  = "p99"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.api.latency_limit_milliseconds
  treat_missing_data  = "notBreaching"

  alarm_actions = local.actions
  ok_actions    = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "api-latency-${replace(each.key, "_", "-")}") })
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
