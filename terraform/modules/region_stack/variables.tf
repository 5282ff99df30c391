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
  description = "Region of the provider this module is given."
  nullable    = false
}

variable "account_id" {
  type        = string
  description = "AWS account the stack stands in."
  nullable    = false
}

variable "cidr" {
  type        = string
  description = "Address range of the region's VPC, a /16."
  nullable    = false
}

variable "nat_mode" {
  type        = string
  description = "single or per_zone: how many NAT gateways the region has."
  nullable    = false
}

variable "interface_endpoints" {
  type        = string
  description = "none or used: whether AWS's services have interface endpoints in the VPC."
  nullable    = false
}

variable "endpoint_services" {
  type        = list(string)
  description = "Services the region's functions call, as AWS names them in endpoints; each has one when interface_endpoints is used."
  nullable    = false
}

variable "alert_emails" {
  type        = list(string)
  description = "Mail addresses subscribed to the region's alerts."
  nullable    = false
}

variable "log_retention_days" {
  type        = number
  description = "Days the flow log is kept."
  nullable    = false
}

variable "database_port" {
  type        = number
  description = "TCP port of the database: 3306 for MySQL, 5432 for PostgreSQL."
  nullable    = false
  default     = 3306
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the roles made here may ever do; null sets none."
  default     = null
}
