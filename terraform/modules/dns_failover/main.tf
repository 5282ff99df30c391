# One name for the application that follows the healthy region.
#
# It leaves the primary when either of two things says so; Route 53 decides, with health checks that watch, and nobody has to change a record
# (its control plane is in us-east-1, the region this is to survive):
#
# 1. The primary's host stops answering. Worst case, from the first failed request to the last client that still holds the old answer:
#      detection  interval x threshold, and up to 60 % of it again until enough of the checkers in different regions agree:
#                 16 s per failure at a 10 s interval, so 32 s at a threshold of 2
#      TTL        20 s until a resolver that asked just before asks again
#      together   52 s
#    Threshold 1 would need 36 s but lets a single lost probe move production; threshold 3 (68 s) is over the minute we allow.
#
# 2. The switch "the standby takes over" is thrown in the standby region: a metric, watched through an alarm on it. It holds the name there when
#    the primary's host answers again, until somebody has failed back. Worst case, from throwing it:
#      metric     60 s: the alarm's period, which Route 53 reads by itself; the alarm's own state plays no part
#      reading    10 s until Route 53 has read it
#      TTL        20 s
#      together   90 s, side by side with the promotion of the database, which takes as long or longer
#
# Where the hosts are resources of AWS, the records are aliases, whose TTL is AWS's: 60 s in place of 20, so 92 s and 130 s.
#
# The primary's record hangs on the calculated check "host answers AND switch not thrown". An unknown metric leaves the switch where it was.

locals {
  seconds_per_failure = 16
  failure_threshold   = 2
  aliased             = var.targets != null
  record_type         = local.aliased ? "A" : "CNAME"
  record_ttl          = local.aliased ? 60 : 20
  detection_seconds   = local.seconds_per_failure * local.failure_threshold
  cutover_seconds     = local.detection_seconds + local.record_ttl

  switch_seconds = 60 + 10 + local.record_ttl

  makes_zone = var.hosted_zone_id == ""
  zone_id    = local.makes_zone ? aws_route53_zone.this[0].zone_id : data.aws_route53_zone.given[0].zone_id

  application_name   = "${var.application_label}.${var.domain_name}"
  primary_endpoint   = var.primary_endpoint == "" ? "primary.${var.domain_name}" : var.primary_endpoint
  secondary_endpoint = var.secondary_endpoint == "" ? "secondary.${var.domain_name}" : var.secondary_endpoint
}

################################################################################
# Zone
################################################################################

resource "aws_route53_zone" "this" {
  #checkov:skip=CKV2_AWS_38:signing needs a DS record in the parent zone, which only its owner can write and must take out before a destroy
  #checkov:skip=CKV2_AWS_39:the log would hold queries for one public name, in us-east-1 alone, and end with that region; health checks and alarms tell what was answered
  count = local.makes_zone ? 1 : 0

  name          = var.domain_name
  comment       = "Lifeboat ${var.naming.names.hosted_zone}"
  force_destroy = true

  tags = merge(var.naming.tags, { Name = var.naming.names.hosted_zone })
}

data "aws_route53_zone" "given" {
  count = local.makes_zone ? 0 : 1

  zone_id = var.hosted_zone_id

  lifecycle {
    postcondition {
      condition     = var.domain_name == trimsuffix(self.name, ".") || endswith(var.domain_name, ".${trimsuffix(self.name, ".")}")
      error_message = "The hosted zone ${var.hosted_zone_id} is for ${self.name}, which does not hold ${var.domain_name}. Give the zone of that domain, or none to have one made."
    }
  }
}

################################################################################
# Health checks
################################################################################

resource "aws_route53_health_check" "primary" {
  type              = "HTTPS"
  fqdn              = local.primary_endpoint
  port              = 443
  resource_path     = var.health_check_path
  request_interval  = 10
  failure_threshold = local.failure_threshold
  enable_sni        = true
  measure_latency   = var.measure_latency

  tags = merge(var.naming.tags, { Name = var.naming.names.health_check_primary })
}

resource "aws_route53_health_check" "secondary" {
  type              = "HTTPS"
  fqdn              = local.secondary_endpoint
  port              = 443
  resource_path     = var.health_check_path
  request_interval  = 10
  failure_threshold = local.failure_threshold
  enable_sni        = true
  measure_latency   = var.measure_latency

  tags = merge(var.naming.tags, { Name = var.naming.names.health_check_secondary })
}

# Healthy while the alarm's metric says that the switch is not thrown.
resource "aws_route53_health_check" "switch" {
  type                            = "CLOUDWATCH_METRIC"
  cloudwatch_alarm_name           = var.switch_alarm.name
  cloudwatch_alarm_region         = var.switch_alarm.region
  insufficient_data_health_status = "LastKnownStatus"

  # Route 53 copies the alarm's definition when the check is made; this makes it copy again.
  triggers = { alarm = var.switch_alarm.definition }

  tags = merge(var.naming.tags, { Name = var.naming.names.health_check_switch })
}

# The primary may be served: its host answers AND the switch is not thrown.
resource "aws_route53_health_check" "application" {
  type                   = "CALCULATED"
  child_healthchecks     = [aws_route53_health_check.primary.id, aws_route53_health_check.switch.id]
  child_health_threshold = 2

  tags = merge(var.naming.tags, { Name = var.naming.names.health_check_application })
}

################################################################################
# Failover records
################################################################################

resource "aws_route53_record" "primary" {
  #checkov:skip=CKV2_AWS_23:an alias of a resource that another module makes; the scan does not follow it there
  zone_id         = local.zone_id
  name            = local.application_name
  type            = local.record_type
  ttl             = local.aliased ? null : local.record_ttl
  records         = local.aliased ? null : [local.primary_endpoint]
  set_identifier  = var.naming.names.record_set_primary
  health_check_id = aws_route53_health_check.application.id

  # Whether the region may be served is for the health checks to say, not for AWS's opinion of the target.
  dynamic "alias" {
    for_each = var.targets[*].primary.shared

    content {
      name                   = alias.value.name
      zone_id                = alias.value.zone_id
      evaluate_target_health = false
    }
  }

  failover_routing_policy {
    type = "PRIMARY"
  }
}

# The standby's record does not hang on the standby's health check. When both are unhealthy Route 53 serves the primary: a
# standby that stumbles once while the primary is down would send everybody back to the dead region, and, after the database
# was promoted, to the wrong writer. Its health check tells people (and a failover's preview) whether it is ready.
resource "aws_route53_record" "secondary" {
  #checkov:skip=CKV2_AWS_23:an alias of a resource that another module makes; the scan does not follow it there
  zone_id        = local.zone_id
  name           = local.application_name
  type           = local.record_type
  ttl            = local.aliased ? null : local.record_ttl
  records        = local.aliased ? null : [local.secondary_endpoint]
  set_identifier = var.naming.names.record_set_secondary

  dynamic "alias" {
    for_each = var.targets[*].secondary.shared

    content {
      name                   = alias.value.name
      zone_id                = alias.value.zone_id
      evaluate_target_health = false
    }
  }

  failover_routing_policy {
    type = "SECONDARY"
  }
}

################################################################################
# The regions' own names
################################################################################

# Where the hosts are resources of AWS nobody else writes their names: each leads to its region alone, and is what is checked there.
resource "aws_route53_record" "endpoint" {
  for_each = local.aliased ? { primary = local.primary_endpoint, secondary = local.secondary_endpoint } : {}

  zone_id = local.zone_id
  name    = each.value
  type    = "A"

  alias {
    name                   = var.targets[each.key].own.name
    zone_id                = var.targets[each.key].own.zone_id
    evaluate_target_health = false
  }
}
