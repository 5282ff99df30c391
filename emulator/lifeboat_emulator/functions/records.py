"""What an invocation leaves behind: its lines in CloudWatch Logs, AWS/Lambda's metrics, a history.

The history is what ``/_lifeboat/invocations`` shows; it is the emulator's own.
"""

import itertools
import threading
import time
from collections import deque
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.logs.models import logs_backends

from lifeboat_emulator.functions.function import Function

_KEPT = 1000
_lock = threading.Lock()
_history: deque[dict[str, Any]] = deque(maxlen=_KEPT)
_streams = itertools.count(1)


def begin(function: Function, request_id: str) -> dict[str, Any]:
    """The entry of an invocation that starts now; `finish` tells it how it went."""
    entry: dict[str, Any] = {
        "function": function.name,
        "region": function.region,
        "request_id": request_id,
        "started": datetime.now(UTC).isoformat(timespec="milliseconds"),
        "duration_ms": None,
        "outcome": "running",
    }
    with _lock:
        _history.append(entry)
    return entry


def finish(entry: dict[str, Any], outcome: str, seconds: float, error: str | None) -> None:
    """Complete an entry."""
    with _lock:
        entry.update(outcome=outcome, duration_ms=round(seconds * 1000))
        if error is not None:
            entry["error"] = error


def history() -> list[dict[str, Any]]:
    """The last thousand invocations, those that run too; newest last."""
    with _lock:
        return [dict(each) for each in _history]


def reset() -> None:
    """Forget them."""
    with _lock:
        _history.clear()


def stream_name(function: Function) -> str:
    """The name of a new process's log stream."""
    day = datetime.now(UTC).strftime("%Y/%m/%d")
    return f"{day}/[{function.version}]{next(_streams):032x}"


def log(function: Function, stream: str, lines: Iterable[str]) -> None:
    """Write lines to the function's log group, which is made when it is missing. Needs the turn."""
    backend = logs_backends[function.account][function.region]
    backend.ensure_log_group(function.log_group)
    backend.ensure_log_stream(function.log_group, stream)
    now = int(time.time() * 1000)
    events = [{"timestamp": now, "message": line} for line in lines]
    backend.put_log_events(function.log_group, stream, events)


def metrics(function: Function, **values: float) -> None:
    """Publish metrics of AWS/Lambda, by function and over all of them. Needs the turn."""
    backend = cloudwatch_backends[function.account][function.region]
    by_function = [{"Name": "FunctionName", "Value": function.name}]
    backend.put_metric_data(
        "AWS/Lambda",
        [
            {
                "MetricName": name,
                "Value": value,
                "Unit": "Milliseconds" if name == "Duration" else "Count",
                "Dimensions": dimensions,
            }
            for name, value in values.items()
            for dimensions in (by_function, [])
        ],
    )
