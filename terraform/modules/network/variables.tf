variable "naming" {
  type = object({
    dr_role    = string
    names      = map(string)
    zone_names = map(list(string))
    tags       = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "region" {
  type        = string
  description = "Region of the provider this module is given; the name of the S3 endpoint's service holds it."
  nullable    = false
}

variable "cidr" {
  type        = string
  description = "Address range of the VPC, a /16; those of the two regions must not overlap."
  nullable    = false

  validation {
    condition     = can(cidrnetmask(var.cidr)) && endswith(var.cidr, "/16")
    error_message = "cidr is an IPv4 range of /16, for example 10.40.0.0/16."
  }
}

variable "availability_zones" {
  type        = list(string)
  description = "The three zones the subnets lie in."
  nullable    = false

  validation {
    condition     = length(distinct(var.availability_zones)) == 3 && length(var.availability_zones) == 3
    error_message = "availability_zones names three different zones."
  }
}

variable "nat_mode" {
  type        = string
  description = "single: one NAT gateway for the region, cheaper; per_zone: one in each zone, so that losing a zone leaves the others a way out."
  nullable    = false

  validation {
    condition     = contains(["single", "per_zone"], var.nat_mode)
    error_message = "nat_mode is single or per_zone."
  }
}

variable "database_port" {
  type        = number
  description = "TCP port of the database: 3306 for MySQL, 5432 for PostgreSQL."
  nullable    = false
  default     = 3306

  validation {
    condition     = contains([3306, 5432], var.database_port)
    error_message = "database_port is 3306 (MySQL) or 5432 (PostgreSQL)."
  }
}

variable "kms_key_arn" {
  type        = string
  description = "The region's key; it encrypts the flow log."
  nullable    = false
}

variable "account_id" {
  type        = string
  description = "AWS account the network stands in."
  nullable    = false
}

variable "log_retention_days" {
  type        = number
  description = "Days the flow log is kept."
  nullable    = false
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the role made here may ever do; null sets none."
  default     = null
}
