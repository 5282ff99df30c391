# The name that follows the healthy region: zone made or given, what is checked how often, and the arithmetic of the worst case.

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
  domain_name = "ledger.example.net"
  switch_alarm = {
    name       = "alarm-standby-takes-over-secondary-demo"
    region     = "us-west-2"
    definition = "first"
  }
}

run "makes_a_zone_that_can_be_destroyed" {
  variables {
    naming = run.label
  }

  assert {
    condition     = length(aws_route53_zone.this) == 1 && aws_route53_zone.this[0].name == "ledger.example.net" && aws_route53_zone.this[0].force_destroy
    error_message = "Without a zone given, one is made for the domain."
  }

  assert {
    condition     = length(data.aws_route53_zone.given) == 0 && output.hosted_zone_id == aws_route53_zone.this[0].zone_id
    error_message = "The records go into the zone that was made."
  }
}

run "writes_into_a_given_zone" {
  variables {
    naming         = run.label
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  override_data {
    target = data.aws_route53_zone.given
    values = {
      zone_id      = "Z0123456789ABCDEFGHIJ"
      name         = "example.net"
      name_servers = ["ns-1.example.net"]
    }
  }

  assert {
    condition     = length(aws_route53_zone.this) == 0 && aws_route53_record.primary.zone_id == "Z0123456789ABCDEFGHIJ" && aws_route53_record.secondary.zone_id == "Z0123456789ABCDEFGHIJ"
    error_message = "The records go into the given zone, and none is made."
  }
}

run "checks_both_endpoints_every_ten_seconds" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_route53_health_check.primary.fqdn == "primary.ledger.example.net" && aws_route53_health_check.secondary.fqdn == "secondary.ledger.example.net"
    error_message = "Each region's own host is checked."
  }

  assert {
    condition = alltrue([for check in [aws_route53_health_check.primary, aws_route53_health_check.secondary] :
      check.type == "HTTPS" && check.port == 443 && check.enable_sni && check.request_interval == 10 && check.failure_threshold == 2 && check.resource_path == "/healthz"
    ])
    error_message = "By HTTPS, fast, and forgiving one lost probe."
  }
}

run "watches_the_switch_in_the_standby_region" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_route53_health_check.switch.type == "CLOUDWATCH_METRIC" && aws_route53_health_check.switch.cloudwatch_alarm_name == "alarm-standby-takes-over-secondary-demo" && aws_route53_health_check.switch.cloudwatch_alarm_region == "us-west-2"
    error_message = "The switch is the metric behind an alarm of the standby region."
  }

  assert {
    condition     = aws_route53_health_check.switch.insufficient_data_health_status == "LastKnownStatus" && coalesce(aws_route53_health_check.switch.invert_healthcheck, false) == false
    error_message = "Without data the switch stays where it was; an alarm that rings is an unhealthy check."
  }

  assert {
    condition     = aws_route53_health_check.switch.triggers == tomap({ alarm = "first" })
    error_message = "An alarm that was changed is copied again."
  }
}

run "serves_the_primary_only_while_its_host_answers_and_the_switch_is_not_thrown" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_route53_health_check.application.type == "CALCULATED" && aws_route53_health_check.application.child_health_threshold == 2
    error_message = "Both must be healthy."
  }

  assert {
    condition     = toset(aws_route53_health_check.application.child_healthchecks) == toset([aws_route53_health_check.primary.id, aws_route53_health_check.switch.id])
    error_message = "The host's check and the switch's."
  }

  assert {
    condition     = output.application_health_check_id == aws_route53_health_check.application.id && output.switch_health_check_id == aws_route53_health_check.switch.id
    error_message = "Both are put out."
  }
}

run "fails_over_by_the_primarys_health" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_route53_record.primary.failover_routing_policy[0].type == "PRIMARY" && aws_route53_record.primary.health_check_id == aws_route53_health_check.application.id
    error_message = "The primary's record hangs on the calculated check."
  }

  assert {
    condition     = aws_route53_record.secondary.failover_routing_policy[0].type == "SECONDARY" && aws_route53_record.secondary.health_check_id == null
    error_message = "The standby's record always answers: a stumbling standby must not bring the dead primary back."
  }

  assert {
    condition     = aws_route53_record.primary.name == "app.ledger.example.net" && aws_route53_record.secondary.name == aws_route53_record.primary.name && aws_route53_record.primary.set_identifier != aws_route53_record.secondary.set_identifier
    error_message = "One name, two records."
  }

  assert {
    condition     = toset(aws_route53_record.primary.records) == toset(["primary.ledger.example.net"]) && toset(aws_route53_record.secondary.records) == toset(["secondary.ledger.example.net"])
    error_message = "Each record points at its region."
  }
}

run "cuts_over_within_a_minute_at_worst" {
  variables {
    naming = run.label
  }

  assert {
    condition     = aws_route53_record.primary.ttl <= 30 && aws_route53_record.secondary.ttl <= 30
    error_message = "Answers are not held for long."
  }

  assert {
    condition     = output.detection_seconds == 32 && output.cutover_seconds == output.detection_seconds + aws_route53_record.primary.ttl && output.cutover_seconds <= 60
    error_message = "Detection and TTL together stay within a minute."
  }

  assert {
    condition     = output.switch_seconds == 90
    error_message = "A period of the metric, its reading and the TTL."
  }
}

run "takes_endpoints_of_its_own" {
  variables {
    naming             = run.label
    primary_endpoint   = "use1.ledger.example.net"
    secondary_endpoint = "usw2.ledger.example.net"
    health_check_path  = "/ready?deep=1"
  }

  assert {
    condition     = aws_route53_health_check.primary.fqdn == "use1.ledger.example.net" && toset(aws_route53_record.secondary.records) == toset(["usw2.ledger.example.net"]) && aws_route53_health_check.secondary.resource_path == "/ready?deep=1"
    error_message = "Given endpoints are checked and pointed at."
  }
}

run "names_and_tags_everything" {
  variables {
    naming = run.label
  }

  assert {
    condition = alltrue([for tags in [aws_route53_zone.this[0].tags, aws_route53_health_check.primary.tags, aws_route53_health_check.secondary.tags, aws_route53_health_check.switch.tags, aws_route53_health_check.application.tags] :
      tags.Environment == "staging" && tags.CostCenter == "4711" && tags["DR-Role"] == "global" && endswith(tags.Name, "-demo")
    ])
    error_message = "Zone and health checks carry the tags of both regions."
  }
}

run "refuses_a_zone_of_another_domain" {
  command = plan

  variables {
    naming         = run.label
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  override_data {
    target = data.aws_route53_zone.given
    values = {
      zone_id = "Z0123456789ABCDEFGHIJ"
      name    = "other.example.org"
    }
  }

  expect_failures = [data.aws_route53_zone.given]
}

run "refuses_a_zone_whose_name_merely_ends_alike" {
  command = plan

  variables {
    naming         = run.label
    domain_name    = "notexample.net"
    hosted_zone_id = "Z0123456789ABCDEFGHIJ"
  }

  override_data {
    target = data.aws_route53_zone.given
    values = {
      zone_id = "Z0123456789ABCDEFGHIJ"
      name    = "example.net"
    }
  }

  expect_failures = [data.aws_route53_zone.given]
}
