"""What happens without being asked for: jobs at intervals, work beside the turn, loops.

Three kinds. A *job* (`every`, `once`) runs in the ticker's one thread while it holds the turn, so
it may look at and change moto's state, and must be quick. *Work* (`offload`) runs soon in a thread
of its own without the turn, and may wait for the world outside. A *loop* (`background`) has a
thread from the server's start until its end. Nothing here runs while no server does.
"""

import heapq
import itertools
import logging
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from lifeboat_emulator import timing, turn

_log = logging.getLogger("lifeboat_emulator.ticker")

Job = Callable[[], None]
Loop = Callable[[threading.Event], None]

# Work waits for functions and for hosts that do not answer; threads are made as they are needed.
_WORKERS = 256
_PATIENCE = 5.0


@dataclass(order=True)
class _Due:
    # On the emulated world's clock.
    at: float
    # Equal times go in the order in which they were asked for.
    number: int
    name: str = field(compare=False)
    job: Job = field(compare=False)
    # Emulated seconds; None for what runs once.
    interval: float | None = field(compare=False)


class _Ticker:
    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._due: list[_Due] = []
        # Taken out of the list, and not yet back in it.
        self._in_hand: _Due | None = None
        self._current: dict[str, int] = {}
        self._numbers = itertools.count()
        self._loops: dict[str, Loop] = {}
        self._stop: threading.Event | None = None
        self._threads: list[threading.Thread] = []
        self._workers: ThreadPoolExecutor | None = None

    def schedule(self, name: str, seconds: float, job: Job, *, repeated: bool) -> None:
        with self._changed:
            number = next(self._numbers)
            # What was asked for under this name before is passed over when its time comes.
            self._current[name] = number
            due = _Due(
                timing.emulated() + seconds, number, name, job, seconds if repeated else None
            )
            heapq.heappush(self._due, due)
            self._changed.notify()

    def cancel(self, name: str) -> None:
        with self._changed:
            self._current.pop(name, None)

    def drop_once(self) -> None:
        with self._changed:
            # One taken out already may be waiting for the turn that the reset holds.
            known = self._due if self._in_hand is None else [*self._due, self._in_hand]
            dropped = {each.number for each in known if each.interval is None}
            self._due = [each for each in self._due if each.interval is not None]
            heapq.heapify(self._due)
            self._current = {n: at for n, at in self._current.items() if at not in dropped}

    def offload(self, work: Job) -> None:
        workers = self._workers
        if workers is not None:
            workers.submit(_guarded, "work", work)

    def add_loop(self, name: str, loop: Loop) -> None:
        self._loops[name] = loop

    def start(self) -> None:
        if self._stop is not None:
            return
        self._stop = stop = threading.Event()
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="work")
        self._threads = [
            threading.Thread(target=self._tick, args=(stop,), name="ticker", daemon=True),
            *(
                threading.Thread(
                    target=_guarded,
                    args=(name, lambda loop=loop: loop(stop)),
                    name=name,
                    daemon=True,
                )
                for name, loop in self._loops.items()
            ),
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        if self._stop is None:
            return
        self._stop.set()
        self.wake()
        for thread in self._threads:
            thread.join(timeout=_PATIENCE)
        if self._workers is not None:
            self._workers.shutdown(wait=False, cancel_futures=True)
        self._stop = self._workers = None

    def _tick(self, stop: threading.Event) -> None:
        while not stop.is_set():
            with self._changed:
                due = self._next()
                if due is None:
                    continue
            with turn.taken():
                # Looked at again: a request may have cancelled it while this waited for the turn.
                if self._current.get(due.name) == due.number:
                    _guarded(due.name, due.job)
            self._repeat(due)

    def _next(self) -> _Due | None:
        """The job whose time has come; None after a wait, whatever ended it."""
        if not self._due:
            self._changed.wait()
            return None
        wait = timing.seconds(self._due[0].at - timing.emulated())
        if wait > 0:
            self._changed.wait(wait)
            return None
        self._in_hand = heapq.heappop(self._due)
        return self._in_hand

    def _repeat(self, done: _Due) -> None:
        with self._changed:
            self._in_hand = None
            if self._current.get(done.name) != done.number:
                return
            if done.interval is None:
                del self._current[done.name]
                return
            # Counted from when it was due, so that it does not drift; what was missed is skipped.
            at = max(done.at + done.interval, timing.emulated())
            heapq.heappush(self._due, _Due(at, done.number, done.name, done.job, done.interval))

    def wake(self) -> None:
        with self._changed:
            self._changed.notify()


_ticker = _Ticker()
timing.watch(_ticker.wake)


def every(name: str, seconds: float, job: Job) -> None:
    """Run `job` each `seconds` of emulated time; the same name again replaces it."""
    _ticker.schedule(name, seconds, job, repeated=True)


def once(name: str, seconds: float, job: Job) -> None:
    """Run `job` after `seconds` of emulated time; a reset forgets it."""
    _ticker.schedule(name, seconds, job, repeated=False)


def cancel(name: str) -> None:
    """Run it no more; one that was never asked for is no error."""
    _ticker.cancel(name)


def offload(work: Job) -> None:
    """Run `work` soon, in a thread of its own that does not hold the turn."""
    _ticker.offload(work)


def background(name: str, loop: Loop) -> None:
    """Have `loop` run, without the turn, from the server's start until the event it is given.

    Asked for in an `install`, before the server starts.
    """
    _ticker.add_loop(name, loop)


def start() -> None:
    """Begin; the server's business."""
    _ticker.start()


def stop() -> None:
    """End; jobs asked for stay for the next start."""
    _ticker.stop()


def reset() -> None:
    """Forget what was to happen once; what happens at intervals goes on."""
    _ticker.drop_once()


def _guarded(name: str, job: Job) -> None:
    try:
        job()
    except Exception:
        _log.exception("fault: %s", name)
