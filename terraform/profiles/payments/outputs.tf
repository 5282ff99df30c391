# Identifiers a person, a pipeline or the portal needs to act on the environment. No secret among them: the database's
# password stands in Secrets Manager alone.

################################################################################
# Regions
################################################################################

output "primary_region" {
  description = "Region that serves."
  value       = local.primary_region
}

output "secondary_region" {
  description = "Region that stands by."
  value       = local.secondary_region
}

################################################################################
# API
################################################################################

output "payments_url" {
  description = "Where payments are posted."
  value       = "https://${module.dns.application_fqdn}/payments"
}

output "api_urls" {
  description = "The API of each region by itself, by role."
  value       = { primary = module.primary.api.url, secondary = module.secondary.api.url }
}

output "api_ids" {
  description = "REST APIs by role."
  value       = { primary = module.primary.api.id, secondary = module.secondary.api.id }
}

output "api_invoke_urls" {
  description = "API Gateway's own addresses by role; they refuse, because only the custom domains are served."
  value       = { primary = module.primary.api.invoke_url, secondary = module.secondary.api.invoke_url }
}

output "api_execution_arns" {
  description = "What execute-api:Invoke is granted on by role, followed by /live/POST/payments and the like."
  value       = { primary = module.primary.api.execution_arn, secondary = module.secondary.api.execution_arn }
}

output "api_log_groups" {
  description = "Access logs by role."
  value       = { primary = module.primary.api.log_group_name, secondary = module.secondary.api.log_group_name }
}

output "payments_functions" {
  description = "Functions that book payments, by role."
  value       = { primary = module.primary.functions.payments.function_name, secondary = module.secondary.functions.payments.function_name }
}

################################################################################
# Database
################################################################################

output "global_cluster_identifier" {
  description = "Aurora global database; what a failover or switchover is asked of."
  value       = module.global_database.identifier
}

output "primary_cluster_identifier" {
  description = "Cluster in the primary region."
  value       = module.primary.cluster.identifier
}

output "primary_cluster_arn" {
  description = "ARN of the cluster in the primary region."
  value       = module.primary.cluster.arn
}

output "primary_cluster_endpoint" {
  description = "Writer endpoint in the primary region."
  value       = module.primary.cluster.endpoint
}

output "primary_cluster_reader_endpoint" {
  description = "Reader endpoint in the primary region."
  value       = module.primary.cluster.reader_endpoint
}

output "primary_instance_identifiers" {
  description = "Database instances in the primary region."
  value       = module.primary.cluster.instance_identifiers
}

output "secondary_cluster_identifier" {
  description = "Cluster in the standby region."
  value       = module.secondary.cluster.identifier
}

output "secondary_cluster_arn" {
  description = "ARN of the cluster in the standby region; the target of a failover."
  value       = module.secondary.cluster.arn
}

output "secondary_cluster_endpoint" {
  description = "Writer endpoint in the standby region; it resolves once the cluster is promoted."
  value       = module.secondary.cluster.endpoint
}

output "secondary_cluster_reader_endpoint" {
  description = "Reader endpoint in the standby region."
  value       = module.secondary.cluster.reader_endpoint
}

output "secondary_instance_identifiers" {
  description = "Database instances in the standby region."
  value       = module.secondary.cluster.instance_identifiers
}

output "database_name" {
  description = "Database made with the cluster."
  value       = local.database_name
}

output "database_port" {
  description = "TCP port of the database in both regions."
  value       = module.primary.cluster.port
}

output "database_secret_arn" {
  description = "The secret with the administrator's credentials, in the primary region."
  value       = module.secret_primary.secret.arn
}

output "database_replica_secret_arn" {
  description = "The secret's replica in the standby region."
  value       = module.secret_secondary.secret.arn
}

################################################################################
# DNS
################################################################################

output "application_fqdn" {
  description = "The API's name, which follows the healthy region."
  value       = module.dns.application_fqdn
}

output "primary_endpoint" {
  description = "The API's name in the primary region alone."
  value       = module.dns.primary_endpoint
}

output "secondary_endpoint" {
  description = "The API's name in the standby region alone."
  value       = module.dns.secondary_endpoint
}

output "hosted_zone_id" {
  description = "Route 53 zone of the records."
  value       = module.dns.hosted_zone_id
}

output "name_servers" {
  description = "Name servers the parent domain delegates to."
  value       = module.dns.name_servers
}

output "primary_health_check_id" {
  description = "Health check of the API in the primary region."
  value       = module.dns.primary_health_check_id
}

output "secondary_health_check_id" {
  description = "Health check that tells whether the standby answers, and follows."
  value       = module.dns.secondary_health_check_id
}

output "switch_health_check_id" {
  description = "Health check that is unhealthy while the standby takes over."
  value       = module.dns.switch_health_check_id
}

output "application_health_check_id" {
  description = "Health check that moves the API's name: the primary answers and the standby does not take over."
  value       = module.dns.application_health_check_id
}

output "health_check_path" {
  description = "Path at which the API of a region tells whether it can do its work in whatever role the region has."
  value       = "${local.health_check_path}?role=any"
}

output "dns_detection_seconds" {
  description = "Worst case until Route 53 takes the primary for unhealthy."
  value       = module.dns.detection_seconds
}

output "dns_cutover_seconds" {
  description = "Worst case until resolvers give the standby's address."
  value       = module.dns.cutover_seconds
}

output "dns_switch_seconds" {
  description = "Worst case from throwing the switch until resolvers give the standby's address."
  value       = module.dns.switch_seconds
}

################################################################################
# Failover
################################################################################

output "state_table_name" {
  description = "Table in the standby region: operation slot, failovers, switch, verdict, heartbeats."
  value       = module.failover_automation.state_table_name
}

output "kill_switch_parameter_name" {
  description = "SSM parameter in the standby region; failovers happen only while it says armed."
  value       = module.failover_automation.kill_switch_parameter
}

output "switch_alarm_name" {
  description = "Alarm in the standby region that rings while the standby takes over."
  value       = module.failover_automation.switch_alarm_name
}

output "failover_functions" {
  description = "Functions of the failover automation in the standby region."
  value       = { for word, function in module.failover_automation.functions : word => function.function_name }
}

output "failover_detection_seconds" {
  description = "Worst case from the failure of the primary region to the call for a failover."
  value       = module.failover_automation.detection_seconds
}

output "heartbeat_functions" {
  description = "Functions that write heartbeats, by the role of their region."
  value = {
    primary   = module.primary.functions.heartbeat.function_name
    secondary = module.secondary.functions.heartbeat.function_name
  }
}

################################################################################
# Objects
################################################################################

output "primary_bucket_names" {
  description = "Buckets of the primary region by data set."
  value       = module.storage.primary_bucket_names
}

output "secondary_bucket_names" {
  description = "Buckets of the standby region by data set."
  value       = module.storage.secondary_bucket_names
}

output "replication_rules" {
  description = "Replication rules of the buckets, by direction and data set."
  value       = module.storage.replication_rules
}

output "replication_role_arns" {
  description = "Roles S3 replicates with, by direction."
  value       = module.storage.replication_role_arns
}

################################################################################
# Foundation
################################################################################

output "primary_vpc_id" {
  description = "VPC of the primary region."
  value       = module.primary.vpc_id
}

output "primary_private_subnet_ids" {
  description = "Private subnets of the primary region."
  value       = module.primary.private_subnet_ids
}

output "primary_public_subnet_ids" {
  description = "Public subnets of the primary region."
  value       = module.primary.public_subnet_ids
}

output "primary_workload_security_group_id" {
  description = "Security group in the primary region that may reach the database."
  value       = module.primary.workload_security_group_id
}

output "primary_nat_public_ips" {
  description = "Addresses the primary region's private subnets appear with outside."
  value       = module.primary.nat_public_ips
}

output "interface_endpoint_ids" {
  description = "Interface endpoints by role of the region and service; empty where there are none."
  value       = { primary = module.primary.interface_endpoint_ids, secondary = module.secondary.interface_endpoint_ids }
}

output "primary_kms_key_arn" {
  description = "Key of the primary region."
  value       = module.primary.kms_key_arn
}

output "primary_alerts_topic_arn" {
  description = "Alert topic of the primary region."
  value       = module.primary.alerts_topic_arn
}

output "secondary_vpc_id" {
  description = "VPC of the standby region."
  value       = module.secondary.vpc_id
}

output "secondary_private_subnet_ids" {
  description = "Private subnets of the standby region."
  value       = module.secondary.private_subnet_ids
}

output "secondary_public_subnet_ids" {
  description = "Public subnets of the standby region."
  value       = module.secondary.public_subnet_ids
}

output "secondary_workload_security_group_id" {
  description = "Security group in the standby region that may reach the database."
  value       = module.secondary.workload_security_group_id
}

output "secondary_nat_public_ips" {
  description = "Addresses the standby region's private subnets appear with outside."
  value       = module.secondary.nat_public_ips
}

output "secondary_kms_key_arn" {
  description = "Key of the standby region."
  value       = module.secondary.kms_key_arn
}

output "secondary_alerts_topic_arn" {
  description = "Alert topic of the standby region."
  value       = module.secondary.alerts_topic_arn
}

################################################################################
# Monitoring
################################################################################

output "do_not_fail_over_alarm_name" {
  description = "Composite alarm in the standby region that rings while a failover would be refused or would lose too much."
  value       = module.monitoring_secondary.do_not_fail_over_alarm_name
}

output "dashboard_names" {
  description = "CloudWatch dashboard of each region, by role."
  value = {
    primary   = module.monitoring_primary.dashboard_name
    secondary = module.monitoring_secondary.dashboard_name
  }
}

output "alarm_names" {
  description = "Alarms of each region, by role."
  value = {
    primary   = module.monitoring_primary.alarm_names
    secondary = module.monitoring_secondary.alarm_names
  }
}
