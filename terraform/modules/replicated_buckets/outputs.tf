output "primary_bucket_names" {
  description = "Buckets of the primary region by data set."
  value       = { for key, bucket in module.primary : key => bucket.name }
}

output "secondary_bucket_names" {
  description = "Buckets of the secondary region by data set."
  value       = { for key, bucket in module.secondary : key => bucket.name }
}

output "primary_bucket_arns" {
  description = "ARNs of the primary region's buckets by data set."
  value       = { for key, bucket in module.primary : key => bucket.arn }
}

output "secondary_bucket_arns" {
  description = "ARNs of the secondary region's buckets by data set."
  value       = { for key, bucket in module.secondary : key => bucket.arn }
}

output "replication_role_arns" {
  description = "Roles S3 takes to replicate, by direction."
  value       = { outward = module.outward.role_arn, homeward = module.homeward.role_arn }
}

output "replication_rules" {
  description = "Replication rules by direction and data set; their metrics are found by what stands here."
  value       = { outward = module.outward.rules, homeward = module.homeward.rules }
}
