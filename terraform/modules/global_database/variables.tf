variable "naming" {
  type = object({
    dr_role = string
    names   = map(string)
    tags    = map(string)
  })
  description = "Names and tags, as the naming module puts them out."
  nullable    = false
}

variable "engine" {
  type        = string
  description = "Aurora's engine, aurora-mysql or aurora-postgresql: that of the clusters."
  nullable    = false
}

variable "engine_version" {
  type        = string
  description = "Version of the engine: that of the clusters."
  nullable    = false
}
