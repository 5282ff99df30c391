# One customer-managed key for everything a region stores. A key of its own in each region, not a multi-region replica: what is
# encrypted in the standby region can then be read when the primary region cannot be reached, and neither key can open the other's data.

locals {
  root_arn = "arn:aws:iam::${var.account_id}:root"

  policy = {
    Version = "2012-10-17"
    Statement = [
      {
        # Without this statement nobody could ever change or delete the key; who in the account may use it is then IAM's decision.
        Sid       = "AccountAdministersThroughIam"
        Effect    = "Allow"
        Principal = { AWS = local.root_arn }
        Action    = "kms:*"
        Resource  = "*"
      },
      {
        Sid       = "LogGroupsOfThisRegion"
        Effect    = "Allow"
        Principal = { Service = "logs.${var.region}.amazonaws.com" }
        Action    = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:logs:arn" = "arn:aws:logs:${var.region}:${var.account_id}:log-group:*" } }
      },
      {
        # Who publishes to an encrypted topic needs the key itself; the right to the topic is not enough.
        Sid       = "AlarmsPublishToEncryptedTopics"
        Effect    = "Allow"
        Principal = { Service = ["cloudwatch.amazonaws.com", "events.rds.amazonaws.com"] }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
      },
      {
        # Rules do not tell a topic's key whose they are, so this one is bound by the topic. With a condition on the source, SNS would
        # refuse each of their messages without a word.
        Sid       = "RulesPublishToEncryptedTopics"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = { ArnLike = { "kms:EncryptionContext:aws:sns:topicArn" = "arn:aws:sns:${var.region}:${var.account_id}:*" } }
      },
      {
        Sid       = "RulesLeaveEncryptedDeadLetters"
        Effect    = "Allow"
        Principal = { Service = "events.amazonaws.com" }
        Action    = ["kms:Decrypt", "kms:GenerateDataKey*"]
        Resource  = "*"
        Condition = {
          StringEquals = { "aws:SourceAccount" = var.account_id }
          ArnLike      = { "aws:SourceArn" = "arn:aws:events:${var.region}:${var.account_id}:rule/*" }
        }
      },
    ]
  }
}

resource "aws_kms_key" "this" {
  description             = "Lifeboat ${var.naming.dr_role} region: ${var.naming.names.kms_key}"
  enable_key_rotation     = true
  deletion_window_in_days = 7
  policy                  = jsonencode(local.policy)

  tags = merge(var.naming.tags, { Name = var.naming.names.kms_key })
}

resource "aws_kms_alias" "this" {
  name          = "alias/${var.naming.names.kms_key}"
  target_key_id = aws_kms_key.this.key_id
}
