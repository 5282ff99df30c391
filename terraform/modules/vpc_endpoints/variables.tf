variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "region" {
  type        = string
  description = "Region of the provider this module is given; the names of the endpoints' services hold it."
  nullable    = false
}

variable "account_id" {
  type        = string
  description = "AWS account whose credentials may be used through the endpoints."
  nullable    = false

  validation {
    condition     = can(regex("^[0-9]{12}$", var.account_id))
    error_message = "account_id is the twelve digits of an AWS account."
  }
}

variable "vpc_id" {
  type        = string
  description = "VPC the endpoints stand in."
  nullable    = false
}

variable "subnet_ids" {
  type        = list(string)
  description = "Private subnets the interface endpoints stand in, one in each zone."
  nullable    = false
}

variable "route_table_ids" {
  type        = list(string)
  description = "Route tables of the private subnets, which lead to the gateway endpoint."
  nullable    = false
}

variable "workload_security_group_id" {
  type        = string
  description = "Security group whose members may use the interface endpoints."
  nullable    = false
}

variable "interface_endpoints" {
  type        = string
  description = "none: AWS is reached through NAT; used: an interface endpoint for each of the services."
  nullable    = false

  validation {
    condition     = contains(["none", "used"], var.interface_endpoints)
    error_message = "interface_endpoints is none or used."
  }
}

variable "services" {
  type        = list(string)
  description = "Services the region's functions call, as AWS names them in endpoints: monitoring, rds-data and so on."
  nullable    = false

  validation {
    condition     = alltrue([for service in var.services : can(regex("^[a-z0-9]+([.-][a-z0-9]+)*$", service))])
    error_message = "services are the last part of an endpoint service's name, for example rds-data."
  }

  validation {
    condition     = length(setintersection(var.services, ["s3", "dynamodb"])) == 0
    error_message = "services must not name s3 or dynamodb: their gateway endpoints cost nothing."
  }
}
