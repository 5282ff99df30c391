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
    dr_role            = "secondary"
    environment        = "staging"
    cost_center        = "4711"
    owner              = "owner@example.net"
  }
}

variables {
  environment_suffix        = "demo"
  region                    = "us-west-2"
  primary_region            = "us-east-1"
  account_id                = "123456789012"
  kms_key_arn               = "arn:aws:kms:us-west-2:123456789012:key/22222222-2222-3333-4444-555555555555"
  alerts_topic_arn          = "arn:aws:sns:us-west-2:123456789012:sns-alerts-secondary-demo"
  global_cluster_identifier = "aurora-global-demo"
  database_name             = "transactions"
  primary_url               = "https://primary.ledger.example.net/healthz"
  reserved_concurrency      = 2
  log_retention_days        = 365
  vpc = {
    subnet_ids         = ["subnet-1", "subnet-2", "subnet-3"]
    security_group_ids = ["sg-1"]
  }
  primary_cluster = {
    identifier  = "aurora-cluster-primary-demo"
    arn         = "arn:aws:rds:us-east-1:123456789012:cluster:aurora-cluster-primary-demo"
    secret_arn  = "arn:aws:secretsmanager:us-east-1:123456789012:secret:secret-database-demo-AbCdEf"
    kms_key_arn = "arn:aws:kms:us-east-1:123456789012:key/11111111-2222-3333-4444-555555555555"
  }
  standby_cluster = {
    identifier = "aurora-cluster-secondary-demo"
    arn        = "arn:aws:rds:us-west-2:123456789012:cluster:aurora-cluster-secondary-demo"
    secret_arn = "arn:aws:secretsmanager:us-west-2:123456789012:secret:secret-database-demo-AbCdEf"
  }
  policy = {
    armed                  = true
    anti_flap_seconds      = 3600
    lag_limit_seconds      = 60
    probe_interval_seconds = 5
    probes_to_condemn      = 3
  }
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

run "refuses_to_stand_in_the_primary_region" {
  command = plan

  variables {
    naming = run.label_primary
  }

  expect_failures = [var.naming]
}

run "refuses_a_region_that_stands_in_for_itself" {
  command = plan

  variables {
    naming         = run.label
    primary_region = "us-west-2"
  }

  expect_failures = [var.primary_region]
}

run "refuses_an_address_without_tls" {
  command = plan

  variables {
    naming      = run.label
    primary_url = "http://primary.ledger.example.net/healthz"
  }

  expect_failures = [var.primary_url]
}

run "refuses_an_address_without_a_path" {
  command = plan

  variables {
    naming      = run.label
    primary_url = "https://primary.ledger.example.net"
  }

  expect_failures = [var.primary_url]
}

run "refuses_a_single_invocation" {
  command = plan

  variables {
    naming               = run.label
    reserved_concurrency = 1
  }

  expect_failures = [var.reserved_concurrency]
}

run "refuses_a_negative_anti_flap_window" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = true
      anti_flap_seconds      = -1
      lag_limit_seconds      = 60
      probe_interval_seconds = 5
      probes_to_condemn      = 3
    }
  }

  expect_failures = [var.policy]
}

run "refuses_an_anti_flap_window_beyond_a_day" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = true
      anti_flap_seconds      = 86401
      lag_limit_seconds      = 60
      probe_interval_seconds = 5
      probes_to_condemn      = 3
    }
  }

  expect_failures = [var.policy]
}

run "refuses_no_lag_at_all" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = true
      anti_flap_seconds      = 3600
      lag_limit_seconds      = 0
      probe_interval_seconds = 5
      probes_to_condemn      = 3
    }
  }

  expect_failures = [var.policy]
}

run "refuses_lag_beyond_an_hour" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = true
      anti_flap_seconds      = 3600
      lag_limit_seconds      = 3601
      probe_interval_seconds = 5
      probes_to_condemn      = 3
    }
  }

  expect_failures = [var.policy]
}

run "refuses_half_a_second_of_lag" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = true
      anti_flap_seconds      = 3600
      lag_limit_seconds      = 0.5
      probe_interval_seconds = 5
      probes_to_condemn      = 3
    }
  }

  expect_failures = [var.policy]
}

run "refuses_probes_too_quick" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = true
      anti_flap_seconds      = 3600
      lag_limit_seconds      = 60
      probe_interval_seconds = 4
      probes_to_condemn      = 3
    }
  }

  expect_failures = [var.policy]
}

run "refuses_probes_too_slow" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = true
      anti_flap_seconds      = 3600
      lag_limit_seconds      = 60
      probe_interval_seconds = 11
      probes_to_condemn      = 3
    }
  }

  expect_failures = [var.policy]
}

run "refuses_to_condemn_after_one_probe" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = true
      anti_flap_seconds      = 3600
      lag_limit_seconds      = 60
      probe_interval_seconds = 5
      probes_to_condemn      = 1
    }
  }

  expect_failures = [var.policy]
}

run "refuses_to_condemn_after_five_probes" {
  command = plan

  variables {
    naming = run.label
    policy = {
      armed                  = true
      anti_flap_seconds      = 3600
      lag_limit_seconds      = 60
      probe_interval_seconds = 5
      probes_to_condemn      = 5
    }
  }

  expect_failures = [var.policy]
}
