"""Jobs at intervals, once, and work beside the turn, with time compressed."""

import threading
import time
from collections.abc import Iterator

import pytest

from lifeboat_emulator import ticker, turn
from tests.clock import compressed

PATIENCE = 5.0


@pytest.fixture(autouse=True)
def quick(endpoint: str) -> Iterator[None]:
    with compressed(100):
        yield
    for name in ("a", "b", "broken"):
        ticker.cancel(name)


def test_a_job_repeats_at_its_interval_of_emulated_time_until_cancelled() -> None:
    ran: list[float] = []
    third = threading.Event()

    def job() -> None:
        ran.append(time.monotonic())
        if len(ran) == 3:
            third.set()

    ticker.every("a", 10, job)
    assert third.wait(PATIENCE)
    ticker.cancel("a")
    assert ran[2] - ran[0] >= 0.15
    count = len(ran)
    time.sleep(0.25)
    assert len(ran) <= count + 1


def test_a_job_runs_while_it_holds_the_turn_and_work_does_not() -> None:
    held: list[bool] = []
    done = threading.Event()

    def free() -> bool:
        """Whether another thread gets the turn."""
        got = threading.Event()

        def take() -> None:
            with turn.taken():
                got.set()

        threading.Thread(target=take, daemon=True).start()
        return got.wait(0.2)

    def work() -> None:
        held.append(not free())
        done.set()

    def job() -> None:
        held.append(not free())
        ticker.offload(work)

    ticker.once("a", 0, job)
    assert done.wait(PATIENCE)
    assert held == [True, False]


def test_the_same_name_again_replaces_and_a_fault_stops_nobody() -> None:
    ran: list[str] = []
    done = threading.Event()

    def fail() -> None:
        raise RuntimeError("on purpose")

    ticker.once("broken", 1, fail)
    ticker.once("a", 5, lambda: ran.append("replaced"))
    ticker.once("a", 2, lambda: ran.append("kept"))
    ticker.once("b", 10, done.set)
    assert done.wait(PATIENCE)
    assert ran == ["kept"]


def test_a_reset_forgets_what_was_to_happen_once() -> None:
    ran = threading.Event()
    again = threading.Event()
    ticker.once("a", 20, ran.set)
    ticker.every("b", 10, again.set)
    ticker.reset()
    assert again.wait(PATIENCE)
    assert not ran.wait(0.3)


def test_the_turn_can_be_released_in_the_midst_of_it() -> None:
    order: list[str] = []

    def other() -> None:
        with turn.taken():
            order.append("other")

    thread = threading.Thread(target=other)
    with turn.taken(), turn.taken():
        thread.start()
        time.sleep(0.05)
        order.append("first")
        with turn.released():
            thread.join(PATIENCE)
        order.append("last")
    assert order == ["first", "other", "last"]


def test_a_reset_keeps_what_repeats_and_forgets_the_rest_also_while_they_wait() -> None:
    ran: list[str] = []
    with turn.taken():
        ticker.every("a", 1, lambda: ran.append("repeats"))
        # Long enough for the ticker to have taken it out, and to wait for the turn.
        time.sleep(0.1)
        ticker.reset()
    time.sleep(0.2)
    assert "repeats" in ran
    with turn.taken():
        ticker.cancel("a")
        ticker.once("b", 1, lambda: ran.append("once"))
        time.sleep(0.1)
        ticker.reset()
    time.sleep(0.2)
    assert "once" not in ran
