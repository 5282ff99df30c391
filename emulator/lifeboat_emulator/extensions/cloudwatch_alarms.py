"""Alarms are evaluated, keep their state when they are changed, and begin without one.

Moto's alarms are born OK and stay as they are until SetAlarmState. Every alarm is judged six times
a minute here, on whole minutes of data, so one rings at most 70 s after its data crossed. In a
region that is down nothing is judged.
"""

import logging
import time
from typing import Any

from moto.cloudwatch.exceptions import InvalidParameterValue
from moto.cloudwatch.models import Alarm, CloudWatchBackend, cloudwatch_backends
from moto.cloudwatch.responses import CloudWatchResponse
from moto.core.responses import ActionResult
from moto.core.utils import utcnow

from lifeboat_emulator import regions, ticker
from lifeboat_emulator.extensions import cloudwatch_alarm_actions as actions
from lifeboat_emulator.extensions import cloudwatch_composite_alarms as composite
from lifeboat_emulator.extensions import cloudwatch_evaluation as evaluation
from lifeboat_emulator.extensions.cloudwatch_math import ExpressionError

_log = logging.getLogger("lifeboat_emulator.alarms")

_INTERVAL = 10
_STATE = (
    "state_value",
    "state_reason",
    "state_reason_data",
    "state_updated_timestamp",
    "state_transitioned_timestamp",
    "history",
)
_TYPES = ("MetricAlarm", "CompositeAlarm")


def install() -> None:
    """Wrap creation and changes of state; judge at intervals."""
    original_put = CloudWatchBackend.put_metric_alarm

    def put_metric_alarm(self: CloudWatchBackend, name: str, *args: Any, **kwargs: Any) -> Alarm:
        before = self.alarms.get(name)
        alarm = original_put(self, name, *args, **kwargs)
        _inherit(alarm, before)
        return alarm

    setattr(CloudWatchBackend, "put_metric_alarm", put_metric_alarm)
    setattr(CloudWatchResponse, "describe_alarms", _describe)
    setattr(Alarm, "update_state", _update_state)
    schedule()


def schedule() -> None:
    """Judge all alarms each ten seconds of emulated time, from now on."""
    ticker.every("alarms", _INTERVAL, judge_all)


def judge_all() -> None:
    """Judge each alarm of each region that is up; composite ones last, for they follow."""
    now = time.time()
    backends: list[Any] = list(cloudwatch_backends.iter_backends())
    for _, region, backend in backends:
        if regions.is_down(region):
            continue
        for alarm in list(backend.alarms.values()):
            if alarm.rule is None:
                _judge(alarm, backend, now)
        composite.judge_all(backend)


def _judge(alarm: Alarm, backend: CloudWatchBackend, now: float) -> None:
    try:
        verdict = evaluation.evaluate(alarm, backend, now)
    except (ExpressionError, ValueError, KeyError) as error:
        # On AWS such an alarm cannot be made, or shows an evaluation error and no data.
        verdict = evaluation.Verdict(
            evaluation.INSUFFICIENT_DATA, f"Evaluating the alarm: {error}", known=False
        )
    if verdict.state not in (None, alarm.state_value):
        alarm.update_state(verdict.reason, actions.reason_data(alarm, verdict), verdict.state)


def _update_state(self: Alarm, reason: str, reason_data: str, state_value: str) -> None:
    """Moto's, with the time of the transition and what an alarm does on one."""
    before = actions.State.of(self)
    self.history.append(("StateUpdate", *before))
    self.state_reason = reason
    self.state_reason_data = reason_data
    self.state_value = state_value
    self.state_updated_timestamp = utcnow()
    if before.value == state_value:
        return
    self.__dict__["state_transitioned_timestamp"] = self.state_updated_timestamp
    _log.info("alarm %s in %s is %s: %s", self.name, self.region_name, state_value, reason)
    actions.act(self, before)


def _inherit(alarm: Alarm, before: Alarm | None) -> None:
    """A new alarm has no data yet; a changed one keeps its state."""
    if before is not None:
        for name in _STATE:
            alarm.__dict__[name] = before.__dict__[name]
        return
    alarm.state_value = evaluation.INSUFFICIENT_DATA
    alarm.state_reason_data = ""
    alarm.__dict__["state_transitioned_timestamp"] = alarm.state_updated_timestamp


def _describe(self: CloudWatchResponse) -> ActionResult:
    """Composite alarms are told only where they are asked for; filters are combined."""
    kinds = self._get_param("AlarmTypes") or ["MetricAlarm"]
    for kind in kinds:
        if kind not in _TYPES:
            raise InvalidParameterValue(f"{kind} is no type of alarm: use one of {_TYPES}.")
    names = self._get_param("AlarmNames")
    prefix = self._get_param("AlarmNamePrefix") or ""
    state = self._get_param("StateValue")
    action = self._get_param("ActionPrefix") or ""
    found = [
        alarm
        for alarm in self.cloudwatch_backend.alarms.values()
        if (not names or alarm.name in names)
        and alarm.name.startswith(prefix)
        and state in (None, alarm.state_value)
        and (not action or any(each.startswith(action) for each in actions.all_of(alarm)))
    ]
    metric = [each for each in found if each.rule is None]
    composites = [each for each in found if each.rule is not None]
    return ActionResult(
        {
            "MetricAlarms": metric if "MetricAlarm" in kinds else [],
            "CompositeAlarms": composites if "CompositeAlarm" in kinds else [],
        }
    )
