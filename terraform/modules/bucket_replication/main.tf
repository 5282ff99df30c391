# Replication of some buckets of one region to their twins in another: the role S3 takes, and a rule per bucket.

locals {
  # One rule a bucket, for everything in it; its id is part of what CloudWatch calls the rule's metrics.
  rule_id = "all"
}

resource "aws_iam_role" "replication" {
  name        = var.naming.names.replication_role
  description = "Lets S3 replicate the ${var.naming.dr_role} region's buckets to ${var.destination_region}"

  permissions_boundary = var.permissions_boundary_arn

  assume_role_policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Effect    = "Allow"
      Principal = { Service = "s3.amazonaws.com" }
      Action    = "sts:AssumeRole"
      Condition = { StringEquals = { "aws:SourceAccount" = var.account_id } }
    }]
  })

  tags = merge(var.naming.tags, { Name = var.naming.names.replication_role })
}

resource "aws_iam_role_policy" "replication" {
  name = var.naming.names.replication_role
  role = aws_iam_role.replication.id

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid      = "ReadSourceBuckets"
        Effect   = "Allow"
        Action   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
        Resource = [for pair in var.pairs : pair.source.arn]
      },
      {
        Sid      = "ReadSourceVersions"
        Effect   = "Allow"
        Action   = ["s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging"]
        Resource = [for pair in var.pairs : "${pair.source.arn}/*"]
      },
      {
        Sid      = "WriteReplicas"
        Effect   = "Allow"
        Action   = ["s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"]
        Resource = [for pair in var.pairs : "${pair.destination.arn}/*"]
      },
      {
        Sid       = "OpenSource"
        Effect    = "Allow"
        Action    = "kms:Decrypt"
        Resource  = var.source_kms_key_arn
        Condition = { StringEquals = { "kms:ViaService" = "s3.${var.source_region}.amazonaws.com" } }
      },
      {
        Sid       = "SealReplicas"
        Effect    = "Allow"
        Action    = ["kms:Encrypt", "kms:GenerateDataKey"]
        Resource  = var.destination_kms_key_arn
        Condition = { StringEquals = { "kms:ViaService" = "s3.${var.destination_region}.amazonaws.com" } }
      },
    ]
  })
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = var.pairs

  bucket = each.value.source.name
  role   = aws_iam_role.replication.arn

  rule {
    id       = local.rule_id
    status   = "Enabled"
    priority = 0

    filter {}

    delete_marker_replication {
      status = "Enabled"
    }

    source_selection_criteria {
      # Without it everything encrypted with a CMK, here everything, is skipped in silence.
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
      # Tags changed on a replica find their way home.
      replica_modifications {
        status = "Enabled"
      }
    }

    destination {
      bucket        = each.value.destination.arn
      storage_class = "STANDARD"

      encryption_configuration {
        replica_kms_key_id = var.destination_kms_key_arn
      }

      # Replication Time Control promises 15 minutes for 99.9 % of objects, and measures what it does.
      replication_time {
        status = "Enabled"
        time {
          minutes = 15
        }
      }
      metrics {
        status = "Enabled"
        event_threshold {
          minutes = 15
        }
      }
    }
  }

  lifecycle {
    precondition {
      condition     = each.value.source.versioning == "Enabled" && each.value.destination.versioning == "Enabled"
      error_message = "Both buckets of a replicated pair must be versioned."
    }
  }

  depends_on = [aws_iam_role_policy.replication]
}
