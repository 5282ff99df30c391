"""Which regions are down, the switch for it, and how a dead region answers.

A region that is down answers no AWS request signed for it: every one gets a 503 at once. With
us-east-1 go IAM, Route 53's control plane and the global STS, because they are signed for it. What
lives in a region (its functions, hosts, databases) asks `is_down`, or has itself told by `watch`.
A region that flaps goes down and comes back a few times, and ends up by itself.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import Request
from moto.ec2.models import ec2_backends
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from lifeboat_emulator import application, control, faults, ticker

_CREDENTIAL = re.compile(r"Credential=[^/,]*/[0-9]*/([a-z0-9-]+)/([a-z0-9-]+)/")
# Control planes that stand in one region, whichever one a client signed for.
_HOMES = {"cloudfront": "us-east-1", "iam": "us-east-1", "route53": "us-east-1"}

# Regions that are down, and since when. Replaced, never changed in place: it is read without a
# lock by every thread.
_down: Mapping[str, datetime] = {}
_watchers: list[Callable[[str, bool], None]] = []

_MOST_TIMES = 20
_LONGEST_SECONDS = 600.0


@dataclass(frozen=True)
class _Flapping:
    """How a region flaps; seconds of the emulated world."""

    down_seconds: float = 30.0
    up_seconds: float = 30.0
    # How often it still comes back, from the present time or the next one on.
    times: int = 3


_flapping: dict[str, _Flapping] = {}


def install() -> None:
    """Stand before the AWS requests, and offer the control endpoints."""
    application.guard(refusal)
    control.route("GET", "/regions", _list)
    control.route("PUT", "/regions/<region>", _put)


def reset() -> None:
    """Bring every region back, for good."""
    for region in list(_flapping):
        _stop_flapping(region)
    for region in list(_down):
        set_down(region, down=False)


def is_down(region: str) -> bool:
    """Whether `region` is dead at this moment. Needs no lock, so that any thread may ask."""
    return region in _down


def watch(watcher: Callable[[str, bool], None]) -> None:
    """Have `watcher(region, down)` called after each change, while the turn is held."""
    if watcher not in _watchers:
        _watchers.append(watcher)


def set_down(region: str, *, down: bool) -> None:
    """Take `region` down or bring it back; setting what is so already changes nothing."""
    global _down
    if down == is_down(region):
        return
    if down:
        _down = {**_down, region: datetime.now(UTC)}
    else:
        _down = {name: since for name, since in _down.items() if name != region}
    for watcher in _watchers:
        watcher(region, down)


def refusal(environ: Mapping[str, Any]) -> Response | None:
    """The answer of a dead region to this AWS request; None when its region is up."""
    if not _down:
        return None
    region = _region_of(environ)
    if region is None or not is_down(region):
        return None
    return faults.unavailable(Request(dict(environ)), region)


def _region_of(environ: Mapping[str, Any]) -> str | None:
    """The region that serves a request: the one in its signature, but for the global services."""
    found = _CREDENTIAL.search(environ.get("HTTP_AUTHORIZATION", ""))
    if found:
        return _HOMES.get(found[2], found[1])
    # A presigned address.
    for credential in parse_qs(environ.get("QUERY_STRING", "")).get("X-Amz-Credential", []):
        parts = credential.split("/")
        if len(parts) == 5:
            return str(parts[2])
    return None


def _list(_request: Any) -> dict[str, Any]:
    return {"regions": {region: _state(region) for region in sorted(_known())}}


def _put(request: Any, region: str) -> dict[str, Any]:
    if region not in _known():
        raise NotFound(f"{region} is no region of AWS")
    given = control.body(request)
    wanted = given.get("state")
    if wanted not in ("down", "up", "flapping"):
        raise BadRequest('state must be "down", "up" or "flapping"')
    flapping = _read_flapping(given) if wanted == "flapping" else None
    _stop_flapping(region)
    if flapping is None:
        set_down(region, down=wanted == "down")
    else:
        _flapping[region] = flapping
        _go_down(region)
    return {"region": region, **_state(region)}


def _read_flapping(given: Mapping[str, Any]) -> _Flapping:
    usual = _Flapping()
    times = given.get("times", usual.times)
    if isinstance(times, bool) or not isinstance(times, int) or not 1 <= times <= _MOST_TIMES:
        raise BadRequest(f"times must be a whole number from 1 to {_MOST_TIMES}")
    return _Flapping(
        _read_seconds(given, "down_seconds", usual.down_seconds),
        _read_seconds(given, "up_seconds", usual.up_seconds),
        times,
    )


def _read_seconds(given: Mapping[str, Any], name: str, usual: float) -> float:
    value = given.get(name, usual)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise BadRequest(f"{name} must be a number")
    if not 0 < value <= _LONGEST_SECONDS:
        raise BadRequest(f"{name} must be more than 0 and at most {_LONGEST_SECONDS:.0f}")
    return float(value)


def _go_down(region: str) -> None:
    flapping = _flapping[region]
    set_down(region, down=True)
    ticker.once(_job(region), flapping.down_seconds, lambda: _come_back(region))


def _come_back(region: str) -> None:
    flapping = _flapping[region]
    set_down(region, down=False)
    if flapping.times == 1:
        del _flapping[region]
        return
    _flapping[region] = replace(flapping, times=flapping.times - 1)
    ticker.once(_job(region), flapping.up_seconds, lambda: _go_down(region))


def _stop_flapping(region: str) -> None:
    if _flapping.pop(region, None) is not None:
        ticker.cancel(_job(region))


def _job(region: str) -> str:
    return f"flapping of {region}"


def _known() -> list[str]:
    return ec2_backends[DEFAULT_ACCOUNT_ID].regions


def _state(region: str) -> dict[str, Any]:
    since, flapping = _down.get(region), _flapping.get(region)
    state: dict[str, Any] = {"state": "up"}
    if since is not None:
        state = {"state": "down", "since": since.isoformat()}
    if flapping is not None:
        state["flapping"] = {"times_left": flapping.times}
    return state
