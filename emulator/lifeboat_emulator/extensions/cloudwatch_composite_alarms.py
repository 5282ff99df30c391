"""Composite alarms: PutCompositeAlarm, their rule, and children that cannot go before them.

Moto has the field for the rule and nothing else. A composite alarm follows its children at once.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from moto.cloudwatch.exceptions import ValidationError
from moto.cloudwatch.models import Alarm, CloudWatchBackend
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult, EmptyResult

from lifeboat_emulator.extensions.cloudwatch_evaluation import ALARM, INSUFFICIENT_DATA, OK

_TOKEN = re.compile(
    r'\s*(?:(?P<state>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?P<name>"[^"]+"|\'[^\']+\'|[^()\s]+)\s*\)'
    r"|(?P<word>AND|OR|NOT|TRUE|FALSE)\b|(?P<sign>[()]))"
)
_LONGEST_RULE = 10240
_SUPPRESSION = {
    "ActionsSuppressor": "actions_suppressor",
    "ActionsSuppressorWaitPeriod": "actions_suppressor_wait_period",
    "ActionsSuppressorExtensionPeriod": "actions_suppressor_extension_period",
}

_METRIC_FIELDS = (
    "namespace",
    "metric_name",
    "comparison_operator",
    "evaluation_periods",
    "period",
    "threshold",
    "statistic",
)


class RuleError(ValueError):
    """A rule that cannot be read."""


def install() -> None:
    """Add PutCompositeAlarm, and keep children from going first."""
    setattr(CloudWatchResponse, "put_composite_alarm", _put)
    original = CloudWatchBackend.delete_alarms

    def delete_alarms(self: CloudWatchBackend, alarm_names: list[str]) -> None:
        staying = [each for each in self.alarms.values() if each.name not in alarm_names]
        for alarm in staying:
            used = set(children(alarm)).intersection(alarm_names, self.alarms)
            for name in sorted(used):
                raise ValidationError(
                    f"Cannot delete {name} as there are composite alarm(s) depending on it: "
                    f"{alarm.name}."
                )
        arns = [self.alarms[name].alarm_arn for name in alarm_names if name in self.alarms]
        original(self, alarm_names)
        for arn in arns:
            self.tagger.delete_all_tags_for_resource(arn)

    setattr(CloudWatchBackend, "delete_alarms", delete_alarms)


def children(alarm: Alarm) -> list[str]:
    """Names of the alarms a composite one looks at, its suppressor among them."""
    if alarm.rule is None:
        return []
    suppressor = alarm.__dict__.get("actions_suppressor")
    named = [token["name"] for token in _tokens(alarm.rule) if token["name"]]
    return list(dict.fromkeys(_plain(name) for name in [*named, suppressor] if name))


def judge_all(backend: CloudWatchBackend) -> None:
    """Bring each composite alarm into the state its rule calls for, inner ones first."""
    for alarm in _inner_first(backend):
        state = ALARM if _holds(alarm.rule, backend) else OK
        if state != alarm.state_value:
            told = _children_states(alarm, backend)
            reason = f"{alarm.rule} is {'true' if state == ALARM else 'false'}"
            alarm.update_state(reason, json.dumps({"triggeringAlarms": told}), state)


def _put(self: CloudWatchResponse) -> ActionResult:
    backend = self.cloudwatch_backend
    name, rule = self._get_param("AlarmName"), self._get_param("AlarmRule")
    _check(backend, name, rule)
    # Moto's only constructor; a composite alarm has no metric.
    without: Any = dict.fromkeys(_METRIC_FIELDS)
    alarm = backend.put_metric_alarm(
        **without,
        name=name,
        dimensions=[],
        description=self._get_param("AlarmDescription"),
        alarm_actions=self._get_param("AlarmActions") or [],
        ok_actions=self._get_param("OKActions") or [],
        insufficient_data_actions=self._get_param("InsufficientDataActions") or [],
        actions_enabled=self._get_bool_param("ActionsEnabled"),
        rule=rule,
        tags=self._get_param("Tags") or [],
    )
    for parameter, attribute in _SUPPRESSION.items():
        alarm.__dict__[attribute] = self._get_param(parameter)
    return EmptyResult()


def _check(backend: CloudWatchBackend, name: str, rule: str) -> None:
    if len(rule) > _LONGEST_RULE:
        raise ValidationError(f"AlarmRule must not exceed {_LONGEST_RULE} characters")
    existing = backend.alarms.get(name)
    if existing is not None and existing.rule is None:
        raise ValidationError(f"Could not save the composite alarm: {name} is a metric alarm")
    try:
        named = [_plain(token["name"]) for token in _tokens(rule) if token["name"]]
        _holds(rule, backend)
    except RuleError as error:
        raise ValidationError(f"Error in AlarmRule: {error}") from error
    unknown = sorted(each for each in named if each not in backend.alarms)
    if unknown:
        raise ValidationError(
            f"Could not save the composite alarm as alarms {unknown} in the alarm rule do not exist"
        )
    if name in named or any(name in _below(backend, each) for each in named):
        raise ValidationError(f"Error in AlarmRule: {name} would depend on itself")


def _below(backend: CloudWatchBackend, name: str) -> set[str]:
    """All alarms one depends on; rules that are kept have no cycle."""
    alarm = backend.alarms.get(name)
    direct = set(children(alarm)) if alarm is not None else set()
    return direct.union(*(_below(backend, each) for each in direct))


def _inner_first(backend: CloudWatchBackend) -> list[Alarm]:
    composites = [alarm for alarm in backend.alarms.values() if alarm.rule is not None]
    return sorted(composites, key=lambda alarm: len(_below(backend, alarm.name)))


def _children_states(alarm: Alarm, backend: CloudWatchBackend) -> list[dict[str, Any]]:
    found = [backend.alarms[name] for name in children(alarm) if name in backend.alarms]
    return [
        {
            "arn": each.alarm_arn,
            "state": {"value": each.state_value, "timestamp": str(each.state_updated_timestamp)},
        }
        for each in found
    ]


def _holds(rule: str | None, backend: CloudWatchBackend) -> bool:
    """Whether a rule is true. An alarm that is gone counts as one without data."""
    reader = _Rule(list(_tokens(rule or "")), backend)
    return reader.whole()


class _Rule:
    def __init__(self, tokens: list[re.Match[str]], backend: CloudWatchBackend) -> None:
        self._tokens = tokens
        self._backend = backend
        self._at = 0

    def whole(self) -> bool:
        held = self._either()
        if self._at < len(self._tokens):
            raise RuleError(f"unexpected {self._tokens[self._at][0].strip()}")
        return held

    def _either(self) -> bool:
        held = self._both()
        while self._take("OR"):
            # Read to its end in any case, so that a mistake further on is found.
            held = self._both() or held
        return held

    def _both(self) -> bool:
        held = self._single()
        while self._take("AND"):
            held = self._single() and held
        return held

    def _single(self) -> bool:
        if self._take("NOT"):
            return not self._single()
        if self._take("("):
            held = self._either()
            if not self._take(")"):
                raise RuleError(") is missing")
            return held
        if self._take("TRUE"):
            return True
        if self._take("FALSE"):
            return False
        if self._at >= len(self._tokens):
            raise RuleError("it ends too early")
        token = self._tokens[self._at]
        if not token["state"]:
            raise RuleError(f"unexpected {token[0].strip()}")
        self._at += 1
        alarm = self._backend.alarms.get(_plain(token["name"]))
        state = INSUFFICIENT_DATA if alarm is None else alarm.state_value
        return bool(state == token["state"])

    def _take(self, word: str) -> bool:
        if self._at >= len(self._tokens):
            return False
        token = self._tokens[self._at]
        if word in (token["word"], token["sign"]):
            self._at += 1
            return True
        return False


def _tokens(rule: str) -> Iterator[re.Match[str]]:
    at, end = 0, len(rule.rstrip())
    while at < end:
        match = _TOKEN.match(rule, at)
        if match is None:
            raise RuleError(f"cannot read {rule[at:]!r}")
        yield match
        at = match.end()


def _plain(name: str) -> str:
    """A name, of a name or an ARN in quotation marks or without."""
    return name.strip("\"'").rsplit(":alarm:", 1)[-1]
