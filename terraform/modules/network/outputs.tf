output "vpc_id" {
  description = "Id of the VPC."
  value       = aws_vpc.this.id
}

output "public_subnet_ids" {
  description = "Ids of the public subnets, in the order of the zones."
  value       = aws_subnet.public[*].id
}

output "private_subnet_ids" {
  description = "Ids of the private subnets, in the order of the zones."
  value       = aws_subnet.private[*].id
}

output "private_route_table_ids" {
  description = "Route tables of the private subnets, in the order of the zones."
  value       = aws_route_table.private[*].id
}

output "nat_public_ips" {
  description = "Addresses from which the private subnets appear outside."
  value       = aws_eip.nat[*].public_ip
}

output "workload_security_group_id" {
  description = "Security group for what may talk to the database."
  value       = aws_security_group.workload.id
}

output "database_security_group_id" {
  description = "Security group of the database."
  value       = aws_security_group.database.id
}
