# What is live: a deployment of all the rest, its throttling and its logs.

locals {
  stage_name = "live"

  # A deployment is a picture of the API: whatever the picture shows has to be in here. Named values, never whole resources: the provider
  # reads back empty ones where it wrote none, and each plan would take another picture.
  deployed = {
    routes      = { for word, route in local.routes : word => merge(route, { authorization = aws_api_gateway_method.this[word].authorization, resource = local.paths[route.path] }) }
    integration = [local.integration_uri, local.integration_timeout_milliseconds]
    model       = aws_api_gateway_model.payment.schema
    validator   = aws_api_gateway_request_validator.this.id
    refusals    = local.refusals
    templates   = local.refusal_templates
  }

  # Who, what, how long and why not. No bodies: they hold accounts and amounts.
  access_log_format = {
    request_id          = "$context.requestId"
    time                = "$context.requestTime"
    source_ip           = "$context.identity.sourceIp"
    caller              = "$context.identity.caller"
    host                = "$context.domainName"
    method              = "$context.httpMethod"
    path                = "$context.resourcePath"
    status              = "$context.status"
    response_bytes      = "$context.responseLength"
    latency_ms          = "$context.responseLatency"
    function_latency_ms = "$context.integrationLatency"
    function_error      = "$context.integrationErrorMessage"
    refused_as          = "$context.error.responseType"
    refused_because     = "$context.error.message"
    waf                 = "$context.waf.status"
    trace               = "$context.xrayTraceId"
  }
}

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  description = "Payments in ${var.region}"

  triggers = { picture = sha256(jsonencode(local.deployed)) }

  lifecycle {
    create_before_destroy = true
  }

  depends_on = [aws_api_gateway_integration.this, aws_api_gateway_gateway_response.this]
}

resource "aws_api_gateway_stage" "this" {
  #checkov:skip=CKV_AWS_120:nothing here may be answered from a cache: payments are booked once, and health is of this moment
  #checkov:skip=CKV2_AWS_51:a client certificate is for HTTP back ends; this one is a function, which only this API may call
  #checkov:skip=CKV2_AWS_29:the firewall is the profile's to switch on (waf.tf); by itself it costs as much as the rest of the API
  #checkov:skip=CKV2_AWS_77:where the firewall is wanted it has AWS's rules against known bad input, Log4j among them; the scan does not follow the list
  #checkov:skip=CKV2_AWS_4:the access log tells every refusal with its reason; execution logs go to groups that API Gateway makes by itself, unencrypted, kept for ever and left behind by a destroy
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = local.stage_name
  xray_tracing_enabled = true

  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.access.arn
    format          = jsonencode(local.access_log_format)
  }

  tags = merge(var.naming.tags, { Name = var.naming.names.rest_api_stage })

  # Logs are accepted only once the account has a role to write them with.
  depends_on = [aws_api_gateway_account.this]
}

# For each method: a flood of payments takes nothing from the health check, whose silence would move everybody.
resource "aws_api_gateway_method_settings" "every" {
  #checkov:skip=CKV_AWS_225:nothing here may be answered from a cache: payments are booked once, and found as they are now
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "OFF"
    data_trace_enabled     = false
    caching_enabled        = false
    throttling_rate_limit  = var.throttle.rate
    throttling_burst_limit = var.throttle.burst
  }
}

# Sixteen checkers and the monitor ask some two times a second.
resource "aws_api_gateway_method_settings" "health" {
  #checkov:skip=CKV_AWS_225:health is of this moment
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "health/GET"

  settings {
    metrics_enabled        = true
    logging_level          = "OFF"
    data_trace_enabled     = false
    caching_enabled        = false
    throttling_rate_limit  = 50
    throttling_burst_limit = 100
  }

  # API Gateway changes one setting of a stage at a time.
  depends_on = [aws_api_gateway_method_settings.every]
}

################################################################################
# Logs
################################################################################

resource "aws_cloudwatch_log_group" "access" {
  name              = var.naming.names.rest_api_log_group
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days

  tags = merge(var.naming.tags, { Name = var.naming.names.rest_api_log_group })
}

# A setting of the whole account in this region: all its REST APIs write their logs with this one role. Where something else has set it
# already, "account" leaves it alone.
resource "aws_api_gateway_account" "this" {
  count = var.logs_role == "own" ? 1 : 0

  cloudwatch_role_arn = aws_iam_role.logs[0].arn

  # Without it this provider leaves the setting behind, with a role that is gone; its next major version always takes it back.
  reset_on_delete = true

  depends_on = [aws_iam_role_policy_attachment.logs]
}

resource "aws_iam_role" "logs" {
  count = var.logs_role == "own" ? 1 : 0

  name        = var.naming.names.rest_api_logs_role
  description = "Lets API Gateway of ${var.region} write the logs of its REST APIs"

  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "apigateway.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = merge(var.naming.tags, { Name = var.naming.names.rest_api_logs_role })
}

# AWS's own policy, because the setting is refused with a role that may do any less.
resource "aws_iam_role_policy_attachment" "logs" {
  count = var.logs_role == "own" ? 1 : 0

  role       = aws_iam_role.logs[0].name
  policy_arn = "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}
