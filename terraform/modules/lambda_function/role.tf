# What the function may do: what its caller lists, and the few things every function here needs.

locals {
  # Lambda itself, acting for the function, makes its interfaces in the subnets. AWS checks these actions against resources that do
  # not exist yet, hence the wildcards within the account and region; listing has no resource at all.
  vpc_statements = var.vpc == null ? [] : [
    {
      Sid      = "LambdaListsInterfaces"
      Effect   = "Allow"
      Action   = ["ec2:DescribeNetworkInterfaces", "ec2:DescribeSubnets"]
      Resource = ["*"]
    },
    {
      Sid    = "LambdaKeepsInterfaces"
      Effect = "Allow"
      Action = [
        "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:UnassignPrivateIpAddresses",
      ]
      Resource = ["arn:aws:ec2:${var.region}:${var.account_id}:*/*"]
    },
  ]

  # What runs in the function has the same role, and no business with interfaces.
  vpc_denials = var.vpc == null ? [] : [{
    Sid    = "CodeKeepsOffInterfaces"
    Effect = "Deny"
    Action = [
      "ec2:AssignPrivateIpAddresses", "ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface", "ec2:DescribeNetworkInterfaces",
      "ec2:DescribeSubnets", "ec2:UnassignPrivateIpAddresses",
    ]
    Resource  = ["*"]
    Condition = { ArnEquals = { "lambda:SourceFunctionArn" = [local.function_arn] } }
  }]

  # Traces have no resource.
  tracing_statements = var.tracing ? [{
    Sid      = "Trace"
    Effect   = "Allow"
    Action   = ["xray:PutTelemetryRecords", "xray:PutTraceSegments"]
    Resource = ["*"]
  }] : []

  own_statements = [
    {
      Sid      = "WriteLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents"]
      Resource = ["arn:aws:logs:${var.region}:${var.account_id}:log-group:${aws_cloudwatch_log_group.this.name}:*"] # its streams
    },
    {
      Sid      = "LeaveDeadLetters"
      Effect   = "Allow"
      Action   = ["sqs:SendMessage"]
      Resource = [aws_sqs_queue.dead_letters.arn]
    },
    {
      # Its environment, its dead letters, and whatever else of its region it is allowed to touch.
      Sid      = "UseKeyOfRegion"
      Effect   = "Allow"
      Action   = ["kms:Decrypt", "kms:GenerateDataKey"]
      Resource = [var.kms_key_arn]
    },
  ]

  given_statements = [
    for statement in var.statements : merge(
      {
        Sid      = statement.sid
        Effect   = "Allow"
        Action   = statement.actions
        Resource = statement.resources
      },
      statement.condition == null ? {} : { Condition = { StringEquals = statement.condition } },
    )
  ]
}

resource "aws_iam_role" "this" {
  name        = var.naming.names["${var.function}_role"]
  description = "What ${local.function_name} may do"

  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "lambda.amazonaws.com" }
      Action    = "sts:AssumeRole"
    }]
  })

  tags = merge(var.naming.tags, { Name = var.naming.names["${var.function}_role"] })
}

resource "aws_iam_role_policy" "this" {
  name = var.naming.names["${var.function}_role"]
  role = aws_iam_role.this.id

  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat(local.own_statements, local.given_statements, local.tracing_statements, local.vpc_statements, local.vpc_denials)
  })
}
