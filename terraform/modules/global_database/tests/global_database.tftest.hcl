# The global database: encrypted, destroyable, named, of the engine that was asked for.

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
  engine         = "aurora-postgresql"
  engine_version = "16.8"
}

run "is_encrypted_and_of_the_engine_asked_for" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_rds_global_cluster.this.storage_encrypted && aws_rds_global_cluster.this.engine == "aurora-postgresql" && aws_rds_global_cluster.this.engine_version == "16.8"
    error_message = "An encrypted global database."
  }

  assert {
    condition     = output.identifier == aws_rds_global_cluster.this.id
    error_message = "What clusters become members by is put out."
  }
}

run "can_be_destroyed" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_rds_global_cluster.this.deletion_protection == false && aws_rds_global_cluster.this.force_destroy
    error_message = "Nothing holds it back."
  }
}

run "belongs_to_both_regions" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_rds_global_cluster.this.global_cluster_identifier == "aurora-global-demo" && aws_rds_global_cluster.this.tags["Environment"] == "staging" && aws_rds_global_cluster.this.tags["CostCenter"] == "4711" && aws_rds_global_cluster.this.tags["DR-Role"] == "global"
    error_message = "Name and tags are those of what both regions share."
  }
}
