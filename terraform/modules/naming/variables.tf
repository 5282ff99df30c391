variable "environment_suffix" {
  type        = string
  description = "Ends every name of the environment; unique among the environments of an account."
  nullable    = false

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)*$", var.environment_suffix))
    error_message = "environment_suffix takes lower-case letters, digits and single hyphens, starts with a letter and ends with a letter or digit."
  }

  validation {
    condition     = length(var.environment_suffix) >= 3 && length(var.environment_suffix) <= 20
    error_message = "environment_suffix has 3 to 20 characters, so that every derived name stays within the limits of AWS."
  }
}

variable "dr_role" {
  type        = string
  description = "What the tagged resources are for in a disaster: primary, secondary or global (both regions)."
  nullable    = false

  validation {
    condition     = contains(["primary", "secondary", "global"], var.dr_role)
    error_message = "dr_role is primary, secondary or global."
  }
}

variable "environment" {
  type        = string
  description = "Value of the tag Environment."
  nullable    = false

  validation {
    condition     = can(regex("^[\\p{L}\\p{N}_.:\\/=+@\\-]([\\p{L}\\p{N} _.:\\/=+@\\-]*[\\p{L}\\p{N}_.:\\/=+@\\-])?$", var.environment)) && length(var.environment) <= 256
    error_message = "environment is a tag value: 1 to 256 letters, digits, inner spaces and _ . : / = + - @."
  }

  validation {
    condition     = !startswith(lower(var.environment), "aws:")
    error_message = "environment must not begin with aws:, which AWS keeps for itself."
  }
}

variable "cost_center" {
  type        = string
  description = "Value of the tag CostCenter."
  nullable    = false

  validation {
    condition     = can(regex("^[\\p{L}\\p{N}_.:\\/=+@\\-]([\\p{L}\\p{N} _.:\\/=+@\\-]*[\\p{L}\\p{N}_.:\\/=+@\\-])?$", var.cost_center)) && length(var.cost_center) <= 256
    error_message = "cost_center is a tag value: 1 to 256 letters, digits, inner spaces and _ . : / = + - @."
  }

  validation {
    condition     = !startswith(lower(var.cost_center), "aws:")
    error_message = "cost_center must not begin with aws:, which AWS keeps for itself."
  }
}

variable "owner" {
  type        = string
  description = "Value of the tag Owner: whom to ask about the resource."
  nullable    = false

  validation {
    condition     = can(regex("^[\\p{L}\\p{N}_.:\\/=+@\\-]([\\p{L}\\p{N} _.:\\/=+@\\-]*[\\p{L}\\p{N}_.:\\/=+@\\-])?$", var.owner)) && length(var.owner) <= 256
    error_message = "owner is a tag value: 1 to 256 letters, digits, inner spaces and _ . : / = + - @."
  }
}
