# The secret and its replica: keys, name, tags, and that it goes at once.

mock_provider "aws" {
  source = "../../mocks"
}

run "label" {
  module {
    source = "../naming"
  }

  variables {
    environment_suffix = "demo"
    dr_role            = "global"
    environment        = "staging"
    cost_center        = "4711"
    owner              = "owner@example.net"
  }
}

variables {
  primary_kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  replica_region      = "us-west-2"
  replica_kms_key_arn = "arn:aws:kms:us-west-2:123456789012:key/66666666-7777-8888-9999-000000000000"
}

run "replicates_the_secret_each_copy_under_its_own_key" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_secretsmanager_secret.this.name == "secret-database-demo" && aws_secretsmanager_secret.this.kms_key_id == var.primary_kms_key_arn
    error_message = "The secret is encrypted with the primary region's key."
  }

  assert {
    condition     = alltrue([for replica in aws_secretsmanager_secret.this.replica : replica.region == "us-west-2" && replica.kms_key_id == var.replica_kms_key_arn]) && length(aws_secretsmanager_secret.this.replica) == 1
    error_message = "The replica can be opened without the primary region."
  }

  assert {
    condition     = output.secret_arn == "arn:aws:secretsmanager:us-east-1:123456789012:secret:mocked-AbCdEf" && output.replica_secret_arn == "arn:aws:secretsmanager:us-west-2:123456789012:secret:mocked-AbCdEf"
    error_message = "The replica's ARN differs in the region alone."
  }
}

run "can_be_destroyed_at_once_and_is_tagged" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_secretsmanager_secret.this.recovery_window_in_days == 0 && aws_secretsmanager_secret.this.force_overwrite_replica_secret
    error_message = "The name is free again right after a destroy."
  }

  assert {
    condition     = aws_secretsmanager_secret.this.tags.Environment == "staging" && aws_secretsmanager_secret.this.tags.CostCenter == "4711" && aws_secretsmanager_secret.this.tags["DR-Role"] == "global"
    error_message = "The secret carries the tags of both regions."
  }
}
