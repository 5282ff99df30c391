"""Gives the database a new password and the secret its new version, in Secrets Manager's four steps."""
