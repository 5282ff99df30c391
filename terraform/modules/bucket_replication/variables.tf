variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "account_id" {
  type        = string
  description = "AWS account of the buckets."
  nullable    = false
}

variable "source_region" {
  type        = string
  description = "Region replicated from; the one of the provider this module is given."
  nullable    = false
}

variable "source_kms_key_arn" {
  type        = string
  description = "Key the source objects are encrypted with."
  nullable    = false
}

variable "destination_region" {
  type        = string
  description = "Region replicated to."
  nullable    = false
}

variable "destination_kms_key_arn" {
  type        = string
  description = "Key the replicas are encrypted with."
  nullable    = false
}

variable "pairs" {
  type = map(object({
    source      = object({ name = string, arn = string, versioning = string })
    destination = object({ name = string, arn = string, versioning = string })
  }))
  description = "Source bucket and its twin, by data set."
  nullable    = false
}

variable "permissions_boundary_arn" {
  type        = string
  description = "Policy that bounds what the role made here may ever do; null sets none."
  default     = null
}
