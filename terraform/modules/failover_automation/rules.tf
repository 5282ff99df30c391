# The rules that hold the sequence together, beside the two that start the functions (those stand with the functions).

locals {
  # Wakes what is unfinished; without anything unfinished, nothing happens.
  continue_event = jsonencode({
    source      = local.event_source
    detail-type = "Failover Continue"
    detail      = { environment = var.environment_suffix }
  })

  # Made from names, so that who may call or leave dead letters is known before the rules are there.
  rule_arns = {
    for word, name in {
      report        = var.naming.names.failover_report_rule
      database_move = var.naming.names.database_move_rule
      verification  = var.naming.names.failover_verification_rule
    } : word => "arn:aws:events:${var.region}:${var.account_id}:rule/${name}"
  }
  notices_queue_arn = "arn:aws:sqs:${var.region}:${var.account_id}:${var.naming.names.notices_queue}"
}

################################################################################
# Finished -> people
################################################################################

resource "aws_cloudwatch_event_rule" "report" {
  name        = var.naming.names.failover_report_rule
  description = "Reports of failovers and failbacks"

  event_pattern = jsonencode({
    source      = [local.event_source]
    detail-type = ["Failover Finished", "Failback Finished"]
    detail      = { environment = [var.environment_suffix] }
  })

  tags = merge(var.naming.tags, { Name = var.naming.names.failover_report_rule })
}

resource "aws_cloudwatch_event_target" "report_to_people" {
  rule      = aws_cloudwatch_event_rule.report.name
  target_id = "people"
  arn       = var.alerts_topic_arn

  input_transformer {
    input_paths    = { kind = "$.detail-type", report = "$.detail" }
    input_template = "{\"environment\": \"${var.environment_suffix}\", \"subject\": <kind>, \"report\": <report>}"
  }

  dead_letter_config {
    arn = aws_sqs_queue.notices.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 185
  }
}

################################################################################
# Aurora moves -> people
################################################################################

# Started, promoted, finished, cancelled, failed: of switchovers and failovers alike.
resource "aws_cloudwatch_event_rule" "database_move" {
  name        = var.naming.names.database_move_rule
  description = "Aurora moves the global database's writer"

  event_pattern = jsonencode({
    source      = ["aws.rds"]
    detail-type = ["RDS DB Cluster Event"]
    detail = {
      SourceArn       = [local.standby_cluster_arn]
      EventCategories = ["global-failover"]
    }
  })

  tags = merge(var.naming.tags, { Name = var.naming.names.database_move_rule })
}

resource "aws_cloudwatch_event_target" "database_move_to_people" {
  rule      = aws_cloudwatch_event_rule.database_move.name
  target_id = "people"
  arn       = var.alerts_topic_arn

  input_transformer {
    input_paths    = { message = "$.detail.Message", event = "$.detail.EventID", cluster = "$.detail.SourceIdentifier" }
    input_template = "{\"environment\": \"${var.environment_suffix}\", \"subject\": <message>, \"event\": <event>, \"cluster\": <cluster>}"
  }

  dead_letter_config {
    arn = aws_sqs_queue.notices.arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 3600
    maximum_retry_attempts       = 185
  }
}

################################################################################
# The switch's alarm -> verification
################################################################################

resource "aws_cloudwatch_event_rule" "verification" {
  name        = var.naming.names.failover_verification_rule
  description = "The switch of the DNS has turned"

  event_pattern = jsonencode({
    source      = ["aws.cloudwatch"]
    detail-type = ["CloudWatch Alarm State Change"]
    resources   = [aws_cloudwatch_metric_alarm.switch.arn]
  })

  tags = merge(var.naming.tags, { Name = var.naming.names.failover_verification_rule })
}

resource "aws_cloudwatch_event_target" "verification" {
  rule      = aws_cloudwatch_event_rule.verification.name
  target_id = "verification"
  arn       = module.orchestrator.function_arn
  input     = local.continue_event

  dead_letter_config {
    arn = module.orchestrator.dead_letter_queue_arn
  }

  retry_policy {
    maximum_event_age_in_seconds = 60
    maximum_retry_attempts       = 5
  }

  depends_on = [module.orchestrator]
}

################################################################################
# What people could not be told
################################################################################

resource "aws_sqs_queue" "notices" {
  name                      = var.naming.names.notices_queue
  message_retention_seconds = 1209600
  kms_master_key_id         = var.kms_key_arn

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "RulesLeaveDeadLetters"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = local.notices_queue_arn
        Condition = { ArnEquals = { "aws:SourceArn" = [local.rule_arns.report, local.rule_arns.database_move] } }
      },
      {
        Sid       = "RefusePlainText"
        Effect    = "Deny"
        Principal = "*"
        Action    = "sqs:*"
        Resource  = local.notices_queue_arn
        Condition = { Bool = { "aws:SecureTransport" = "false" } }
      },
    ]
  })

  tags = merge(var.naming.tags, { Name = var.naming.names.notices_queue })
}
