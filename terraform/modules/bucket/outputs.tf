output "name" {
  description = "Name of the bucket."
  value       = aws_s3_bucket.this.bucket
}

output "arn" {
  description = "ARN of the bucket."
  value       = aws_s3_bucket.this.arn
}

output "versioning" {
  description = "Versioning status; what replicates from or to the bucket has to wait for it."
  value       = aws_s3_bucket_versioning.this.versioning_configuration[0].status
}
