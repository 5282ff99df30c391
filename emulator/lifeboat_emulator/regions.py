"""Which regions are down, the switch for it, and how a dead region answers.

A region that is down answers no AWS request signed for it: every one gets a 503 at once. With
us-east-1 go IAM, Route 53's control plane and the global STS, because they are signed for it. What
lives in a region (its functions, hosts, databases) asks `is_down`, or has itself told by `watch`.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.core.request import Request
from moto.ec2.models import ec2_backends
from werkzeug.exceptions import BadRequest, NotFound
from werkzeug.wrappers import Response

from lifeboat_emulator import application, control, faults

_CREDENTIAL = re.compile(r"Credential=[^/,]*/[0-9]*/([a-z0-9-]+)/([a-z0-9-]+)/")
# Control planes that stand in one region, whichever one a client signed for.
_HOMES = {"cloudfront": "us-east-1", "iam": "us-east-1", "route53": "us-east-1"}

# Regions that are down, and since when. Replaced, never changed in place: it is read without a
# lock by every thread.
_down: Mapping[str, datetime] = {}
_watchers: list[Callable[[str, bool], None]] = []


def install() -> None:
    """Stand before the AWS requests, and offer the control endpoints."""
    application.guard(refusal)
    control.route("GET", "/regions", _list)
    control.route("PUT", "/regions/<region>", _put)


def reset() -> None:
    """Bring every region back."""
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
    wanted = control.body(request).get("state")
    if wanted not in ("down", "up"):
        raise BadRequest('state must be "down" or "up"')
    set_down(region, down=wanted == "down")
    return {"region": region, **_state(region)}


def _known() -> list[str]:
    return ec2_backends[DEFAULT_ACCOUNT_ID].regions


def _state(region: str) -> dict[str, str]:
    since = _down.get(region)
    if since is None:
        return {"state": "up"}
    return {"state": "down", "since": since.isoformat()}
