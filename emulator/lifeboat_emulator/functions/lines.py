"""The lines Lambda itself writes around an invocation, as text or as JSON. Pure."""

import json
from datetime import UTC, datetime
from typing import Any

from lifeboat_emulator.functions.function import Function

JSON = "JSON"


def start(function: Function, request_id: str) -> str:
    """The first one."""
    if function.log_format == JSON:
        return _record("platform.start", {"requestId": request_id, "version": function.version})
    return f"START RequestId: {request_id} Version: {function.version}"


def end(
    function: Function, request_id: str, milliseconds: float, init_milliseconds: float, status: str
) -> list[str]:
    """The last ones; `status` is Lambda's word: success, error, failure or timeout."""
    billed = int(milliseconds) + 1
    if function.log_format == JSON:
        metrics: dict[str, Any] = {
            "durationMs": round(milliseconds, 3),
            "billedDurationMs": billed,
            "memorySizeMB": function.memory,
        }
        if init_milliseconds:
            metrics["initDurationMs"] = round(init_milliseconds, 3)
        content = {"requestId": request_id, "status": status, "metrics": metrics}
        return [_record("platform.report", content)]
    report = (
        f"REPORT RequestId: {request_id}\tDuration: {milliseconds:.2f} ms\t"
        f"Billed Duration: {billed} ms\tMemory Size: {function.memory} MB"
    )
    if init_milliseconds:
        report += f"\tInit Duration: {init_milliseconds:.2f} ms"
    return [f"END RequestId: {request_id}", report]


def _record(kind: str, record: dict[str, Any]) -> str:
    return json.dumps({"time": _now(), "type": kind, "record": record})


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
