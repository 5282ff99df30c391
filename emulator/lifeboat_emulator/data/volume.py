"""A cluster's storage as pages, and what a commit changes of it.

Aurora replicates storage, not statements. So does this: the pages that SQLite appends to its
write-ahead log in a transaction are what travels to the other regions, whatever made them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

PAGE_SIZE = 4096
_LOG_HEADER = 32
_FRAME_HEADER = 24


@dataclass(frozen=True)
class Change:
    """What one commit left behind: pages by number, and how many pages there are now."""

    pages: Mapping[int, bytes]
    size: int


@dataclass
class Volume:
    """Every page of a database as of some commit. Volumes share pages, which never change."""

    pages: dict[int, bytes] = field(default_factory=dict)
    size: int = 0

    def apply(self, change: Change) -> None:
        """Take over a commit."""
        self.pages.update(change.pages)
        if change.size < self.size:
            self.pages = {n: page for n, page in self.pages.items() if n <= change.size}
        self.size = change.size

    def copy(self) -> "Volume":
        """The same content, going its own way from now on."""
        return Volume(dict(self.pages), self.size)

    def write_to(self, path: Path) -> None:
        """Lay the database down as a file."""
        with path.open("wb") as file:
            for number in range(1, self.size + 1):
                file.write(self.pages.get(number, bytes(PAGE_SIZE)))


def read_log(path: Path, first: int, after: int) -> Change:
    """The change in frames `first` up to `after` (exclusive) of a write-ahead log.

    The frames are one whole transaction: the last bears the size of the database.
    """
    pages: dict[int, bytes] = {}
    size = 0
    with path.open("rb") as log:
        log.seek(_LOG_HEADER + first * (_FRAME_HEADER + PAGE_SIZE))
        for _ in range(first, after):
            header = log.read(_FRAME_HEADER)
            pages[int.from_bytes(header[:4], "big")] = log.read(PAGE_SIZE)
            size = int.from_bytes(header[4:8], "big") or size
    return Change(pages, size)
