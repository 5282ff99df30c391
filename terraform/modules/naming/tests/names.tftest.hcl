# Names and tags for each role, and that no accepted suffix can make a name too long.

variables {
  environment_suffix = "demo"
  dr_role            = "primary"
  environment        = "staging"
  cost_center        = "4711"
  owner              = "owner@example.net"
}

run "puts_the_role_into_the_resource_type" {
  assert {
    condition     = output.names.vpc == "vpc-primary-demo" && output.names.s3_transaction_logs == "s3-transaction-logs-primary-demo"
    error_message = "Names of a region are {resource-type}-{role}-{suffix}."
  }

  assert {
    condition     = output.zone_names.public_subnet == ["subnet-public-primary-1-demo", "subnet-public-primary-2-demo", "subnet-public-primary-3-demo"]
    error_message = "Names of a zone carry its number before the suffix."
  }

  assert {
    condition     = alltrue([for name in concat(values(output.names), flatten(values(output.zone_names))) : endswith(name, "-demo")])
    error_message = "Every name ends with the suffix."
  }

  assert {
    condition     = !contains(keys(output.names), "aurora_global")
    error_message = "What stands once for both regions has no name in one of them."
  }
}

run "gives_the_secondary_names_of_its_own" {
  variables {
    dr_role = "secondary"
  }

  assert {
    condition     = output.names.vpc == "vpc-secondary-demo" && output.names.replication_role == "iam-role-s3-replication-secondary-demo"
    error_message = "The secondary's names must differ from the primary's."
  }
}

run "leaves_the_role_out_of_global_names" {
  variables {
    dr_role = "global"
  }

  assert {
    condition     = output.names.aurora_global == "aurora-global-demo" && output.names.database_secret == "secret-database-demo"
    error_message = "Names of the whole environment are {resource-type}-{suffix}."
  }

  assert {
    condition     = !contains(keys(output.names), "vpc") && length(output.zone_names) == 0
    error_message = "What a region owns has no global name."
  }
}

run "carries_every_required_tag" {
  assert {
    condition = output.tags == {
      Environment = "staging"
      CostCenter  = "4711"
      DR-Role     = "primary"
      Owner       = "owner@example.net"
      ManagedBy   = "lifeboat"
    }
    error_message = "Environment, CostCenter, DR-Role, Owner and ManagedBy are on everything."
  }
}

run "keeps_security_groups_off_the_prefix_aws_reserves" {
  assert {
    condition     = alltrue([for name in values(output.names) : !startswith(name, "sg-")])
    error_message = "AWS refuses security group names that begin with sg-."
  }
}

run "fits_the_longest_suffix_into_every_limit" {
  variables {
    environment_suffix = "a1234567890123456789"
    dr_role            = "secondary"
  }

  assert {
    condition     = output.tightest_headroom >= 0
    error_message = "The longest suffix must leave every name within its limit."
  }

  assert {
    condition     = length(output.names.database_monitoring_role) <= 64 && length(output.names.s3_transaction_logs) <= 63 && alltrue([for name in output.zone_names.aurora_instance : length(name) <= 63])
    error_message = "IAM roles have 64, buckets and database instances 63 characters at most."
  }
}

run "takes_letters_of_any_language_in_tags" {
  variables {
    cost_center = "Zürich Hauptsitz 12"
  }

  assert {
    condition     = output.tags.CostCenter == "Zürich Hauptsitz 12"
    error_message = "AWS takes letters of any language, and inner spaces."
  }
}
