output "availability_zones" {
  description = "The three zones of the region that are used."
  value       = local.availability_zones
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = module.network.vpc_id
}

output "public_subnet_ids" {
  description = "Ids of the public subnets."
  value       = module.network.public_subnet_ids
}

output "private_subnet_ids" {
  description = "Ids of the private subnets."
  value       = module.network.private_subnet_ids
}

output "nat_public_ips" {
  description = "Addresses from which the private subnets appear outside."
  value       = module.network.nat_public_ips
}

output "workload_security_group_id" {
  description = "Security group for what may talk to the database."
  value       = module.network.workload_security_group_id
}

output "database_security_group_id" {
  description = "Security group of the database."
  value       = module.network.database_security_group_id
}

output "interface_endpoint_ids" {
  description = "Interface endpoints by service; empty where there are none."
  value       = module.vpc_endpoints.interface_endpoint_ids
}

output "kms_key_arn" {
  description = "ARN of the region's key."
  value       = module.kms.key_arn
}

output "alerts_topic_arn" {
  description = "ARN of the region's alert topic."
  value       = module.notifications.topic_arn
}
