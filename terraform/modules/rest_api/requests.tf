# What is asked of a request before the function sees it, and how a refusal is told: problem+json, as the function tells its own.

locals {
  # The form alone. What it means (currencies, check digits, decimals) is the function's to judge, which names each field.
  payment_schema = {
    "$schema"            = "http://json-schema.org/draft-04/schema#"
    title                = "Payment"
    type                 = "object"
    additionalProperties = false
    required             = ["amount", "currency", "debtor", "creditor"]
    properties = {
      amount    = { type = "string", pattern = "^[0-9]{1,12}(\\.[0-9]{1,6})?$" }
      currency  = { type = "string", pattern = "^[A-Z]{3}$" }
      debtor    = { type = "string", minLength = 15, maxLength = 42 }
      creditor  = { type = "string", minLength = 15, maxLength = 42 }
      reference = { type = "string", maxLength = 140 }
    }
  }

  # What API Gateway answers by itself. Its own word for what is wrong ($context.error.messageString, quoted) where we have none that helps more.
  refusals = {
    BAD_REQUEST_BODY = {
      status = 400
      kind   = "invalid-payment"
      detail = jsonencode("The body is no payment: text for amount, currency, debtor and creditor, reference if wanted, and nothing else")
      retry  = null
    }
    BAD_REQUEST_PARAMETERS = {
      status = 400
      kind   = "invalid-payment"
      detail = jsonencode("The header Idempotency-Key is missing: send a value of your own for each payment, such as a UUID")
      retry  = null
    }
    MISSING_AUTHENTICATION_TOKEN = {
      status = 403
      kind   = "forbidden"
      detail = jsonencode("Nothing answers here, or the request is not signed")
      retry  = null
    }
    THROTTLED = {
      status = 429
      kind   = "throttled"
      detail = jsonencode("Too many requests; send it again with the same Idempotency-Key")
      retry  = 1
    }
    DEFAULT_4XX = {
      status = null
      kind   = "refused"
      detail = "$context.error.messageString"
      retry  = null
    }
    DEFAULT_5XX = {
      status = null
      kind   = "unavailable"
      detail = jsonencode("Nothing is known to be booked; send it again with the same Idempotency-Key")
      retry  = 5
    }
  }

  refusal_templates = {
    for type, refusal in local.refusals : type => join("", [
      "{\"type\": \"urn:lifeboat:payments:${refusal.kind}\", ",
      refusal.status == null ? "" : "\"status\": ${refusal.status}, ",
      "\"detail\": ${refusal.detail}, \"request\": \"$context.requestId\"}",
    ])
  }
}

resource "aws_api_gateway_model" "payment" {
  rest_api_id  = aws_api_gateway_rest_api.this.id
  name         = "Payment"
  description  = "What POST /payments takes"
  content_type = "application/json"
  schema       = jsonencode(local.payment_schema)
}

resource "aws_api_gateway_request_validator" "this" {
  rest_api_id                 = aws_api_gateway_rest_api.this.id
  name                        = "everything"
  validate_request_body       = true
  validate_request_parameters = true
}

resource "aws_api_gateway_gateway_response" "this" {
  for_each = local.refusals

  rest_api_id        = aws_api_gateway_rest_api.this.id
  response_type      = each.key
  status_code        = each.value.status == null ? null : tostring(each.value.status)
  response_templates = { "application/json" = local.refusal_templates[each.key] }

  response_parameters = merge(
    {
      "gatewayresponse.header.Content-Type"  = "'application/problem+json'"
      "gatewayresponse.header.Cache-Control" = "'no-store'"
    },
    each.value.retry == null ? {} : { "gatewayresponse.header.Retry-After" = "'${each.value.retry}'" },
  )
}
