# The names the API answers for: the one that moves between the regions, and the region's own, by which it is checked.

locals {
  domain_names = { shared = var.domain_names.shared, own = var.domain_names.own }
}

resource "aws_api_gateway_domain_name" "this" {
  for_each = local.domain_names

  domain_name              = each.value
  regional_certificate_arn = var.certificate_arn
  security_policy          = "TLS_1_2"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  tags = merge(var.naming.tags, { Name = format(var.naming.names.domain_name, each.key) })
}

resource "aws_api_gateway_base_path_mapping" "this" {
  for_each = local.domain_names

  domain_name = aws_api_gateway_domain_name.this[each.key].domain_name
  api_id      = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
}
