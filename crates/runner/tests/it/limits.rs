//! Limits, with a program in Terraform's place that does what Terraform would not.
