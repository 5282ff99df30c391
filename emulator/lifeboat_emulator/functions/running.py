"""One invocation: a free slot, a process, the log, the metrics, and what came of it."""

import json
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal

from moto.awslambda.models import lambda_backends

from lifeboat_emulator import regions, turn
from lifeboat_emulator.functions import code, lines, records
from lifeboat_emulator.functions.function import Function, credentials
from lifeboat_emulator.functions.process import Process, Reply

Status = Literal["succeeded", "failed", "throttled", "unavailable"]

# What an account has when nobody asked for more, for all functions without a reservation.
_ACCOUNT_SLOTS = 1000
# AWS keeps an idle process for some minutes; a schedule of a minute must find it warm.
_WARM_SECONDS = 600.0
_TAIL_LINES = 100


@dataclass(frozen=True)
class Outcome:
    """What came of an invocation. The payload is the function's answer or its error, as JSON."""

    status: Status
    payload: str = "null"
    error: str | None = None
    log_tail: str = ""


@dataclass(eq=False)
class _Warm:
    function: Function
    process: Process
    stream: str
    # Killed from outside: its region died, or its function was deleted.
    ended: bool = False
    tail: deque[str] = field(default_factory=lambda: deque(maxlen=_TAIL_LINES))

    def log(self, told: list[str]) -> None:
        """Write to the function's log, unless there is none any more."""
        self.tail.extend(told)
        with turn.taken():
            if self.is_wanted():
                records.log(self.function, self.stream, told)

    def is_wanted(self) -> bool:
        """Whether the function still exists where it runs. Needs the turn."""
        known = lambda_backends[self.function.account][self.function.region]
        exists = known.get_function_by_arn(self.function.arn) is not None
        return exists and not self.ended and not regions.is_down(self.function.region)


class _Fleet:
    """All processes. The lock is held for moments, never while waiting for the turn."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.idle: defaultdict[Function, list[_Warm]] = defaultdict(list)
        self.busy: set[_Warm] = set()
        self.slots: Counter[str] = Counter()


_fleet = _Fleet()
_surroundings: Callable[[], dict[str, str]] = dict


def configure(surroundings: Callable[[], dict[str, str]]) -> None:
    """Say what functions find in their environment besides their own: where AWS is, for one."""
    global _surroundings
    _surroundings = surroundings


def run(function: Function, event: Any, request_id: str) -> Outcome:
    """Run the function on `event`, for as long as it takes; nobody may hold the turn meanwhile."""
    entry = records.begin(function, request_id)
    started = time.monotonic()
    if regions.is_down(function.region):
        records.finish(entry, "unavailable", 0.0, None)
        return Outcome("unavailable")
    with _slot(function) as free:
        outcome = _run(function, event, request_id) if free else Outcome("throttled")
    records.finish(entry, outcome.status, time.monotonic() - started, outcome.error)
    if outcome.status == "throttled":
        with turn.taken():
            records.metrics(function, Throttles=1)
    return outcome


def end(matches: Callable[[Function], bool]) -> None:
    """Kill every process of the functions that match, whatever they are doing."""
    with _fleet.lock:
        for warm in _fleet.busy:
            if matches(warm.function):
                warm.ended = True
                warm.process.kill()
        ended = [key for key in _fleet.idle if matches(key)]
        closing = [warm for key in ended for warm in _fleet.idle.pop(key)]
    for warm in closing:
        warm.process.close()


def processes() -> int:
    """How many there are, idle ones too."""
    with _fleet.lock:
        return len(_fleet.busy) + sum(len(idle) for idle in _fleet.idle.values())


def _run(function: Function, event: Any, request_id: str) -> Outcome:
    warm = _take(function)
    if warm is None:
        return Outcome("unavailable")
    warm.tail.clear()
    try:
        reply, init_seconds = _ensure_started(warm)
        if reply is None:
            return _answer(warm, event, request_id, init_seconds)
        return _conclude(warm, request_id, reply, 0.0)
    finally:
        _give_back(warm)


def _ensure_started(warm: _Warm) -> tuple[Reply | None, float]:
    """How the process failed to start, or None, and how long its start took."""
    if warm.process.started:
        return None, 0.0
    began = time.monotonic()
    reply = warm.process.start(warm.log)
    return (None if warm.process.started else reply), time.monotonic() - began


def _answer(warm: _Warm, event: Any, request_id: str, init_seconds: float) -> Outcome:
    function = warm.function
    warm.log([lines.start(function, request_id)])
    request = {"request_id": request_id, "arn": function.qualified_arn, "event": event}
    began = time.monotonic()
    reply = warm.process.run(request, function.timeout, warm.log)
    return _conclude(warm, request_id, reply, time.monotonic() - began, init_seconds)


def _conclude(
    warm: _Warm, request_id: str, reply: Reply, seconds: float, init_seconds: float = 0.0
) -> Outcome:
    if warm.ended:
        return Outcome("unavailable")
    function = warm.function
    error = _error_of(function, request_id, reply)
    cut_off = reply.timed_out or reply.exit_code is not None
    told = [error["errorMessage"]] if cut_off and error is not None else []
    milliseconds = seconds * 1000
    status = "success" if error is None else "timeout" if reply.timed_out else "error"
    warm.log([*told, *lines.end(function, request_id, milliseconds, init_seconds * 1000, status)])
    with turn.taken():
        if warm.is_wanted():
            records.metrics(
                function, Invocations=1, Errors=float(error is not None), Duration=milliseconds
            )
    tail = "\n".join(warm.tail)
    if error is None:
        return Outcome("succeeded", reply.result or "null", log_tail=tail)
    summary = f"{error['errorType']}: {error['errorMessage']}"
    return Outcome("failed", json.dumps(error), summary, tail)


def _error_of(function: Function, request_id: str, reply: Reply) -> dict[str, Any] | None:
    """The function's error in Lambda's words."""
    if reply.timed_out:
        message = (
            f"RequestId: {request_id} Error: Task timed out after {function.timeout:.2f} seconds"
        )
        return {"errorType": "Sandbox.Timedout", "errorMessage": message}
    if reply.exit_code is not None:
        how = (
            f"exit status {reply.exit_code}"
            if reply.exit_code >= 0
            else f"signal {-reply.exit_code}"
        )
        message = f"RequestId: {request_id} Error: Runtime exited with error: {how}"
        return {"errorType": "Runtime.ExitError", "errorMessage": message}
    return reply.error


@contextmanager
def _slot(function: Function) -> Iterator[bool]:
    """A place among those that may run at the same time; false when there is none."""
    if function.reserved is None:
        key, limit = f"{function.account} {function.region}", _ACCOUNT_SLOTS
    else:
        key, limit = function.arn, function.reserved
    with _fleet.lock:
        free = _fleet.slots[key] < limit
        if free:
            _fleet.slots[key] += 1
    try:
        yield free
    finally:
        if free:
            with _fleet.lock:
                _fleet.slots[key] -= 1


def _take(function: Function) -> _Warm | None:
    """A warm process, or a new one; None when the region is down."""
    with _fleet.lock:
        if regions.is_down(function.region):
            return None
        if _fleet.idle[function]:
            warm = _fleet.idle[function].pop()
            _fleet.busy.add(warm)
            return warm
    warm = _new(function)
    with _fleet.lock:
        _fleet.busy.add(warm)
        # Whoever took the region down meanwhile has not seen this one.
        if regions.is_down(function.region):
            warm.ended = True
            warm.process.kill()
    return warm


def _give_back(warm: _Warm) -> None:
    now = time.monotonic()
    closing: list[_Warm] = []
    with turn.taken():
        # Whoever deleted the function while this process was being made has not seen it.
        wanted = warm.is_wanted()
    with _fleet.lock:
        _fleet.busy.discard(warm)
        if warm.ended or not wanted or not warm.process.is_alive():
            closing.append(warm)
        else:
            _fleet.idle[warm.function].append(warm)
        for key, idle in list(_fleet.idle.items()):
            cold = [each for each in idle if now - each.process.used_at > _WARM_SECONDS]
            closing += cold
            kept = [each for each in idle if each not in cold]
            if kept:
                _fleet.idle[key] = kept
            else:
                del _fleet.idle[key]
    for each in closing:
        each.process.close()


def _new(function: Function) -> _Warm:
    root = code.task_root(function)
    stream = records.stream_name(function)
    with turn.taken():
        identity = credentials(function)
    environment = {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "LANG": "en_US.UTF-8",
        "TZ": ":UTC",
        **function.environment,
        "_HANDLER": function.handler,
        "LAMBDA_TASK_ROOT": str(root),
        "LAMBDA_RUNTIME_DIR": str(code.runtime_directory()),
        "AWS_EXECUTION_ENV": "AWS_Lambda_python",
        "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
        "AWS_LAMBDA_FUNCTION_NAME": function.name,
        "AWS_LAMBDA_FUNCTION_VERSION": function.version,
        "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": str(function.memory),
        "AWS_LAMBDA_LOG_GROUP_NAME": function.log_group,
        "AWS_LAMBDA_LOG_STREAM_NAME": stream,
        "AWS_LAMBDA_LOG_FORMAT": function.log_format,
        "AWS_REGION": function.region,
        "AWS_DEFAULT_REGION": function.region,
        # Nothing of this machine's: neither its files nor its identity.
        "AWS_CONFIG_FILE": "/dev/null",
        "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
        "AWS_EC2_METADATA_DISABLED": "true",
        **identity,
        **_surroundings(),
    }
    script = code.runtime_directory() / code.RUNTIME
    return _Warm(function, Process(script, root, environment), stream)
