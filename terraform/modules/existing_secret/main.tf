# A secret that somebody else made and keeps, found by its name: where it is, and under which key. A missing or empty one ends the plan and
# is named. What stands in it is existing_password's business.
#
# Called for each region: the standby logs in with its own copy.

# By a list, because the look-up by name says no more of a missing secret than that it could not be found.
data "aws_secretsmanager_secrets" "named" {
  filter {
    name   = "name"
    values = [var.name]
  }

  lifecycle {
    postcondition {
      condition     = contains(self.names, var.name)
      error_message = "There is no secret ${var.name} in ${var.region}. ${var.remedy}, or give the name of another."
    }
  }
}

locals {
  # The list's filter takes a name for a beginning; an ARN ends with the name, a hyphen and six characters of AWS's.
  arns = { for arn in data.aws_secretsmanager_secrets.named.arns : replace(split(":", arn)[6], "/-[^-]*$/", "") => arn }
}

# Whether there is anything in it: reading an empty one fails with a message that names nothing.
data "aws_secretsmanager_secret_versions" "this" {
  secret_id = local.arns[var.name]

  lifecycle {
    postcondition {
      condition     = anytrue([for version in coalesce(self.versions, []) : contains(version.version_stages, "AWSCURRENT")])
      error_message = "The secret ${var.name} in ${var.region} is empty. Write username and password into it, as JSON."
    }
  }
}

# Its key: who reads the secret needs it, unless it is AWS's own, which opens to whoever may read the secret.
data "aws_secretsmanager_secret" "this" {
  arn = local.arns[var.name]
}

data "aws_kms_key" "this" {
  count = contains(["", "alias/aws/secretsmanager"], data.aws_secretsmanager_secret.this.kms_key_id) ? 0 : 1

  key_id = data.aws_secretsmanager_secret.this.kms_key_id
}
