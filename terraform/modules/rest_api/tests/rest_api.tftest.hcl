# Routes, what a request must look like, throttling, logs and names of one region's API.

mock_provider "aws" {
  source = "../../mocks"
}

run "label" {
  module {
    source = "../naming"
  }

  variables {
    environment_suffix = "demo"
    dr_role            = "primary"
    environment        = "staging"
    cost_center        = "4711"
    owner              = "owner@example.net"
  }
}

variables {
  region      = "us-east-1"
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  function = {
    name            = "lambda-payments-primary-demo"
    arn             = "arn:aws:lambda:us-east-1:123456789012:function:lambda-payments-primary-demo"
    timeout_seconds = 15
  }
  domain_names       = { shared = "api.pay.example.net", own = "primary.api.pay.example.net" }
  certificate_arn    = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
  authorization      = "AWS_IAM"
  throttle           = { rate = 100, burst = 200 }
  enable_waf         = false
  logs_role          = "own"
  log_retention_days = 365
}

run "leads_three_routes_to_the_regions_function" {
  variables {
    naming = run.label
  }

  assert {
    condition     = "/${aws_api_gateway_resource.payments.path_part}" == "/payments" && aws_api_gateway_resource.payment.path_part == "{payment_id}" && aws_api_gateway_resource.payment.parent_id == aws_api_gateway_resource.payments.id && aws_api_gateway_resource.health.path_part == "health"
    error_message = "The paths the function knows."
  }

  assert {
    condition     = { for word, method in aws_api_gateway_method.this : word => "${method.http_method} ${[for path, id in local.paths : path if id == method.resource_id][0]}" } == { book = "POST /payments", find = "GET /payments/{payment_id}", health = "GET /health" }
    error_message = "The routes the function knows."
  }

  assert {
    condition = alltrue([for integration in aws_api_gateway_integration.this :
      integration.type == "AWS_PROXY" && integration.integration_http_method == "POST" && integration.uri == "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:123456789012:function:lambda-payments-primary-demo/invocations"
    ])
    error_message = "Each route calls the region's own function."
  }

  assert {
    condition     = alltrue([for integration in aws_api_gateway_integration.this : integration.timeout_milliseconds == 16000])
    error_message = "The function gives up before API Gateway does."
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.endpoint_configuration[0].types == tolist(["REGIONAL"]) && aws_api_gateway_rest_api.this.disable_execute_api_endpoint
    error_message = "A regional API, reached by its custom domains alone."
  }
}

run "lets_this_api_alone_call_the_function" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_lambda_permission.api.principal == "apigateway.amazonaws.com" && aws_lambda_permission.api.source_arn == "arn:aws:execute-api:us-east-1:123456789012:mocked/live/*" && aws_lambda_permission.api.function_name == "lambda-payments-primary-demo"
    error_message = "Its live stage, and no other API."
  }
}

run "takes_payments_from_signed_requests_and_health_from_everybody" {
  variables {
    naming = run.label
  }

  assert {
    condition     = { for word, method in aws_api_gateway_method.this : word => method.authorization } == { book = "AWS_IAM", find = "AWS_IAM", health = "NONE" }
    error_message = "Route 53 signs nothing; who pays does."
  }
}

run "takes_payments_from_everybody_when_told_to" {
  command = plan

  variables {
    naming        = run.label
    authorization = "NONE"
  }

  assert {
    condition     = alltrue([for method in aws_api_gateway_method.this : method.authorization == "NONE"])
    error_message = "Where somebody else guards the way."
  }
}

run "refuses_what_is_no_payment_by_its_form" {
  variables {
    naming = run.label
  }

  assert {
    condition     = alltrue([for method in aws_api_gateway_method.this : method.request_validator_id == aws_api_gateway_request_validator.this.id]) && aws_api_gateway_request_validator.this.validate_request_body && aws_api_gateway_request_validator.this.validate_request_parameters
    error_message = "Every route is validated."
  }

  assert {
    condition     = aws_api_gateway_method.this["book"].request_parameters["method.request.header.Idempotency-Key"] && aws_api_gateway_method.this["find"].request_parameters["method.request.path.payment_id"]
    error_message = "A payment needs its key, a search its id."
  }

  assert {
    condition     = aws_api_gateway_method.this["book"].request_models["application/json"] == aws_api_gateway_model.payment.name && aws_api_gateway_model.payment.content_type == "application/json"
    error_message = "The body is a payment."
  }

  assert {
    condition     = toset(jsondecode(aws_api_gateway_model.payment.schema).required) == toset(["amount", "currency", "debtor", "creditor"]) && jsondecode(aws_api_gateway_model.payment.schema).additionalProperties == false && toset(keys(jsondecode(aws_api_gateway_model.payment.schema).properties)) == toset(["amount", "currency", "debtor", "creditor", "reference"])
    error_message = "The fields the function knows, and no others."
  }

  assert {
    condition     = alltrue([for amount, fits in { "12.34" = true, "0.5" = true, "12" = true, "-1" = false, "1e9" = false, "1,5" = false, "" = false } : can(regex(jsondecode(aws_api_gateway_model.payment.schema).properties.amount.pattern, amount)) == fits])
    error_message = "Plain numbers are amounts."
  }
}

run "tells_refusals_as_the_function_does" {
  variables {
    naming = run.label
  }

  assert {
    condition     = alltrue([for response in aws_api_gateway_gateway_response.this : response.response_parameters["gatewayresponse.header.Content-Type"] == "'application/problem+json'"])
    error_message = "problem+json throughout."
  }

  assert {
    condition     = alltrue([for type, response in aws_api_gateway_gateway_response.this : can(jsondecode(replace(response.response_templates["application/json"], "$context.error.messageString", "\"text\"")).detail)])
    error_message = "What comes out is JSON."
  }

  assert {
    condition     = { for type, response in aws_api_gateway_gateway_response.this : type => response.status_code if response.status_code != null } == { BAD_REQUEST_BODY = "400", BAD_REQUEST_PARAMETERS = "400", MISSING_AUTHENTICATION_TOKEN = "403", THROTTLED = "429" }
    error_message = "Statuses as clients expect them."
  }

  assert {
    condition     = aws_api_gateway_gateway_response.this["THROTTLED"].response_parameters["gatewayresponse.header.Retry-After"] == "'1'" && aws_api_gateway_gateway_response.this["DEFAULT_5XX"].response_parameters["gatewayresponse.header.Retry-After"] == "'5'"
    error_message = "What may be sent again says when."
  }
}

run "throttles_payments_but_never_the_health_check" {
  variables {
    naming   = run.label
    throttle = { rate = 1, burst = 1 }
  }

  assert {
    condition     = aws_api_gateway_method_settings.every.method_path == "*/*" && aws_api_gateway_method_settings.every.settings[0].throttling_rate_limit == 1 && aws_api_gateway_method_settings.every.settings[0].throttling_burst_limit == 1
    error_message = "As told."
  }

  assert {
    condition     = aws_api_gateway_method_settings.health.method_path == "health/GET" && aws_api_gateway_method_settings.health.settings[0].throttling_rate_limit == 50
    error_message = "A checker that is throttled would move everybody to the standby."
  }

  assert {
    condition     = alltrue([for settings in [aws_api_gateway_method_settings.every.settings[0], aws_api_gateway_method_settings.health.settings[0]] : settings.metrics_enabled && !settings.caching_enabled && !settings.data_trace_enabled && settings.logging_level == "OFF"])
    error_message = "Measured, never cached, and no body in any log."
  }
}

run "logs_every_request_without_its_body" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_api_gateway_stage.this.access_log_settings[0].destination_arn == aws_cloudwatch_log_group.access.arn && aws_cloudwatch_log_group.access.kms_key_id == var.kms_key_arn && aws_cloudwatch_log_group.access.retention_in_days == 365
    error_message = "Into a group of ours: encrypted, and not kept for ever."
  }

  assert {
    condition     = alltrue([for value in ["$context.requestId", "$context.status", "$context.responseLatency", "$context.error.responseType", "$context.integrationErrorMessage", "$context.xrayTraceId"] : contains(values(jsondecode(aws_api_gateway_stage.this.access_log_settings[0].format)), value)])
    error_message = "Who, what, how long and why not."
  }

  assert {
    condition     = aws_api_gateway_stage.this.xray_tracing_enabled && aws_api_gateway_stage.this.stage_name == "live"
    error_message = "Traced from the first step on."
  }

  assert {
    condition     = length(aws_api_gateway_account.this) == 1 && aws_api_gateway_account.this[0].cloudwatch_role_arn == aws_iam_role.logs[0].arn
    error_message = "The account's role is set."
  }

  assert {
    condition     = aws_iam_role_policy_attachment.logs[0].policy_arn == "arn:aws:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs" && jsondecode(aws_iam_role.logs[0].assume_role_policy).Statement[0].Principal.Service == "apigateway.amazonaws.com"
    error_message = "API Gateway's role, with what AWS asks of it."
  }
}

run "leaves_the_accounts_role_to_others_when_told_to" {
  command = plan

  variables {
    naming    = run.label
    logs_role = "account"
  }

  assert {
    condition     = length(aws_api_gateway_account.this) + length(aws_iam_role.logs) + length(aws_iam_role_policy_attachment.logs) == 0
    error_message = "Two environments in an account must not fight over one setting."
  }
}

run "bounds_the_role_for_logs" {
  command = plan

  variables {
    naming                   = run.label
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_iam_role.logs[0].permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "The boundary is on the role."
  }
}

run "answers_for_both_names" {
  variables {
    naming = run.label
  }

  assert {
    condition     = { for word, name in aws_api_gateway_domain_name.this : word => name.domain_name } == { shared = "api.pay.example.net", own = "primary.api.pay.example.net" }
    error_message = "The name that moves, and the region's own."
  }

  assert {
    condition     = alltrue([for name in aws_api_gateway_domain_name.this : name.security_policy == "TLS_1_2" && name.regional_certificate_arn == var.certificate_arn && name.endpoint_configuration[0].types == tolist(["REGIONAL"])])
    error_message = "TLS 1.2 at least, with the region's certificate."
  }

  assert {
    condition     = alltrue([for word, mapping in aws_api_gateway_base_path_mapping.this : mapping.domain_name == var.domain_names[word] && mapping.api_id == aws_api_gateway_rest_api.this.id && mapping.stage_name == "live" && mapping.base_path == null])
    error_message = "Both lead to what is live, without a prefix."
  }

  assert {
    condition     = output.url == "https://primary.api.pay.example.net" && toset(keys(output.targets)) == toset(["shared", "own"])
    error_message = "What DNS needs is put out."
  }
}

run "deploys_again_when_anything_changes" {
  variables {
    naming        = run.label
    authorization = "NONE"
  }

  assert {
    condition     = aws_api_gateway_deployment.this.triggers.picture == sha256(jsonencode(local.deployed)) && aws_api_gateway_deployment.this.rest_api_id == aws_api_gateway_rest_api.this.id && aws_api_gateway_stage.this.deployment_id == aws_api_gateway_deployment.this.id
    error_message = "The picture is of everything listed."
  }

  assert {
    condition     = local.deployed.routes["book"].authorization == "NONE" && local.deployed.model == aws_api_gateway_model.payment.schema && toset(keys(local.deployed.refusals)) == toset(keys(aws_api_gateway_gateway_response.this))
    error_message = "Routes, model and refusals are in it."
  }
}

run "has_no_firewall_unless_asked_for" {
  variables {
    naming = run.label
  }

  assert {
    condition     = length(aws_wafv2_web_acl.this) + length(aws_wafv2_web_acl_association.this) + length(aws_wafv2_web_acl_logging_configuration.this) + length(aws_cloudwatch_log_group.waf) == 0
    error_message = "It costs as much as the rest of the API."
  }
}

run "names_and_tags_everything" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_api_gateway_rest_api.this.name == "rest-api-primary-demo" && aws_cloudwatch_log_group.access.name == "log-group-rest-api-primary-demo" && aws_iam_role.logs[0].name == "iam-role-rest-api-logs-primary-demo"
    error_message = "Names are the naming module's."
  }

  assert {
    condition = alltrue([for tags in concat([aws_api_gateway_rest_api.this.tags, aws_api_gateway_stage.this.tags, aws_cloudwatch_log_group.access.tags, aws_iam_role.logs[0].tags], [for name in aws_api_gateway_domain_name.this : name.tags]) :
      tags.Environment == "staging" && tags.CostCenter == "4711" && tags["DR-Role"] == "primary" && endswith(tags.Name, "-primary-demo")
    ])
    error_message = "Everything carries the tags."
  }
}
