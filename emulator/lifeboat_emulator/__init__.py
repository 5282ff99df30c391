"""Lifeboat's emulator: AWS on loopback for development, tests and drills.

moto's server, used as a library, plus the extensions under ``extensions`` that make Terraform,
the Rust SDKs and boto3 see what AWS would show them.
"""

__version__ = "0.1.0"
