output "dynamodb_endpoint_id" {
  description = "Gateway endpoint of DynamoDB."
  value       = aws_vpc_endpoint.dynamodb.id
}

output "interface_endpoint_ids" {
  description = "Interface endpoints by service; empty where there are none."
  value       = { for service, endpoint in aws_vpc_endpoint.interface : service => endpoint.id }
}
