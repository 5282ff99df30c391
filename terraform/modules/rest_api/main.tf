# The payments API in one region: a regional REST API in front of the region's function. Called once for each region; what differs is
# the region, the names and the certificate, so the standby answers as the primary does.
#
#   POST /payments                books a payment
#   GET  /payments/{payment_id}   finds it
#   GET  /health                  whether this region can serve: what Route 53 and the health monitor ask, so it is open
#
# What is no payment by its form is refused here and costs no invocation; what it means is the function's to judge.
#
#   requests.tf   what is asked of a request, and how refusals are told
#   stage.tf      deployment, throttling, logs
#   domains.tf    the names it answers for
#   waf.tf        the web application firewall, where wanted

locals {
  paths = {
    "/payments"              = aws_api_gateway_resource.payments.id
    "/payments/{payment_id}" = aws_api_gateway_resource.payment.id
    "/health"                = aws_api_gateway_resource.health.id
  }

  # guarded: as the caller of this module asks; otherwise open to everybody.
  routes = {
    book = {
      path       = "/payments"
      method     = "POST"
      guarded    = true
      parameters = { "method.request.header.Idempotency-Key" = true }
      models     = { "application/json" = aws_api_gateway_model.payment.name }
    }
    find = {
      path       = "/payments/{payment_id}"
      method     = "GET"
      guarded    = true
      parameters = { "method.request.path.payment_id" = true }
      models     = {}
    }
    health = {
      path       = "/health"
      method     = "GET"
      guarded    = false
      parameters = {}
      models     = {}
    }
  }

  # API Gateway waits a little longer than the function may run, so that it is the function that tells what went wrong.
  integration_timeout_milliseconds = var.function.timeout_seconds * 1000 + 1000
  integration_uri                  = "arn:aws:apigateway:${var.region}:lambda:path/2015-03-31/functions/${var.function.arn}/invocations"
}

resource "aws_api_gateway_rest_api" "this" {
  name        = var.naming.names.rest_api
  description = "Payments in ${var.region}"

  # One way in: the custom domains, whose certificate and TLS version are ours.
  disable_execute_api_endpoint = true

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  tags = merge(var.naming.tags, { Name = var.naming.names.rest_api })

  lifecycle {
    create_before_destroy = true
  }
}

################################################################################
# Paths
################################################################################

resource "aws_api_gateway_resource" "payments" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "payments"
}

resource "aws_api_gateway_resource" "payment" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.payments.id
  path_part   = "{payment_id}"
}

resource "aws_api_gateway_resource" "health" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "health"
}

################################################################################
# Routes
################################################################################

resource "aws_api_gateway_method" "this" {
  #checkov:skip=CKV_AWS_59:payments are guarded as the profile is told (signed requests by default); the health check's path has to be open, for Route 53 signs nothing
  #checkov:skip=CKV2_AWS_53:each route has a validator; the scan does not follow the map
  for_each = local.routes

  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = local.paths[each.value.path]
  http_method          = each.value.method
  authorization        = each.value.guarded ? var.authorization : "NONE"
  request_validator_id = aws_api_gateway_request_validator.this.id
  request_parameters   = each.value.parameters
  request_models       = each.value.models
}

resource "aws_api_gateway_integration" "this" {
  for_each = local.routes

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = local.paths[each.value.path]
  http_method             = aws_api_gateway_method.this[each.key].http_method
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = local.integration_uri
  timeout_milliseconds    = local.integration_timeout_milliseconds
}

# This API in this stage may call the function, and nothing else.
resource "aws_lambda_permission" "api" {
  statement_id  = "rest-api"
  function_name = var.function.name
  action        = "lambda:InvokeFunction"
  principal     = "apigateway.amazonaws.com"
  source_arn    = "${aws_api_gateway_rest_api.this.execution_arn}/${local.stage_name}/*"
}
