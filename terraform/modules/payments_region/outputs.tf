output "global_cluster_identifier" {
  description = "The global database, once this region's cluster has its instances: Aurora attaches a secondary only to a primary with a running writer, and lets the primary go only after its secondaries."
  value       = var.global_cluster_identifier

  depends_on = [module.database]
}

################################################################################
# Foundation
################################################################################

output "availability_zones" {
  description = "The three zones of the region that are used."
  value       = module.stack.availability_zones
}

output "vpc_id" {
  description = "Id of the VPC."
  value       = module.stack.vpc_id
}

output "public_subnet_ids" {
  description = "Ids of the public subnets."
  value       = module.stack.public_subnet_ids
}

output "private_subnet_ids" {
  description = "Ids of the private subnets."
  value       = module.stack.private_subnet_ids
}

output "nat_public_ips" {
  description = "Addresses from which the private subnets appear outside."
  value       = module.stack.nat_public_ips
}

output "workload_security_group_id" {
  description = "Security group of the functions."
  value       = module.stack.workload_security_group_id
}

output "function_vpc" {
  description = "Subnets and security groups the region's functions stand in."
  value       = local.function_vpc
}

output "interface_endpoint_ids" {
  description = "Interface endpoints by service; empty where there are none."
  value       = module.stack.interface_endpoint_ids
}

output "kms_key_arn" {
  description = "ARN of the region's key."
  value       = module.stack.kms_key_arn
}

output "alerts_topic_arn" {
  description = "ARN of the region's alert topic."
  value       = module.stack.alerts_topic_arn
}

################################################################################
# Database
################################################################################

output "cluster" {
  description = "The region's cluster: identifier, ARN, endpoints, port, instances."
  value = {
    identifier           = module.database.cluster_identifier
    arn                  = module.database.cluster_arn
    endpoint             = module.database.endpoint
    reader_endpoint      = module.database.reader_endpoint
    port                 = module.database.port
    instance_identifiers = module.database.instance_identifiers
  }
}

################################################################################
# Payments
################################################################################

output "api" {
  description = "The region's REST API: id, name, stage, addresses, access log, and what execute-api:Invoke is granted on."
  value = {
    id             = module.api.api_id
    name           = module.api.api_name
    stage          = module.api.stage_name
    url            = module.api.url
    invoke_url     = module.api.invoke_url
    execution_arn  = module.api.execution_arn
    log_group_name = module.api.log_group_name
  }
}

output "api_targets" {
  description = "What DNS leads the shared name and the region's own to."
  value       = module.api.targets
}

output "functions" {
  description = "Functions of the region by word, as monitoring takes them."
  value = {
    payments = {
      function_name   = module.function.function_name
      timeout_seconds = module.function.timeout_seconds
      every_minute    = false
    }
    heartbeat = {
      function_name   = module.heartbeat.function_name
      timeout_seconds = module.heartbeat.timeout_seconds
      every_minute    = true
    }
  }
}

output "dead_letter_queue_names" {
  description = "Queues of what could not be delivered or was given up, by word."
  value       = merge(module.heartbeat.dead_letter_queue_names, { payments = module.function.dead_letter_queue_name })
}
