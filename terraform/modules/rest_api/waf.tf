# The web application firewall, where wanted: AWS's rules against common attacks and known bad input, and a limit for each address.

locals {
  # In the order they are asked. All block by themselves.
  managed_rules = ["AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet"]

  # Requests of one address in five minutes; the checkers of Route 53 each make about thirty.
  address_limit = 10000
}

resource "aws_wafv2_web_acl" "this" {
  count = var.enable_waf ? 1 : 0

  name        = var.naming.names.web_acl
  description = "In front of the payments API of ${var.region}"
  scope       = "REGIONAL"

  default_action {
    allow {}
  }

  dynamic "rule" {
    for_each = local.managed_rules

    content {
      name     = rule.value
      priority = rule.key

      override_action {
        none {}
      }

      statement {
        managed_rule_group_statement {
          vendor_name = "AWS"
          name        = rule.value
        }
      }

      visibility_config {
        cloudwatch_metrics_enabled = true
        metric_name                = rule.value
        sampled_requests_enabled   = true
      }
    }
  }

  rule {
    name     = "address-limit"
    priority = length(local.managed_rules)

    action {
      block {}
    }

    statement {
      rate_based_statement {
        limit              = local.address_limit
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "address-limit"
      sampled_requests_enabled   = true
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = var.naming.names.web_acl
    sampled_requests_enabled   = true
  }

  tags = merge(var.naming.tags, { Name = var.naming.names.web_acl })
}

resource "aws_wafv2_web_acl_association" "this" {
  count = var.enable_waf ? 1 : 0

  resource_arn = aws_api_gateway_stage.this.arn
  web_acl_arn  = aws_wafv2_web_acl.this[0].arn
}

# The firewall logs into groups of this prefix only.
resource "aws_cloudwatch_log_group" "waf" {
  count = var.enable_waf ? 1 : 0

  name              = "aws-waf-logs-${var.naming.names.web_acl_log_group}"
  kms_key_id        = var.kms_key_arn
  retention_in_days = var.log_retention_days

  tags = merge(var.naming.tags, { Name = "aws-waf-logs-${var.naming.names.web_acl_log_group}" })
}

resource "aws_wafv2_web_acl_logging_configuration" "this" {
  count = var.enable_waf ? 1 : 0

  resource_arn            = aws_wafv2_web_acl.this[0].arn
  log_destination_configs = [aws_cloudwatch_log_group.waf[0].arn]

  # Signatures of requests are credentials for as long as they hold.
  redacted_fields {
    single_header {
      name = "authorization"
    }
  }
}
