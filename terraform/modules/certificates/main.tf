# A certificate in each region for the name both regions answer for and for the region's own, validated by DNS in the environment's zone.
#
# One module for both regions, because they share a record: ACM asks an account for the same record for a name in every region.
# ACM renews by itself for as long as the records stand.

locals {
  # Which certificate's answer to read for each name; the shared one is the same in both.
  validations = {
    shared    = { name = var.shared_name, options = aws_acm_certificate.primary.domain_validation_options }
    primary   = { name = var.primary_name, options = aws_acm_certificate.primary.domain_validation_options }
    secondary = { name = var.secondary_name, options = aws_acm_certificate.secondary.domain_validation_options }
  }
}

resource "aws_acm_certificate" "primary" {
  provider = aws.primary

  domain_name               = var.shared_name
  subject_alternative_names = [var.primary_name]
  validation_method         = "DNS"

  tags = merge(var.primary_naming.tags, { Name = var.primary_naming.names.certificate })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_acm_certificate" "secondary" {
  provider = aws.secondary

  domain_name               = var.shared_name
  subject_alternative_names = [var.secondary_name]
  validation_method         = "DNS"

  tags = merge(var.secondary_naming.tags, { Name = var.secondary_naming.names.certificate })

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_route53_record" "validation" {
  provider = aws.primary
  for_each = local.validations

  zone_id = var.hosted_zone_id
  name    = one([for option in each.value.options : option.resource_record_name if option.domain_name == each.value.name])
  type    = "CNAME"
  ttl     = 60
  records = [for option in each.value.options : option.resource_record_value if option.domain_name == each.value.name]

  # A record that another certificate for the same name has left is the same record.
  allow_overwrite = true
}

# Waits until ACM has seen the records, which takes the zone's delegation: a zone made by this very apply is nobody's until its parent says so.
resource "aws_acm_certificate_validation" "primary" {
  provider = aws.primary

  certificate_arn         = aws_acm_certificate.primary.arn
  validation_record_fqdns = [for key in ["shared", "primary"] : aws_route53_record.validation[key].fqdn]

  timeouts {
    create = "45m"
  }
}

resource "aws_acm_certificate_validation" "secondary" {
  provider = aws.secondary

  certificate_arn         = aws_acm_certificate.secondary.arn
  validation_record_fqdns = [for key in ["shared", "secondary"] : aws_route53_record.validation[key].fqdn]

  timeouts {
    create = "45m"
  }
}
