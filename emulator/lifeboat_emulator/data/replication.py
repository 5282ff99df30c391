"""Streams: what one cluster commits reaches another's storage some time later, in order.

Nothing runs by itself: a stream settles when somebody looks at it, and what has arrived by then is
what would have arrived. `commits` guards every storage and stream; it is held for moments only.
"""

import threading
from collections import deque
from dataclasses import dataclass, field

from lifeboat_emulator.data.volume import Change, Volume

commits = threading.RLock()


@dataclass
class Stream:
    """The way from a writer to one follower. Times are seconds of one steady clock."""

    target: Volume
    lag: float
    _under_way: deque[tuple[float, Change]] = field(default_factory=deque)
    # Why nothing arrives at the moment -> since when.
    _held: dict[str, float] = field(default_factory=dict)

    def send(self, change: Change, now: float) -> None:
        """A commit sets out."""
        with commits:
            self._under_way.append((now, change))

    def settle(self, now: float) -> None:
        """Let arrive what had the time to."""
        with commits:
            until = min([now, *self._held.values()])
            while self._under_way and self._under_way[0][0] + self.lag <= until:
                self.target.apply(self._under_way.popleft()[1])

    def hold(self, reason: str, now: float) -> None:
        """From now on nothing arrives, until every reason is released."""
        with commits:
            self.settle(now)
            self._held.setdefault(reason, now)

    def release(self, reason: str, now: float) -> None:
        """One reason less. What waited arrives as if it had not."""
        with commits:
            self._held.pop(reason, None)
            self.settle(now)

    def set_lag(self, lag: float, now: float) -> None:
        """Commits under way take so long from now on."""
        with commits:
            self.settle(now)
            self.lag = lag

    def held_since(self) -> float | None:
        """Since when nothing arrives; None while it flows."""
        with commits:
            return min(self._held.values(), default=None)

    def age(self, now: float) -> float:
        """How far the follower is behind: the age of the newest state it has in full."""
        with commits:
            self.settle(now)
            since = self.held_since()
            waiting = self.at_risk(now)
            held = 0.0 if since is None else now - since + self.lag
            return max(self.lag, waiting, held)

    def waiting(self) -> int:
        """How many commits are under way."""
        with commits:
            return len(self._under_way)

    def at_risk(self, now: float) -> float:
        """How old the oldest commit under way is: what would be lost at this moment."""
        with commits:
            self.settle(now)
            return now - self._under_way[0][0] if self._under_way else 0.0

    def span(self) -> float:
        """From the oldest commit under way to the newest."""
        with commits:
            if not self._under_way:
                return 0.0
            return self._under_way[-1][0] - self._under_way[0][0]

    def drop(self) -> int:
        """Lose what is under way; how many commits that was."""
        with commits:
            lost = len(self._under_way)
            self._under_way.clear()
            return lost
