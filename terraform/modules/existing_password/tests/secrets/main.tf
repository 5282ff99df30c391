# Many secrets asked for at once, each of which is read or refused by itself: for `cargo xtask test terraform`, which makes those secrets.

terraform {
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

variable "names" {
  type        = set(string)
  description = "Names of the secrets."
}

provider "aws" {
  alias                       = "primary"
  region                      = "us-east-1"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

provider "aws" {
  alias                       = "secondary"
  region                      = "us-east-2"
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}

module "secret_primary" {
  source    = "../../../existing_secret"
  providers = { aws = aws.primary }
  for_each  = var.names

  name   = each.key
  region = "us-east-1"
  remedy = "Make it"
}

module "secret_secondary" {
  source    = "../../../existing_secret"
  providers = { aws = aws.secondary }
  for_each  = var.names

  name   = each.key
  region = "us-east-2"
  remedy = "Replicate it"
}

module "password_primary" {
  source    = "../.."
  providers = { aws = aws.primary }
  for_each  = var.names

  secret   = module.secret_primary[each.key].secret
  username = "payments_admin"
}

module "password_secondary" {
  source    = "../.."
  providers = { aws = aws.secondary }
  for_each  = var.names

  secret   = module.secret_secondary[each.key].secret
  username = "payments_admin"
  same_as  = module.password_primary[each.key].password
}
