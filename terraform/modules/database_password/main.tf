# The administrator's password, which stands in no plan and in no state: it is generated while the secret is written, in a write-only
# argument, and read back out of the secret as an ephemeral value for the cluster's write-only argument.
#
# Read back rather than handed on, because every apply generates anew: one that wrote the secret and then failed would, when
# repeated, give the cluster a password that is not the one in the secret.
#
# A module of its own, with nothing else in it: one with an ephemeral output cannot be tested by itself, nor any with an ephemeral
# value under a mocked provider.

locals {
  # Raised to make Terraform write a new password into both the secret and the cluster.
  password_version = 1
}

# No host in it: which cluster takes writes changes with a failover, the credentials do not.
resource "aws_secretsmanager_secret_version" "this" {
  secret_id = var.secret_arn

  # uuid() is unknown in a plan and random in an apply, and nothing keeps what a write-only argument was given: 32 characters of
  # a hash over two of them, within the 8 to 41 Aurora MySQL takes and without those it refuses (/ @ " and space). Secrets
  # Manager's generator would be called, and needs the right to it, in every plan; a test could not plan without AWS.
  secret_string_wo = jsonencode({
    engine   = "mysql"
    username = var.username
    password = substr(replace(base64sha512("${uuid()}${uuid()}"), "/[+\\/=]/", "_"), 0, 32)
    dbname   = var.database_name
    port     = var.database_port
  })
  secret_string_wo_version = local.password_version

  # A label of its own, which rotation does not move. AWS clears away versions that bear none, which after two rotations would be this
  # one; the next apply would then write a password into the secret that the cluster does not have.
  version_stages = ["AWSCURRENT", "LIFEBOATINITIAL"]

  lifecycle {
    # Rotation moves AWSCURRENT; moving it back would bring the old password back.
    ignore_changes = [version_stages]
  }
}

ephemeral "aws_secretsmanager_secret_version" "this" {
  # The version's attribute, not the secret's: only then does it wait until there is something to read.
  secret_id = aws_secretsmanager_secret_version.this.arn
}
