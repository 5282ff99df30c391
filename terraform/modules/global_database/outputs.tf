output "identifier" {
  description = "Identifier the clusters become members by; known once the global database is there."
  value       = aws_rds_global_cluster.this.id
}
