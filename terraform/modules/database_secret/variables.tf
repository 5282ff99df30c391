variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "primary_kms_key_arn" {
  type        = string
  description = "Key that encrypts the secret in the primary region."
  nullable    = false
}

variable "replica_region" {
  type        = string
  description = "Region the secret is replicated to."
  nullable    = false
}

variable "replica_kms_key_arn" {
  type        = string
  description = "Key that encrypts the replica in its region."
  nullable    = false
}
