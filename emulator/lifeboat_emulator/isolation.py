"""Cuts the process off from real AWS: no ambient credentials or settings, no network but loopback.

The guard is an audit hook, so it also holds for code that moto or a later extension brings in
(SNS deliveries to HTTP endpoints, for one). Audit hooks cannot be removed again, which is the
point; it is installed by the command line only, never by importing this package.
"""

import ipaddress
import os
import sys
from typing import Any

_CLEARED_PREFIXES = ("AWS_", "BOTO_", "MOTO_")


def isolate() -> None:
    """Clear the AWS and moto environment and refuse every connection that leaves this machine."""
    clear_environment(os.environ)
    sys.addaudithook(refuse_network)


def clear_environment(environment: Any) -> None:
    """Remove AWS, boto and moto settings, then point botocore's files at nothing."""
    for name in [name for name in environment if name.startswith(_CLEARED_PREFIXES)]:
        del environment[name]
    environment["AWS_CONFIG_FILE"] = os.devnull
    environment["AWS_SHARED_CREDENTIALS_FILE"] = os.devnull
    environment["AWS_EC2_METADATA_DISABLED"] = "true"


def refuse_network(event: str, arguments: tuple[Any, ...]) -> None:
    """The audit hook; functions' processes install it too."""
    if event == "socket.connect":
        address = arguments[1]
        if isinstance(address, tuple) and not is_local(str(address[0])):
            raise PermissionError(f"connecting to {address[0]}: the emulator stays on loopback")
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        host = arguments[0]
        name = host.decode("ascii", "replace") if isinstance(host, bytes) else host
        if name and not is_local(str(name)):
            raise PermissionError(f"resolving {name}: the emulator stays on loopback")


def is_local(host: str) -> bool:
    """Whether `host`, a name or an address, can only mean this machine."""
    if host in ("", "localhost"):
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host.endswith(".localhost")
    return address.is_loopback or address.is_unspecified
