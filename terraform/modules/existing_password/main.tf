# The password in a secret that somebody else keeps, read while planning and checked before anything is made with it. A malformed secret
# ends the plan and is named. Nothing of it stands in a plan or in a state.
#
# A module of its own, with nothing else in it: one with an ephemeral output cannot be tested by itself, nor any with an ephemeral
# value under a mocked provider.

ephemeral "aws_secretsmanager_secret_version" "this" {
  secret_id = var.secret.arn
}

locals {
  # Null where it is no JSON.
  credentials = try(jsondecode(ephemeral.aws_secretsmanager_secret_version.this.secret_string), null)

  named = "The secret ${var.secret.name} in ${var.secret.region}"
}
