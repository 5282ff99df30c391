# A secret found by its name, or not.

mock_provider "aws" {
  source = "../../mocks"
}

variables {
  name   = "payments/database"
  region = "us-east-1"
  remedy = "Make it"
}

# The list as AWS answers: whatever begins with the name.
override_data {
  target = data.aws_secretsmanager_secrets.named
  values = {
    names = ["payments/database-old", "payments/database"]
    arns  = ["arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-old-Zz9Yy8", "arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-AbCdEf"]
  }
}

override_data {
  target = data.aws_secretsmanager_secret_versions.this
  values = {
    versions = [{ version_id = "11111111-2222-3333-4444-555555555555", version_stages = ["AWSCURRENT"], created_time = "2026-01-01T00:00:00Z", last_accessed_date = "2026-01-01" }]
  }
}

override_data {
  target = data.aws_secretsmanager_secret.this
  values = {
    arn        = "arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-AbCdEf"
    kms_key_id = ""
  }
}

run "finds_it_by_its_whole_name" {
  assert {
    condition     = data.aws_secretsmanager_secret.this.arn == local.arns["payments/database"] && local.arns["payments/database"] == "arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-AbCdEf"
    error_message = "Not another whose name begins alike."
  }

  assert {
    condition     = output.secret == { name = "payments/database", region = "us-east-1", arn = "arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-AbCdEf" }
    error_message = "Where it is, is put out."
  }

  assert {
    condition     = output.kms_key_arn == null && length(data.aws_kms_key.this) == 0
    error_message = "AWS's own key needs no right of its own."
  }
}

run "tells_the_key_it_lies_under" {
  override_data {
    target = data.aws_secretsmanager_secret.this
    values = {
      arn        = "arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-AbCdEf"
      kms_key_id = "alias/payments"
    }
  }

  override_data {
    target = data.aws_kms_key.this[0]
    values = {
      arn = "arn:aws:kms:us-east-1:123456789012:key/33333333-2222-3333-4444-555555555555"
    }
  }

  assert {
    condition     = output.kms_key_arn == "arn:aws:kms:us-east-1:123456789012:key/33333333-2222-3333-4444-555555555555" && data.aws_kms_key.this[0].key_id == "alias/payments"
    error_message = "However the secret names its key, its ARN is put out."
  }
}

run "names_a_missing_secret" {
  command = plan

  override_data {
    target = data.aws_secretsmanager_secrets.named
    values = {
      names = ["payments/database-old"]
      arns  = ["arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-old-Zz9Yy8"]
    }
  }

  expect_failures = [data.aws_secretsmanager_secrets.named]
}

run "names_an_empty_secret" {
  command = plan

  override_data {
    target = data.aws_secretsmanager_secret_versions.this
    values = {
      arn      = "arn:aws:secretsmanager:us-east-1:123456789012:secret:payments/database-AbCdEf"
      versions = [{ version_id = "11111111-2222-3333-4444-555555555555", version_stages = ["AWSPENDING"], created_time = "2026-01-01T00:00:00Z", last_accessed_date = "2026-01-01" }]
    }
  }

  expect_failures = [data.aws_secretsmanager_secret_versions.this]
}

run "refuses_what_is_no_name" {
  command = plan

  variables {
    name = "payments database"
  }

  expect_failures = [var.name]
}
