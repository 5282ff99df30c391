# Who talked to whom, kept encrypted.

resource "aws_cloudwatch_log_group" "flow" {
  name              = var.naming.names.flow_log_group
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days

  tags = merge(var.naming.tags, { Name = var.naming.names.flow_log_group })
}

resource "aws_iam_role" "flow" {
  name        = var.naming.names.flow_log_role
  description = "Lets the VPC of the ${var.naming.dr_role} region write its flow log"

  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "vpc-flow-logs.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })

  tags = merge(var.naming.tags, { Name = var.naming.names.flow_log_role })
}

resource "aws_iam_role_policy" "flow" {
  name = var.naming.names.flow_log_role
  role = aws_iam_role.flow.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid      = "WriteFlowLog"
      Effect   = "Allow"
      Action   = ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"]
      Resource = [aws_cloudwatch_log_group.flow.arn, "${aws_cloudwatch_log_group.flow.arn}:*"]
    }]
  })
}

resource "aws_flow_log" "this" {
  vpc_id                   = aws_vpc.this.id
  traffic_type             = "ALL"
  max_aggregation_interval = 60
  log_destination          = aws_cloudwatch_log_group.flow.arn
  iam_role_arn             = aws_iam_role.flow.arn

  tags = merge(var.naming.tags, { Name = var.naming.names.flow_log })

  depends_on = [aws_iam_role_policy.flow]
}
