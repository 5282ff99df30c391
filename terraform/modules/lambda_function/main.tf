# One function with all that running it needs: its package, its log, its dead letters. What it may do stands in role.tf, what starts
# it in trigger.tf; what it is for is its caller's business.
#
# The package is built outside Terraform (lambda/build.py): the same sources give the same bytes, so the digest changes when the
# code does and never else.

locals {
  package = "${path.module}/../../packages/${var.function}.zip"

  # Made from the name rather than read from the function, whose role must name it before it is there.
  function_name = var.naming.names["${var.function}_function"]
  function_arn  = "arn:aws:lambda:${var.region}:${var.account_id}:function:${local.function_name}"
}

resource "aws_lambda_function" "this" {
  #checkov:skip=CKV_AWS_272:The package is built reproducibly and pinned by digest in the reviewed plan; a signing profile would sign whatever is uploaded.
  function_name = local.function_name
  description   = var.description
  role          = aws_iam_role.this.arn

  filename         = local.package
  source_code_hash = filebase64sha256(local.package)
  handler          = "${var.function}.handler.handle"

  # The newest this provider knows; pure Python, so the cheaper processors serve.
  runtime       = "python3.13"
  architectures = ["arm64"]
  memory_size   = var.memory_megabytes
  timeout       = var.timeout_seconds

  # -1 takes from what the account leaves unreserved.
  reserved_concurrent_executions = var.reserved_concurrency == 0 ? -1 : var.reserved_concurrency

  kms_key_arn = var.kms_key_arn

  environment {
    variables = var.environment
  }

  dead_letter_config {
    target_arn = aws_sqs_queue.dead_letters.arn
  }

  logging_config {
    log_group  = aws_cloudwatch_log_group.this.name
    log_format = "JSON"
  }

  tracing_config {
    mode = var.tracing ? "Active" : "PassThrough"
  }

  dynamic "vpc_config" {
    for_each = var.vpc == null ? [] : [var.vpc]

    content {
      subnet_ids         = vpc_config.value.subnet_ids
      security_group_ids = vpc_config.value.security_group_ids
    }
  }

  tags = merge(var.naming.tags, { Name = local.function_name })

  # Lambda tries the role out when the function is made.
  depends_on = [aws_iam_role_policy.this]
}

# Started by events that nobody waits for: how long such an event is worth trying.
resource "aws_lambda_function_event_invoke_config" "this" {
  function_name                = aws_lambda_function.this.function_name
  maximum_retry_attempts       = var.retries
  maximum_event_age_in_seconds = var.event_age_seconds
}

# Made before the function: a group that Lambda makes by itself is unencrypted, kept for ever and left behind by a destroy.
resource "aws_cloudwatch_log_group" "this" {
  name              = var.naming.names["${var.function}_log_group"]
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days

  tags = merge(var.naming.tags, { Name = var.naming.names["${var.function}_log_group"] })
}

# What could not be delivered or was given up, for two weeks: the longest a queue keeps.
resource "aws_sqs_queue" "dead_letters" {
  name                      = var.naming.names["${var.function}_queue"]
  message_retention_seconds = 1209600
  kms_master_key_id         = var.kms_key_arn

  # In here, not a resource of its own: AWS takes most of a minute to make each of the two certain.
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.rule_statements, [local.tls_statement])
  })

  tags = merge(var.naming.tags, { Name = var.naming.names["${var.function}_queue"] })
}
