# Two certificates, three records. Mocks invent what AWS answers, so the answers are given here.

mock_provider "aws" {
  alias  = "primary"
  source = "../../mocks"

  mock_resource "aws_acm_certificate" {
    defaults = {
      arn = "arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555"
      domain_validation_options = [
        { domain_name = "api.pay.example.net", resource_record_name = "_s.api.pay.example.net.", resource_record_type = "CNAME", resource_record_value = "_s.acm-validations.aws." },
        { domain_name = "primary.api.pay.example.net", resource_record_name = "_p.primary.api.pay.example.net.", resource_record_type = "CNAME", resource_record_value = "_p.acm-validations.aws." },
      ]
    }
  }
}

mock_provider "aws" {
  alias  = "secondary"
  source = "../../mocks"

  mock_resource "aws_acm_certificate" {
    defaults = {
      arn = "arn:aws:acm:us-east-2:123456789012:certificate/66666666-7777-8888-9999-000000000000"
      domain_validation_options = [
        { domain_name = "api.pay.example.net", resource_record_name = "_s.api.pay.example.net.", resource_record_type = "CNAME", resource_record_value = "_s.acm-validations.aws." },
        { domain_name = "secondary.api.pay.example.net", resource_record_name = "_x.secondary.api.pay.example.net.", resource_record_type = "CNAME", resource_record_value = "_x.acm-validations.aws." },
      ]
    }
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
  hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  shared_name    = "api.pay.example.net"
  primary_name   = "primary.api.pay.example.net"
  secondary_name = "secondary.api.pay.example.net"
}

run "covers_the_shared_name_and_the_regions_own" {
  variables {
    primary_naming   = run.label_primary
    secondary_naming = run.label_secondary
  }

  assert {
    condition     = aws_acm_certificate.primary.domain_name == "api.pay.example.net" && tolist(aws_acm_certificate.primary.subject_alternative_names) == tolist(["primary.api.pay.example.net"])
    error_message = "The primary's certificate is for both of its names."
  }

  assert {
    condition     = aws_acm_certificate.secondary.domain_name == "api.pay.example.net" && tolist(aws_acm_certificate.secondary.subject_alternative_names) == tolist(["secondary.api.pay.example.net"])
    error_message = "So is the standby's: it must be able to take over the shared one."
  }

  assert {
    condition     = aws_acm_certificate.primary.validation_method == "DNS" && aws_acm_certificate.secondary.validation_method == "DNS"
    error_message = "DNS validation renews without a person."
  }

  assert {
    condition     = aws_acm_certificate.primary.tags["DR-Role"] == "primary" && aws_acm_certificate.secondary.tags.Name == "certificate-secondary-demo"
    error_message = "Each is tagged with its region's role."
  }
}

run "writes_each_record_once" {
  variables {
    primary_naming   = run.label_primary
    secondary_naming = run.label_secondary
  }

  assert {
    condition = { for key, record in aws_route53_record.validation : key => "${record.name} ${record.type} ${one(record.records)}" } == {
      shared    = "_s.api.pay.example.net. CNAME _s.acm-validations.aws."
      primary   = "_p.primary.api.pay.example.net. CNAME _p.acm-validations.aws."
      secondary = "_x.secondary.api.pay.example.net. CNAME _x.acm-validations.aws."
    }
    error_message = "Both certificates ask for the same record of the shared name."
  }

  assert {
    condition     = alltrue([for record in aws_route53_record.validation : record.zone_id == "Z0123456789ABCDEFGHIJ" && record.allow_overwrite])
    error_message = "They go into the environment's zone."
  }
}

run "waits_until_both_are_issued" {
  variables {
    primary_naming   = run.label_primary
    secondary_naming = run.label_secondary
  }

  assert {
    condition     = aws_acm_certificate_validation.primary.certificate_arn == aws_acm_certificate.primary.arn && length(aws_acm_certificate_validation.primary.validation_record_fqdns) == 2 && aws_acm_certificate_validation.secondary.certificate_arn == aws_acm_certificate.secondary.arn && length(aws_acm_certificate_validation.secondary.validation_record_fqdns) == 2
    error_message = "Each waits for its two records."
  }

  assert {
    condition     = output.primary_certificate_arn == aws_acm_certificate.primary.arn && output.secondary_certificate_arn == aws_acm_certificate.secondary.arn
    error_message = "What is put out is issued."
  }
}

run "refuses_a_name_too_long_for_a_certificate" {
  command = plan

  variables {
    primary_naming   = run.label_primary
    secondary_naming = run.label_secondary
    shared_name      = "api.${join("", [for index in range(50) : "x"])}.example.net"
  }

  expect_failures = [var.shared_name]
}

run "refuses_one_name_for_both_regions" {
  command = plan

  variables {
    primary_naming   = run.label_primary
    secondary_naming = run.label_secondary
    secondary_name   = "primary.api.pay.example.net"
  }

  expect_failures = [var.secondary_name]
}
