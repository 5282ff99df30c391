# The secret somebody else keeps, as the profile expects to find it: for the tests and for trials by hand. Never part of an environment.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "name" {
  type        = string
  description = "Name of the secret."
}

variable "username" {
  type        = string
  description = "Administrator it is for."
  default     = "payments_admin"
}

variable "replica_region" {
  type        = string
  description = "Region it is replicated to."
  default     = "us-east-2"
}

resource "aws_secretsmanager_secret" "this" {
  #checkov:skip=CKV_AWS_149:stands in for a secret of somebody else's, in tests only
  #checkov:skip=CKV2_AWS_57:stands in for a secret of somebody else's, in tests only
  name                    = var.name
  recovery_window_in_days = 0

  replica {
    region = var.replica_region
  }
}

resource "aws_secretsmanager_secret_version" "this" {
  secret_id                = aws_secretsmanager_secret.this.id
  secret_string_wo         = jsonencode({ engine = "postgres", username = var.username, password = replace(uuid(), "-", "_") })
  secret_string_wo_version = 1
}
