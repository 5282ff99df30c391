output "dr_role" {
  description = "The role these names and tags are for."
  value       = var.dr_role
}

output "names" {
  description = "Name by catalogue key, for resources of which a region (or the environment) has one."
  value       = merge(local.global_names, local.region_names)

  precondition {
    condition     = length(local.too_long) == 0
    error_message = "With a suffix of ${local.suffix_max_length} characters these names would exceed what AWS accepts: ${join(", ", local.too_long)}. Shorten their word in the catalogue."
  }
}

output "zone_names" {
  description = "Names by catalogue key, for resources of which a region has one per availability zone; three each."
  value       = local.zone_names
}

output "tags" {
  description = "The tags every taggable resource carries."
  value = {
    Environment = var.environment
    CostCenter  = var.cost_center
    DR-Role     = var.dr_role
    Owner       = var.owner
    ManagedBy   = "lifeboat"
  }
}

output "tightest_headroom" {
  description = "Characters left between the longest possible name and its limit, in the tightest entry of the catalogue."
  value       = min(values(local.headroom)...)
}
