"""Structured logs: one JSON object a line, with the environment in each."""

from aws_lambda_powertools import Logger


def logger(service: str) -> Logger:
    """The function's logger. Secrets, tokens and SQL parameters are never logged."""
    return Logger(service=service, utc=True)
