# One run per refused input.

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
  account_id                = "123456789012"
  global_cluster_identifier = "aurora-global-demo"
  engine_version            = "8.0.mysql_aurora.3.10.0"
  primary_region            = "us-east-1"
  database_name             = "transactions"
  master_username           = "lifeboat_admin"
  master_password           = "mocked-password"
  subnet_ids                = ["subnet-a", "subnet-b", "subnet-c"]
  availability_zones        = ["us-east-1a", "us-east-1b", "us-east-1c"]
  instance_count            = 3
  min_capacity_acu          = 2
  max_capacity_acu          = 16
  kms_key_arn               = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  security_group_id         = "sg-12345678"
  backup_window             = "07:00-08:00"
  maintenance_window        = "sun:09:00-sun:10:00"
}

run "refuses_an_engine_whose_readers_restart_with_the_primary" {
  command = plan

  variables {
    naming         = run.label
    engine_version = "8.0.mysql_aurora.3.08.2"
  }

  expect_failures = [var.engine_version]
}

run "refuses_another_engine" {
  command = plan

  variables {
    naming = run.label
    engine = "mysql"
  }

  expect_failures = [var.engine]
}

run "refuses_the_other_engines_version" {
  command = plan

  variables {
    naming         = run.label
    engine_version = "16.6"
  }

  expect_failures = [var.engine_version]
}

run "refuses_a_postgresql_whose_readers_restart_with_the_primary" {
  command = plan

  variables {
    naming         = run.label
    engine         = "aurora-postgresql"
    engine_version = "16.5"
  }

  expect_failures = [var.engine_version]
}

run "refuses_mysqls_version_for_postgresql" {
  command = plan

  variables {
    naming = run.label
    engine = "aurora-postgresql"
  }

  expect_failures = [var.engine_version]
}

run "refuses_a_bound_below_auroras_least" {
  command = plan

  variables {
    naming            = run.label
    engine            = "aurora-postgresql"
    engine_version    = "16.8"
    rpo_bound_seconds = 19
  }

  expect_failures = [var.rpo_bound_seconds]
}

run "refuses_a_bound_for_mysql" {
  command = plan

  variables {
    naming            = run.label
    rpo_bound_seconds = 20
  }

  expect_failures = [var.rpo_bound_seconds]
}

run "refuses_a_primary_without_password" {
  command = plan

  variables {
    naming          = run.label
    master_password = null
  }

  expect_failures = [var.master_password]
}

run "refuses_two_subnets" {
  command = plan

  variables {
    naming     = run.label
    subnet_ids = ["subnet-a", "subnet-b"]
  }

  expect_failures = [var.subnet_ids]
}

run "refuses_two_zones" {
  command = plan

  variables {
    naming             = run.label
    availability_zones = ["us-east-1a", "us-east-1b", "us-east-1b"]
  }

  expect_failures = [var.availability_zones]
}

run "refuses_a_cluster_without_instances" {
  command = plan

  variables {
    naming         = run.label
    instance_count = 0
  }

  expect_failures = [var.instance_count]
}

run "refuses_a_fourth_instance" {
  command = plan

  variables {
    naming         = run.label
    instance_count = 4
  }

  expect_failures = [var.instance_count]
}

run "refuses_half_an_instance" {
  command = plan

  variables {
    naming         = run.label
    instance_count = 1.5
  }

  expect_failures = [var.instance_count]
}

run "refuses_a_capacity_of_zero" {
  command = plan

  variables {
    naming           = run.label
    min_capacity_acu = 0
  }

  expect_failures = [var.min_capacity_acu]
}

run "refuses_a_capacity_between_steps" {
  command = plan

  variables {
    naming           = run.label
    min_capacity_acu = 0.75
  }

  expect_failures = [var.min_capacity_acu]
}

run "refuses_more_capacity_than_there_is" {
  command = plan

  variables {
    naming           = run.label
    max_capacity_acu = 256.5
  }

  expect_failures = [var.max_capacity_acu]
}

run "refuses_bounds_the_wrong_way_round" {
  command = plan

  variables {
    naming           = run.label
    min_capacity_acu = 8
    max_capacity_acu = 4
  }

  expect_failures = [var.max_capacity_acu]
}
