output "hosted_zone_id" {
  description = "Zone the records stand in."
  value       = local.zone_id
}

output "name_servers" {
  description = "Name servers of the zone; a zone made here works once the parent domain delegates to them."
  value       = local.makes_zone ? aws_route53_zone.this[0].name_servers : data.aws_route53_zone.given[0].name_servers
}

output "application_fqdn" {
  description = "The name that follows the healthy region."
  value       = local.application_name
}

output "primary_endpoint" {
  description = "Host the name points at while the primary is healthy."
  value       = local.primary_endpoint
}

output "secondary_endpoint" {
  description = "Host the name points at otherwise."
  value       = local.secondary_endpoint
}

output "primary_health_check_id" {
  description = "Health check of the primary's host."
  value       = aws_route53_health_check.primary.id
}

output "secondary_health_check_id" {
  description = "Health check that tells whether the standby answers."
  value       = aws_route53_health_check.secondary.id
}

output "switch_health_check_id" {
  description = "Health check that is unhealthy while the switch is thrown."
  value       = aws_route53_health_check.switch.id
}

output "application_health_check_id" {
  description = "Health check that decides: the primary's host answers and the switch is not thrown."
  value       = aws_route53_health_check.application.id
}

output "switch_seconds" {
  description = "Worst case from throwing the switch until every resolver that honours the TTL gives the standby's address."
  value       = local.switch_seconds
}

output "detection_seconds" {
  description = "Worst case until Route 53 takes the primary for unhealthy."
  value       = local.detection_seconds
}

output "cutover_seconds" {
  description = "Worst case until every resolver that honours the TTL gives the standby's address."
  value       = local.cutover_seconds

  precondition {
    condition     = local.cutover_seconds <= var.cutover_limit_seconds
    error_message = "Detection and TTL together take ${local.cutover_seconds} s; the name may take ${var.cutover_limit_seconds} s at most."
  }
}
