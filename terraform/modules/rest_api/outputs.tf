output "api_id" {
  description = "Id of the API."
  value       = aws_api_gateway_rest_api.this.id
}

output "api_name" {
  description = "Name of the API; a dimension of its metrics."
  value       = aws_api_gateway_rest_api.this.name
}

output "stage_name" {
  description = "Stage that is live; a dimension of its metrics."
  value       = aws_api_gateway_stage.this.stage_name
}

output "execution_arn" {
  description = "What execute-api:Invoke is granted on, followed by stage, method and path."
  value       = aws_api_gateway_rest_api.this.execution_arn
}

output "url" {
  description = "Address of the API under the region's own name."
  value       = "https://${aws_api_gateway_base_path_mapping.this["own"].domain_name}"
}

output "invoke_url" {
  description = "API Gateway's own address of the stage; it refuses, because only the custom domains are served."
  value       = aws_api_gateway_stage.this.invoke_url
}

output "targets" {
  description = "What DNS leads the shared name and the region's own to."
  value = {
    for word, name in aws_api_gateway_domain_name.this : word => {
      name    = name.regional_domain_name
      zone_id = name.regional_zone_id
    }
  }
}

output "log_group_name" {
  description = "Access log."
  value       = aws_cloudwatch_log_group.access.name
}
