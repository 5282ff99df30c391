# One bucket: versioned, encrypted, closed, TLS only, tidied and emptied by a destroy.

mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name        = "s3-transaction-logs-primary-demo"
  tags        = { Environment = "staging", CostCenter = "4711", DR-Role = "primary" }
  kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  transitions = [
    { days = 30, storage_class = "STANDARD_IA" },
    { days = 90, storage_class = "GLACIER_IR" },
  ]
  noncurrent_days = 90
}

run "is_versioned_and_encrypted" {
  assert {
    condition     = aws_s3_bucket_versioning.this.versioning_configuration[0].status == "Enabled" && output.versioning == "Enabled"
    error_message = "Every version is kept."
  }

  assert {
    condition = alltrue([for rule in aws_s3_bucket_server_side_encryption_configuration.this.rule :
      rule.apply_server_side_encryption_by_default[0].sse_algorithm == "aws:kms" && rule.apply_server_side_encryption_by_default[0].kms_master_key_id == var.kms_key_arn && rule.bucket_key_enabled
    ]) && length(aws_s3_bucket_server_side_encryption_configuration.this.rule) == 1
    error_message = "Objects are encrypted with the region's key, by bucket keys."
  }
}

run "refuses_every_other_encryption" {
  assert {
    condition = { for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Sid => statement.Condition if statement.Action == "s3:PutObject" } == {
      RefuseOtherEncryption = {
        StringNotEquals = { "s3:x-amz-server-side-encryption" = "aws:kms" }
        Null            = { "s3:x-amz-server-side-encryption" = "false" }
      }
      RefuseOtherKeys = {
        StringNotEquals = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = var.kms_key_arn }
        Null            = { "s3:x-amz-server-side-encryption-aws-kms-key-id" = "false" }
      }
      RefuseClientsKeys = { Null = { "s3:x-amz-server-side-encryption-customer-algorithm" = "false" } }
    }
    error_message = "Another key is refused; a request that names none is not."
  }
}

run "is_closed_to_the_public" {
  assert {
    condition     = aws_s3_bucket_public_access_block.this.block_public_acls && aws_s3_bucket_public_access_block.this.block_public_policy && aws_s3_bucket_public_access_block.this.ignore_public_acls && aws_s3_bucket_public_access_block.this.restrict_public_buckets
    error_message = "All four blocks are on."
  }

  assert {
    condition     = aws_s3_bucket_ownership_controls.this.rule[0].object_ownership == "BucketOwnerEnforced"
    error_message = "Access lists have no effect."
  }

  assert {
    condition     = alltrue([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : statement.Effect == "Deny"])
    error_message = "The policy only takes away."
  }
}

run "is_reached_by_tls_alone" {
  assert {
    condition = anytrue([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement :
      try(statement.Condition.Bool["aws:SecureTransport"], "") == "false" && statement.Principal == "*" && statement.Action == "s3:*" && length(statement.Resource) == 2
    ])
    error_message = "Plain text is refused for the bucket and its objects."
  }

  assert {
    condition     = anytrue([for statement in jsondecode(aws_s3_bucket_policy.this.policy).Statement : try(statement.Condition.NumericLessThan["s3:TlsVersion"], "") == "1.2"])
    error_message = "TLS 1.2 is the oldest accepted."
  }
}

run "moves_to_cheaper_classes_and_tidies_up" {
  assert {
    condition     = toset([for transition in aws_s3_bucket_lifecycle_configuration.this.rule[0].transition : "${transition.days} ${transition.storage_class}"]) == toset(["30 STANDARD_IA", "90 GLACIER_IR"])
    error_message = "Objects move by age."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[0].noncurrent_version_expiration[0].noncurrent_days == 90
    error_message = "Old versions go."
  }

  assert {
    condition     = aws_s3_bucket_lifecycle_configuration.this.rule[1].abort_incomplete_multipart_upload[0].days_after_initiation == 7 && aws_s3_bucket_lifecycle_configuration.this.rule[1].expiration[0].expired_object_delete_marker
    error_message = "Torn uploads and lone delete markers go."
  }

  assert {
    condition     = alltrue([for rule in aws_s3_bucket_lifecycle_configuration.this.rule : rule.status == "Enabled" && alltrue([for expiration in rule.expiration : coalesce(expiration.days, 0) == 0])])
    error_message = "No current object ever expires."
  }
}

run "can_be_destroyed_and_is_tagged" {
  assert {
    condition     = aws_s3_bucket.this.force_destroy
    error_message = "A destroy empties the bucket."
  }

  assert {
    condition     = aws_s3_bucket.this.bucket == var.name && aws_s3_bucket.this.tags == tomap(merge(var.tags, { Name = var.name }))
    error_message = "The bucket has its name and tags."
  }
}

run "refuses_a_name_with_dots" {
  command = plan

  variables {
    name = "logs.example.net"
  }

  expect_failures = [var.name]
}

run "refuses_a_name_too_long" {
  command = plan

  variables {
    name = "s3-transaction-logs-secondary-a-suffix-that-is-far-too-long-for-it"
  }

  expect_failures = [var.name]
}

run "refuses_to_drop_old_versions_at_once" {
  command = plan

  variables {
    noncurrent_days = 0
  }

  expect_failures = [var.noncurrent_days]
}
