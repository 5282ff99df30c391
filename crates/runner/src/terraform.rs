//! The Terraform binary.
