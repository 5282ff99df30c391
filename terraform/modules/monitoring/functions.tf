# Do the functions do their work, and is anything left that none of them could do?

locals {
  # A function that works until its timeout draws near ends by itself 3 s before it; others are cut short by work they should not have.
  duration_limit_seconds = { for word, function in var.functions : word => (
    function.every_minute ? function.timeout_seconds - 2 : function.timeout_seconds * 0.8
  ) }

  function_words = { for word in keys(var.functions) : word => replace(word, "_", "-") }
}

resource "aws_cloudwatch_metric_alarm" "function_errors" {
  for_each = var.functions

  alarm_name          = format(var.naming.names.alarm, "errors-${local.function_words[each.key]}")
  alarm_description   = "${each.value.function_name} failed or was cut off by its timeout. Its log group tells why."
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = each.value.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  alarm_actions = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "errors-${local.function_words[each.key]}") })
}

resource "aws_cloudwatch_metric_alarm" "function_throttles" {
  for_each = var.functions

  alarm_name          = format(var.naming.names.alarm, "throttles-${local.function_words[each.key]}")
  alarm_description   = "${each.value.function_name} was refused to run. Raise its reserved concurrency, or the account's."
  namespace           = "AWS/Lambda"
  metric_name         = "Throttles"
  dimensions          = { FunctionName = each.value.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  alarm_actions = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "throttles-${local.function_words[each.key]}") })
}

resource "aws_cloudwatch_metric_alarm" "function_duration" {
  for_each = var.functions

  alarm_name          = format(var.naming.names.alarm, "duration-${local.function_words[each.key]}")
  alarm_description   = "${each.value.function_name} ran for ${local.duration_limit_seconds[each.key]} s or more of the ${each.value.timeout_seconds} s after which it is cut off."
  namespace           = "AWS/Lambda"
  metric_name         = "Duration"
  dimensions          = { FunctionName = each.value.function_name }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = local.duration_limit_seconds[each.key] * 1000
  treat_missing_data  = "notBreaching"

  alarm_actions = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "duration-${local.function_words[each.key]}") })
}

# What does not run publishes no errors.
resource "aws_cloudwatch_metric_alarm" "function_silent" {
  for_each = { for word, function in var.functions : word => function if function.every_minute }

  alarm_name          = format(var.naming.names.alarm, "silent-${local.function_words[each.key]}")
  alarm_description   = "${each.value.function_name} has not been started for three minutes, though its schedule says each minute. Look at the schedule's rule and its dead-letter queue."
  namespace           = "AWS/Lambda"
  metric_name         = "Invocations"
  dimensions          = { FunctionName = each.value.function_name }
  statistic           = "Sum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "LessThanThreshold"
  threshold           = 1
  treat_missing_data  = "breaching"

  alarm_actions = local.actions
  ok_actions    = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "silent-${local.function_words[each.key]}") })
}

resource "aws_cloudwatch_metric_alarm" "dead_letters" {
  for_each = var.dead_letter_queues

  alarm_name          = format(var.naming.names.alarm, "dead-letters-${replace(each.key, "_", "-")}")
  alarm_description   = "${each.value} holds an event that nobody could handle. Read it, mend the cause, send it again or purge it."
  namespace           = "AWS/SQS"
  metric_name         = "ApproximateNumberOfMessagesVisible"
  dimensions          = { QueueName = each.value }
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"

  alarm_actions = local.actions

  tags = merge(var.naming.tags, { Name = format(var.naming.names.alarm, "dead-letters-${replace(each.key, "_", "-")}") })
}
