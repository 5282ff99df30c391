output "cluster_identifier" {
  description = "Identifier of the cluster."
  value       = aws_rds_cluster.this.cluster_identifier
}

output "cluster_arn" {
  description = "ARN of the cluster; what a failover is targeted at."
  value       = aws_rds_cluster.this.arn
}

output "endpoint" {
  description = "Writer endpoint; in a secondary it resolves only once promoted."
  value       = aws_rds_cluster.this.endpoint
}

output "reader_endpoint" {
  description = "Reader endpoint."
  value       = aws_rds_cluster.this.reader_endpoint
}

output "port" {
  description = "TCP port."
  value       = aws_rds_cluster.this.port
}

output "instance_identifiers" {
  description = "Identifiers of the instances."
  value       = aws_rds_cluster_instance.this[*].identifier
}

output "subnet_group_name" {
  description = "Subnet group of the cluster."
  value       = aws_db_subnet_group.this.name
}
