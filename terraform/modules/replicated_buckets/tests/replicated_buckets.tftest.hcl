# Both data sets in both regions, replicated both ways.

mock_provider "aws" {
  alias  = "primary"
  source = "../../mocks"
}

mock_provider "aws" {
  alias  = "secondary"
  source = "../../mocks"
}

run "label_primary" {
  module {
    source = "../naming"
  }

  variables {
    environment_suffix = "demo"
    dr_role            = "primary"
    environment        = "staging"
    cost_center        = "4711"
    owner              = "owner@example.net"
  }
}

run "label_secondary" {
  module {
    source = "../naming"
  }

  variables {
    environment_suffix = "demo"
    dr_role            = "secondary"
    environment        = "staging"
    cost_center        = "4711"
    owner              = "owner@example.net"
  }
}

variables {
  primary_region        = "us-east-1"
  primary_kms_key_arn   = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  secondary_region      = "us-west-2"
  secondary_kms_key_arn = "arn:aws:kms:us-west-2:123456789012:key/66666666-7777-8888-9999-000000000000"
  account_id            = "123456789012"
}

run "keeps_both_data_sets_in_both_regions" {
  variables {
    primary_naming   = run.label_primary
    secondary_naming = run.label_secondary
  }

  assert {
    condition     = output.primary_bucket_names["transaction_logs"] == "s3-transaction-logs-primary-demo" && output.primary_bucket_names["application_data"] == "s3-application-data-primary-demo"
    error_message = "The primary region has both data sets."
  }

  assert {
    condition     = output.secondary_bucket_names["transaction_logs"] == "s3-transaction-logs-secondary-demo" && output.secondary_bucket_names["application_data"] == "s3-application-data-secondary-demo"
    error_message = "The secondary region has both data sets."
  }

  assert {
    condition     = toset(keys(output.replication_role_arns)) == toset(["outward", "homeward"])
    error_message = "What is written after a failover must find its way back."
  }

  assert {
    condition     = output.replication_rules["outward"]["transaction_logs"].source_bucket == "s3-transaction-logs-primary-demo" && output.replication_rules["outward"]["transaction_logs"].destination_bucket == "s3-transaction-logs-secondary-demo" && output.replication_rules["homeward"]["application_data"].destination_bucket == "s3-application-data-primary-demo"
    error_message = "Each bucket is replicated to its twin, there and back."
  }

  assert {
    condition     = toset(keys(output.primary_bucket_arns)) == toset(["transaction_logs", "application_data"]) && toset(keys(output.secondary_bucket_arns)) == toset(["transaction_logs", "application_data"])
    error_message = "ARNs are put out for each data set."
  }
}

run "keeps_one_data_set_when_asked_for_one" {
  command = plan

  variables {
    primary_naming   = run.label_primary
    secondary_naming = run.label_secondary
    datasets         = ["transaction_logs"]
  }

  assert {
    condition     = keys(output.primary_bucket_names) == ["transaction_logs"] && keys(output.secondary_bucket_names) == ["transaction_logs"]
    error_message = "No bucket for what is not kept."
  }
}

run "refuses_a_data_set_nobody_knows" {
  command = plan

  variables {
    primary_naming   = run.label_primary
    secondary_naming = run.label_secondary
    datasets         = ["transaction_logs", "pictures"]
  }

  expect_failures = [var.datasets]
}

run "refuses_to_keep_nothing" {
  command = plan

  variables {
    primary_naming   = run.label_primary
    secondary_naming = run.label_secondary
    datasets         = []
  }

  expect_failures = [var.datasets]
}
