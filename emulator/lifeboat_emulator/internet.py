"""The emulated internet: which hosts there are, where they stand, and what they answer.

A team's application is placed here by a control endpoint, with the region it stands in; while that
region is down it refuses connections. AWS services with hosts of their own tell where to look for
them (`also`). Health checks ask here directly, functions through the proxy of `internet_proxy`,
whose certificates their environment trusts. Nothing here opens a socket.
"""

import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.ec2.models import ec2_backends
from werkzeug.exceptions import BadRequest, NotFound

from lifeboat_emulator import control, dns, hosts, internet_ca, internet_proxy, regions, timing
from lifeboat_emulator.hosts import Answer, Host, Request

Finder = Callable[[str], Host | None]


@dataclass(frozen=True)
class Flapping:
    """Answers for a while, then answers 503 for a while, again and again; emulated seconds."""

    up_seconds: float
    down_seconds: float


@dataclass(frozen=True)
class Application:
    """A host that a team runs in a region."""

    name: str
    region: str
    status: int = 200
    delay_ms: int = 0
    body: str = "ok\n"
    flapping: Flapping | None = None
    placed_at: float = field(default_factory=timing.emulated)

    @property
    def answers(self) -> bool:
        """Whether it takes connections at this moment."""
        return not regions.is_down(self.region)

    @property
    def address(self) -> str:
        """Its address: always the same for a name."""
        return hosts.address_of(self.name)

    def ask(self, _request: Request) -> Answer | None:
        """The same answer to every request made now; None when the connection is refused."""
        if not self.answers:
            return None
        status = 503 if self._stumbles() else self.status
        headers = {"Content-Type": "text/plain; charset=utf-8"}
        return Answer(status, self.body.encode(), headers, self.delay_ms / 1000)

    def _stumbles(self) -> bool:
        if self.flapping is None:
            return False
        passed = timing.emulated() - self.placed_at
        cycle = self.flapping.up_seconds + self.flapping.down_seconds
        return passed % cycle >= self.flapping.up_seconds


_applications: dict[str, Application] = {}
_guard = threading.Lock()
_finders: list[Finder] = []


def install() -> None:
    """Offer the control endpoints and the proxy."""
    control.route("GET", "/internet", lambda _request: {"environment": environment()})
    control.route("GET", "/applications", _list)
    control.route("GET", "/applications/<name>", _get)
    control.route("PUT", "/applications/<name>", _put)
    control.route("DELETE", "/applications/<name>", _delete)
    internet_proxy.install(host)


def reset() -> None:
    """Empty the internet."""
    with _guard:
        _applications.clear()


def also(finder: Finder) -> None:
    """Have `finder` tell the hosts of an AWS service by their own names. It takes the turn."""
    _finders.append(finder)


def host(name: str) -> Host | None:
    """The host a name or an address leads to, asking the emulated DNS where it has to."""
    wanted = name.rstrip(".").lower()
    found = _placed(wanted)
    if found is not None:
        return found
    for target in dns.targets(wanted):
        found = _placed(target)
        if found is not None:
            return found
    return None


def environment() -> dict[str, str]:
    """Variables that send a child process's HTTPS to the emulated internet, and nothing else."""
    return {
        "HTTPS_PROXY": internet_proxy.url(),
        "NO_PROXY": "127.0.0.1,localhost,::1",
        "SSL_CERT_FILE": str(internet_ca.authority().file),
    }


def _placed(name: str) -> Host | None:
    """The host of exactly this name: an application, or a service's."""
    found: Host | None = _application(name)
    for finder in _finders:
        found = found or finder(name)
    return found


def _application(name: str) -> Application | None:
    with _guard:
        known = _applications.get(name)
        if known is not None or not name.startswith(hosts.NETWORK):
            return known
        return next((each for each in _applications.values() if each.address == name), None)


def _list(_request: Any) -> dict[str, Any]:
    with _guard:
        placed = [_applications[name] for name in sorted(_applications)]
    return {"applications": [_describe(each) for each in placed]}


def _get(_request: Any, name: str) -> dict[str, Any]:
    found = _application(name.lower())
    if found is None:
        raise NotFound(f"no application is placed at {name}")
    return _describe(found)


def _put(request: Any, name: str) -> dict[str, Any]:
    given = control.body(request)
    unknown = given.keys() - {"region", "status", "delay_ms", "body", "flapping"}
    if unknown:
        raise BadRequest(f"an application has no {', '.join(sorted(unknown))}")
    if given.get("region") not in ec2_backends[DEFAULT_ACCOUNT_ID].regions:
        raise BadRequest('give the region the application stands in: {"region": "us-east-1"}')
    placed = Application(
        name=name.rstrip(".").lower(),
        region=given["region"],
        status=_number(given, "status", 200, 100, 599),
        delay_ms=_number(given, "delay_ms", 0, 0, 600_000),
        body=str(given.get("body", "ok\n")),
        flapping=_flapping(given.get("flapping")),
    )
    with _guard:
        _applications[placed.name] = placed
    return _describe(placed)


def _delete(_request: Any, name: str) -> dict[str, Any]:
    with _guard:
        if _applications.pop(name.lower(), None) is None:
            raise NotFound(f"no application is placed at {name}")
    return {"status": "ok"}


def _number(given: dict[str, Any], name: str, default: int, least: int, most: int) -> int:
    value = given.get(name, default)
    if not isinstance(value, int) or not least <= value <= most:
        raise BadRequest(f"{name} must be a whole number from {least} to {most}")
    return value


def _flapping(given: Any) -> Flapping | None:
    if given is None:
        return None
    try:
        flapping = Flapping(float(given["up_seconds"]), float(given["down_seconds"]))
    except (KeyError, TypeError, ValueError) as error:
        raise BadRequest('flapping must be {"up_seconds": 10, "down_seconds": 2}') from error
    if flapping.up_seconds < 0 or flapping.down_seconds <= 0:
        raise BadRequest("flapping needs a down_seconds above 0 and no negative up_seconds")
    return flapping


def _describe(placed: Application) -> dict[str, Any]:
    described = {name: value for name, value in asdict(placed).items() if name != "placed_at"}
    return {**described, "address": placed.address, "answers": placed.answers}
