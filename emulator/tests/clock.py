"""Time, compressed for a while."""

from collections.abc import Iterator
from contextlib import contextmanager

from lifeboat_emulator import timing


@contextmanager
def compressed(factor: float) -> Iterator[None]:
    timing.configure(factor=factor)
    try:
        yield
    finally:
        timing.configure(factor=1)
