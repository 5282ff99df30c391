output "role_arn" {
  description = "Role S3 takes to replicate."
  value       = aws_iam_role.replication.arn
}

output "rules" {
  description = "What CloudWatch knows each rule's metrics by, by data set."
  value = { for key, pair in var.pairs : key => {
    source_bucket      = pair.source.name
    destination_bucket = pair.destination.name
    rule_id            = aws_s3_bucket_replication_configuration.this[key].rule[0].id
  } }
}
