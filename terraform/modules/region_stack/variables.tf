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

variable "owner_contact" {
  type        = string
  description = "Mail address subscribed to the region's alerts; empty subscribes nobody."
  nullable    = false
}
