"""Time as the functions see it: epoch milliseconds, and a sleep that tests can replace."""

import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the time and lets it pass."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        ...

    def sleep(self, milliseconds: int) -> None:
        """Return after that time; at once when it is not positive."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> int:
        """Milliseconds since the epoch."""
        return time.time_ns() // 1_000_000

    def sleep(self, milliseconds: int) -> None:
        """Return after that time; at once when it is not positive."""
        if milliseconds > 0:
            time.sleep(milliseconds / 1000)


def iso(milliseconds: int) -> str:
    """The moment as people and logs read it, in UTC."""
    moment = datetime.fromtimestamp(milliseconds / 1000, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
