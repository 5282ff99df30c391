"""The turn: who may look at or change moto's state.

Moto's backends are plain dictionaries that no lock guards, while Terraform sends ten requests at a
time: side by side they break each other's iterations. Requests and the ticker's jobs are pure
computation, so taking turns costs nothing under the interpreter's own lock. Whoever waits for
something outside (a function that runs, a host that answers) must not hold it.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

_lock = threading.Lock()


class _Mine(threading.local):
    depth = 0


_mine = _Mine()


@contextmanager
def taken() -> Iterator[None]:
    """Hold the turn; whoever holds it already just goes on."""
    if _mine.depth == 0:
        _lock.acquire()
    _mine.depth += 1
    try:
        yield
    finally:
        _mine.depth -= 1
        if _mine.depth == 0:
            _lock.release()


@contextmanager
def released() -> Iterator[None]:
    """Let others have it meanwhile, in the midst of a request that has to wait for something.

    What was read of the state before is old afterwards.
    """
    depth = _mine.depth
    if depth == 0:
        yield
        return
    _mine.depth = 0
    _lock.release()
    try:
        yield
    finally:
        _lock.acquire()
        _mine.depth = depth
