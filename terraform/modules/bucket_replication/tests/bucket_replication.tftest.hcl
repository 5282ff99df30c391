# Replication of buckets: what is replicated, encrypted how, and what the role may do.

mock_provider "aws" {
  source = "../../mocks"
}

run "label" {
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

variables {
  account_id              = "123456789012"
  source_region           = "us-east-1"
  source_kms_key_arn      = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  destination_region      = "us-west-2"
  destination_kms_key_arn = "arn:aws:kms:us-west-2:123456789012:key/66666666-7777-8888-9999-000000000000"
  pairs = {
    logs = {
      source      = { name = "logs-here", arn = "arn:aws:s3:::logs-here", versioning = "Enabled" }
      destination = { name = "logs-there", arn = "arn:aws:s3:::logs-there", versioning = "Enabled" }
    }
    data = {
      source      = { name = "data-here", arn = "arn:aws:s3:::data-here", versioning = "Enabled" }
      destination = { name = "data-there", arn = "arn:aws:s3:::data-there", versioning = "Enabled" }
    }
  }
}

run "replicates_everything_of_every_pair" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_s3_bucket_replication_configuration.this["logs"].bucket == "logs-here" && aws_s3_bucket_replication_configuration.this["logs"].rule[0].destination[0].bucket == "arn:aws:s3:::logs-there" && aws_s3_bucket_replication_configuration.this["data"].rule[0].destination[0].bucket == "arn:aws:s3:::data-there"
    error_message = "Each bucket goes to its twin."
  }

  assert {
    condition = alltrue([for configuration in aws_s3_bucket_replication_configuration.this :
      configuration.rule[0].status == "Enabled" && configuration.rule[0].delete_marker_replication[0].status == "Enabled" && configuration.rule[0].source_selection_criteria[0].sse_kms_encrypted_objects[0].status == "Enabled"
    ])
    error_message = "Encrypted objects and deletions are replicated, too."
  }

  assert {
    condition     = alltrue([for configuration in aws_s3_bucket_replication_configuration.this : configuration.role == aws_iam_role.replication.arn])
    error_message = "S3 takes the role made for it."
  }
}

run "encrypts_replicas_with_the_other_regions_key" {
  variables {
    naming = run.label
  }

  assert {
    condition     = alltrue([for configuration in aws_s3_bucket_replication_configuration.this : configuration.rule[0].destination[0].encryption_configuration[0].replica_kms_key_id == var.destination_kms_key_arn])
    error_message = "Replicas can be read without the region they came from."
  }
}

run "measures_replication_time" {
  variables {
    naming = run.label
  }

  assert {
    condition     = alltrue([for configuration in aws_s3_bucket_replication_configuration.this : configuration.rule[0].destination[0].replication_time[0].status == "Enabled" && configuration.rule[0].destination[0].metrics[0].status == "Enabled" && configuration.rule[0].destination[0].replication_time[0].time[0].minutes == 15])
    error_message = "Replication Time Control is on, with its metrics."
  }

  assert {
    condition     = output.rules["logs"] == { source_bucket = "logs-here", destination_bucket = "logs-there", rule_id = "all" } && length(output.rules) == 2
    error_message = "What its metrics are found by is put out."
  }
}

run "gives_the_role_no_more_than_it_needs" {
  variables {
    naming = run.label
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.replication.policy).Statement :
      alltrue([for action in flatten([statement.Action]) : !strcontains(action, "*")]) && alltrue([for resource in flatten([statement.Resource]) : resource != "*"])
    ])
    error_message = "No wildcard action, no wildcard resource."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.replication.policy).Statement :
      alltrue([for resource in flatten([statement.Resource]) : strcontains(resource, "-there/")]) if statement.Sid == "WriteReplicas"
    ])
    error_message = "It writes to the twins' objects only."
  }

  assert {
    condition = alltrue([for statement in jsondecode(aws_iam_role_policy.replication.policy).Statement :
      try(statement.Condition.StringEquals["kms:ViaService"], "") == (statement.Sid == "OpenSource" ? "s3.us-east-1.amazonaws.com" : "s3.us-west-2.amazonaws.com")
      if startswith(flatten([statement.Action])[0], "kms:")
    ])
    error_message = "The keys serve it through S3 alone."
  }

  assert {
    condition     = jsondecode(aws_iam_role.replication.assume_role_policy).Statement[0].Principal.Service == "s3.amazonaws.com" && jsondecode(aws_iam_role.replication.assume_role_policy).Statement[0].Condition.StringEquals["aws:SourceAccount"] == "123456789012"
    error_message = "S3, for this account's buckets."
  }
}

run "bounds_the_role" {
  command = plan

  variables {
    naming                   = run.label
    permissions_boundary_arn = "arn:aws:iam::123456789012:policy/boundary"
  }

  assert {
    condition     = aws_iam_role.replication.permissions_boundary == "arn:aws:iam::123456789012:policy/boundary"
    error_message = "The boundary is on the role."
  }
}

run "names_and_tags_the_role" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_iam_role.replication.name == "iam-role-s3-replication-primary-demo" && aws_iam_role.replication.tags.Environment == "staging" && aws_iam_role.replication.tags.CostCenter == "4711" && aws_iam_role.replication.tags["DR-Role"] == "primary"
    error_message = "The role is named and tagged."
  }
}

run "refuses_an_unversioned_twin" {
  command = plan

  variables {
    naming = run.label
    pairs = {
      logs = {
        source      = { name = "logs-here", arn = "arn:aws:s3:::logs-here", versioning = "Enabled" }
        destination = { name = "logs-there", arn = "arn:aws:s3:::logs-there", versioning = "Suspended" }
      }
    }
  }

  expect_failures = [aws_s3_bucket_replication_configuration.this]
}
