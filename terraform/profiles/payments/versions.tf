terraform {
  # 1.11: write-only arguments, which keep the database password out of plan and state.
  required_version = ">= 1.11"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100.0"
    }
  }

  # Address and credential come from TF_HTTP_* at run time: one initialised folder serves every environment.
  backend "http" {}
}
