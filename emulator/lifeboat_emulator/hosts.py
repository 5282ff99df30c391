"""What a host of the emulated internet is: something that takes a request and answers it.

Which hosts there are is `internet`'s business; this is only the shape of what goes back and forth.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol
from zlib import crc32

#: Addresses the hosts resolve to: RFC 2544 keeps these from the real internet.
NETWORK = "198.18"


@dataclass(frozen=True)
class Request:
    """One request as it arrives at a host. `host` is the name the client asked for."""

    host: str
    method: str = "GET"
    path: str = "/"
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    source_ip: str = "127.0.0.1"

    def header(self, name: str) -> str | None:
        """The last value of a header, whatever its case; None where it was not sent."""
        values = self.header_values(name)
        return values[-1] if values else None

    def header_values(self, name: str) -> list[str]:
        """All of them."""
        return [value for key, value in self.headers if key.lower() == name.lower()]


@dataclass(frozen=True)
class Answer:
    """What a host answers to one request, and after how long (real seconds)."""

    status: int
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0


class Host(Protocol):
    """One host, with the region it stands in."""

    @property
    def name(self) -> str:
        """The name it was placed under."""

    @property
    def region(self) -> str:
        """Where it stands."""

    @property
    def answers(self) -> bool:
        """Whether it takes connections at this moment."""

    @property
    def address(self) -> str:
        """Its address: always the same for a name."""

    def ask(self, request: Request) -> Answer | None:
        """The answer to a request made now; None when there is none. Nobody may hold the turn."""


def address_of(name: str) -> str:
    """The address of a name."""
    number = crc32(name.encode())
    return f"{NETWORK}.{number >> 8 & 255}.{number & 255}"
