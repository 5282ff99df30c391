"""What Route 53's name servers answer: a zone's records under their routing policies.

This is the data plane: it stands in no region, and answers while Route 53's control plane is away.
Which health check is healthy it is told by whoever judges them (`judge_by`). A name can be stuck:
then resolvers go on saying what they said, whatever the name servers would answer.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.route53.models import FakeZone, RecordSet, route53_backends
from werkzeug.exceptions import BadRequest, NotFound

from lifeboat_emulator import control, regions, turn

_LONGEST_CHAIN = 8
_MOST_VALUES = 8
# Route 53 answers an alias with its target's TTL; targets that are no records have this one.
_ALIAS_TTL = 60


@dataclass(frozen=True)
class Answer:
    """One record set as it is answered now. `healthy` is None where no health check decides."""

    name: str
    type: str
    values: tuple[str, ...]
    ttl: int
    set_identifier: str | None = None
    health_check_id: str | None = None
    healthy: bool | None = None


class NoSuchNameError(LookupError):
    """No hosted zone holds the name."""


@dataclass(frozen=True)
class _Stuck:
    since: datetime
    # By type of record.
    answers: Mapping[str, list[Answer]]


# By canonical name. Guarded by the turn.
_stuck: dict[str, _Stuck] = {}


def judge_by(is_healthy: Callable[[str], bool]) -> None:
    """Have records follow the health checks that `is_healthy` judges by their id."""
    global _is_check_healthy
    _is_check_healthy = is_healthy


def _nobody_judges(_identifier: str) -> bool:
    return True


_is_check_healthy: Callable[[str], bool] = _nobody_judges


def install() -> None:
    """Offer the control endpoints."""
    control.route("GET", "/dns", _show)
    control.route("GET", "/dns/<name>", _show_stuck)
    control.route("PUT", "/dns/<name>", _put_stuck)


def reset() -> None:
    """Have every name answered by its records again."""
    _stuck.clear()


def answer(name: str, kind: str, zone: FakeZone | None = None) -> list[Answer]:
    """The answer to one question: empty for none, an alias' values under the name asked for.

    Raises NoSuchNameError where no zone is responsible. Call it while the turn is held.
    """
    wanted = _canonical(name)
    zone = zone or _zone_of(wanted)
    if zone is None:
        raise NoSuchNameError(f"no hosted zone holds {name}")
    candidates = _candidates(zone, wanted, kind)
    chosen = _choose(zone, candidates)
    return _merge([_answer_of(zone, record, wanted, kind) for record in chosen])


def exists(name: str, zone: FakeZone | None = None) -> bool:
    """Whether there is a record of any type under this name; call it while the turn is held."""
    wanted = _canonical(name)
    zone = zone or _zone_of(wanted)
    if zone is None:
        return False
    return wanted == _canonical(zone.name) or bool(_under(zone, wanted))


def targets(name: str) -> list[str]:
    """The names and addresses `name` leads to through the hosted zones, in order."""
    with turn.taken():
        found: list[str] = []
        for each in chain(name, "A"):
            found.extend(_plain(value) for value in each.values)
        return found


def chain(name: str, kind: str) -> Iterator[Answer]:
    """Answers from `name` on, following CNAMEs as far as the hosted zones know them."""
    for _ in range(_LONGEST_CHAIN):
        try:
            found = _resolved(name, kind)
        except NoSuchNameError:
            return
        yield from found
        if not found or found[0].type != "CNAME" or kind == "CNAME":
            return
        name = found[0].values[0]


def _resolved(name: str, kind: str) -> list[Answer]:
    """What resolvers say: the name servers' answer, or the one they are stuck with."""
    found, stuck = answer(name, kind), _stuck.get(_canonical(name))
    # What has no record any more is answered by nobody.
    if stuck is None or not found:
        return found
    return stuck.answers.get(found[0].type, found)


def _candidates(zone: FakeZone, name: str, kind: str) -> list[RecordSet]:
    # A CNAME answers for every type.
    return [each for each in _under(zone, name) if each.type in (kind, "CNAME")]


def _under(zone: FakeZone, name: str) -> list[RecordSet]:
    """Records of a name, or of the wildcard that stands for it."""
    here = [each for each in zone.rrsets if _canonical(each.name) == name]
    if here:
        return here
    parent = name.split(".", 1)[-1]
    # Route 53 writes the asterisk as an octal escape.
    wildcards = (f"*.{parent}", f"\\052.{parent}")
    return [each for each in zone.rrsets if _canonical(each.name) in wildcards]


def _choose(zone: FakeZone, records: list[RecordSet]) -> list[RecordSet]:
    """Those the routing policy answers with."""
    if not records:
        return []
    if records[0].failover:
        return _fail_over(zone, records)
    healthy = [each for each in records if _is_healthy(zone, each) is not False]
    # When all are unhealthy Route 53 treats all as healthy.
    usable = healthy or records
    if records[0].multi_value_answer:
        return usable[:_MOST_VALUES]
    if records[0].weight is not None:
        return _by_weight(usable)
    return usable[:1]


def _fail_over(zone: FakeZone, records: list[RecordSet]) -> list[RecordSet]:
    """The primary while it is healthy, and when neither is."""
    primary = [each for each in records if each.failover == "PRIMARY"]
    secondary = [each for each in records if each.failover == "SECONDARY"]
    for candidates in (primary, secondary):
        if candidates and _is_healthy(zone, candidates[0]) is not False:
            return candidates[:1]
    return (primary or secondary)[:1]


def _by_weight(records: list[RecordSet]) -> list[RecordSet]:
    weights = [int(each.weight or 0) for each in records]
    if not any(weights):
        weights = [1] * len(records)
    return random.choices(records, weights)  # noqa: S311


def _is_healthy(zone: FakeZone, record: RecordSet) -> bool | None:
    """Whether a record may be answered; None where nothing judges it."""
    if record.health_check_id and not _is_check_healthy(record.health_check_id):
        return False
    follows = _is_true(_alias_of(record).get("EvaluateTargetHealth"))
    if follows and not _is_alias_healthy(zone, record):
        return False
    return True if follows or record.health_check_id else None


def _is_alias_healthy(zone: FakeZone, record: RecordSet) -> bool:
    """An alias is healthy while a record it leads to is, or the region its AWS target is in.

    Route 53 promises nothing of the kind for API Gateway, so those are healthy whatever happens:
    who fails over between regions needs a health check of his own.
    """
    target = _canonical(_alias_of(record)["DNSName"])
    leads_to = _candidates(zone, target, str(record.type))
    if leads_to:
        return any(_is_healthy(zone, each) is not False for each in leads_to)
    if ".execute-api." in target:
        return True
    return not any(regions.is_down(part) for part in target.split("."))


def _alias_of(record: RecordSet) -> dict[str, Any]:
    return record.alias_target or {}


def _answer_of(zone: FakeZone, record: RecordSet, name: str, kind: str) -> Answer:
    values, ttl = tuple(record.records), int(record.ttl or _ALIAS_TTL)
    if record.alias_target:
        values, ttl = _follow_alias(zone, record, kind)
    return Answer(
        name=name,
        type=str(record.type),
        values=values,
        ttl=ttl,
        set_identifier=record.set_identifier,
        health_check_id=record.health_check_id,
        healthy=_is_healthy(zone, record),
    )


def _follow_alias(zone: FakeZone, record: RecordSet, kind: str) -> tuple[tuple[str, ...], int]:
    """Values and TTL of an alias' target; an AWS endpoint stands for its own addresses."""
    target = str(_alias_of(record)["DNSName"])
    chosen = _choose(zone, _candidates(zone, _canonical(target), kind))
    if not chosen:
        return (target,), _ALIAS_TTL
    found = [_answer_of(zone, each, target, kind) for each in chosen]
    return tuple(value for each in found for value in each.values), found[0].ttl


def _merge(answers: list[Answer]) -> list[Answer]:
    """One answer for records of many values (multivalue); otherwise what was chosen."""
    if len(answers) < 2:
        return answers
    values = tuple(value for each in answers for value in each.values)
    first = answers[0]
    return [Answer(first.name, first.type, values, first.ttl)]


def _zone_of(name: str) -> FakeZone | None:
    """The public zone with the longest name that holds `name`."""
    zones: list[FakeZone] = list(route53_backends[DEFAULT_ACCOUNT_ID]["aws"].zones.values())
    holding = [
        zone
        for zone in zones
        if not zone.private_zone and f".{name}".endswith(f".{_canonical(zone.name)}")
    ]
    return max(holding, key=lambda zone: len(zone.name), default=None)


def _canonical(name: str) -> str:
    return name.rstrip(".").lower() + "."


def _plain(value: str) -> str:
    return value.rstrip(".").lower()


def _is_true(value: Any) -> bool:
    return str(value).lower() == "true"


def _show(request: Any) -> dict[str, Any]:
    name = request.args.get("name")
    if not name:
        raise BadRequest("say which name: ?name=app.example.net&type=CNAME")
    found = list(chain(name, request.args.get("type", "A").upper()))
    first = found[0] if found else None
    return {
        "name": _canonical(name),
        "answers": list(first.values) if first else [],
        "type": first.type if first else None,
        "ttl": first.ttl if first else None,
        "set_identifier": first.set_identifier if first else None,
        "health_check_id": first.health_check_id if first else None,
        "healthy": first.healthy if first else None,
        "chain": [list(each.values) for each in found],
    }


def _show_stuck(_request: Any, name: str) -> dict[str, Any]:
    stuck = _stuck.get(_canonical(name))
    state: dict[str, Any] = {"name": _canonical(name), "stuck": stuck is not None}
    return state if stuck is None else {**state, "since": stuck.since.isoformat()}


def _put_stuck(request: Any, name: str) -> dict[str, Any]:
    wanted, stuck = _canonical(name), control.body(request).get("stuck")
    if not isinstance(stuck, bool):
        raise BadRequest("stuck must be true or false")
    if not stuck:
        _stuck.pop(wanted, None)
    elif wanted not in _stuck:
        _stuck[wanted] = _Stuck(datetime.now(UTC), _answers_now(wanted))
    return _show_stuck(request, name)


def _answers_now(name: str) -> dict[str, list[Answer]]:
    zone = _zone_of(name)
    kinds = {str(each.type) for each in _under(zone, name)} if zone is not None else set()
    if not kinds:
        raise NotFound(f"no hosted zone has a record under {name}")
    return {kind: answer(name, kind, zone) for kind in kinds}
