output "role_arn" {
  description = "Role S3 takes to replicate."
  value       = aws_iam_role.replication.arn
}
