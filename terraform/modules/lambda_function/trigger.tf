# What starts the function by itself: one rule, by the clock or by events. Without a trigger there is none of this.

locals {
  triggers = var.trigger == null ? {} : { own = var.trigger }

  # The function's own rule and those of its caller, by ARNs made from names: who may call is then known before the rules are there.
  rule_arns = merge(
    { for key, trigger in local.triggers : key => "arn:aws:events:${var.region}:${var.account_id}:rule/${var.naming.names["${var.function}_rule"]}" },
    var.rule_arns,
  )

  queue_arn = "arn:aws:sqs:${var.region}:${var.account_id}:${var.naming.names["${var.function}_queue"]}"

  rule_statements = length(local.rule_arns) == 0 ? [] : [{
    Sid       = "RulesLeaveDeadLetters"
    Effect    = "Allow"
    Principal = { Service = "events.amazonaws.com" }
    Action    = "sqs:SendMessage"
    Resource  = local.queue_arn
    Condition = { ArnEquals = { "aws:SourceArn" = values(local.rule_arns) } }
  }]

  tls_statement = {
    Sid       = "RefusePlainText"
    Effect    = "Deny"
    Principal = "*"
    Action    = "sqs:*"
    Resource  = local.queue_arn
    Condition = { Bool = { "aws:SecureTransport" = "false" } }
  }
}

resource "aws_cloudwatch_event_rule" "this" {
  for_each = local.triggers

  name                = var.naming.names["${var.function}_rule"]
  description         = each.value.description
  schedule_expression = each.value.schedule
  event_pattern       = each.value.pattern

  tags = merge(var.naming.tags, { Name = var.naming.names["${var.function}_rule"] })
}

resource "aws_cloudwatch_event_target" "this" {
  for_each = local.triggers

  rule      = aws_cloudwatch_event_rule.this[each.key].name
  target_id = var.function
  arn       = aws_lambda_function.this.arn

  dead_letter_config {
    arn = aws_sqs_queue.dead_letters.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = var.event_age_seconds
    maximum_retry_attempts       = 185
  }

  # A target that may not call its function loses events.
  depends_on = [aws_lambda_permission.rules]
}

resource "aws_lambda_permission" "rules" {
  for_each = local.rule_arns

  statement_id  = "rule-${each.key}"
  function_name = aws_lambda_function.this.function_name
  action        = "lambda:InvokeFunction"
  principal     = "events.amazonaws.com"
  source_arn    = each.value
}
