"""What an alarm does when its state changes: a message to its topics, an event on the default bus.

Both in AWS's shape, because functions and people read them. Moto's alarms do nothing.
"""

import functools
import json
import logging
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from botocore.loaders import Loader
from moto.cloudwatch.models import Alarm, cloudwatch_backends
from moto.core.exceptions import ServiceException
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.sns.models import sns_backends

from lifeboat_emulator.extensions import cloudwatch_metrics, events_bus
from lifeboat_emulator.extensions.cloudwatch_evaluation import ALARM, OK, Verdict

_log = logging.getLogger("lifeboat_emulator.alarms")


class State(NamedTuple):
    """A state an alarm was in."""

    reason: str
    reason_data: str
    value: str
    at: datetime

    @classmethod
    def of(cls, alarm: Alarm) -> "State":
        """The one it is in."""
        return cls(
            alarm.state_reason,
            alarm.state_reason_data,
            alarm.state_value,
            alarm.state_updated_timestamp,
        )


def all_of(alarm: Alarm) -> Iterable[str]:
    """Every action it has, for whichever state."""
    return [*(alarm.alarm_actions or ()), *alarm.ok_actions, *alarm.insufficient_data_actions]


def act(alarm: Alarm, before: State) -> None:
    """Tell of the state it changed to. The event goes out even with its actions disabled."""
    events_bus.publish(
        DEFAULT_ACCOUNT_ID,
        alarm.region_name,
        "aws.cloudwatch",
        "CloudWatch Alarm State Change",
        _event(alarm, before),
        resources=(alarm.alarm_arn,),
    )
    if not alarm.actions_enabled or _is_suppressed(alarm):
        return
    wanted = {OK: alarm.ok_actions, ALARM: alarm.alarm_actions}
    for action in wanted.get(alarm.state_value, alarm.insufficient_data_actions) or ():
        _perform(alarm, before, action)


def reason_data(alarm: Alarm, verdict: Verdict) -> str:
    """What StateReasonData holds after an evaluation."""
    started = verdict.started
    return json.dumps(
        {
            "version": "1.0",
            "queryDate": _stamp(datetime.now(UTC)),
            "startDate": _stamp(started) if started else None,
            "statistic": alarm.statistic,
            "period": alarm.period,
            "recentDatapoints": list(verdict.datapoints),
            "threshold": alarm.threshold,
        }
    )


def _is_suppressed(alarm: Alarm) -> bool:
    """Whether another alarm keeps a composite one quiet at this moment."""
    suppressor = alarm.__dict__.get("actions_suppressor")
    if not suppressor:
        return False
    alarms = cloudwatch_backends[DEFAULT_ACCOUNT_ID][alarm.region_name].alarms
    found = alarms.get(suppressor.rsplit(":alarm:", 1)[-1])
    return found is not None and found.state_value == ALARM


def _perform(alarm: Alarm, before: State, action: str) -> None:
    service, region = action.split(":")[2], action.split(":")[3]
    if service != "sns":
        _log.warning("alarm %s: the action %s is not emulated", alarm.name, action)
        return
    word = alarm.state_value
    subject = f'{word}: "{alarm.name}" in {_long_name(alarm.region_name)}'
    message = json.dumps(_message(alarm, before))
    backend = sns_backends[DEFAULT_ACCOUNT_ID][region]
    try:
        backend.publish(message, arn=action, subject=subject[:100])
    except ServiceException as error:
        _log.warning("alarm %s: publishing to %s: %s", alarm.name, action, error)


def _message(alarm: Alarm, before: State) -> dict[str, Any]:
    return {
        "AlarmName": alarm.name,
        "AlarmDescription": alarm.description,
        "AWSAccountId": DEFAULT_ACCOUNT_ID,
        "AlarmConfigurationUpdatedTimestamp": _stamp(alarm.configuration_updated_timestamp),
        "NewStateValue": alarm.state_value,
        "NewStateReason": alarm.state_reason,
        "StateChangeTime": _stamp(alarm.state_updated_timestamp),
        "Region": _long_name(alarm.region_name),
        "AlarmArn": alarm.alarm_arn,
        "OldStateValue": before.value,
        "OKActions": alarm.ok_actions,
        "AlarmActions": alarm.alarm_actions or [],
        "InsufficientDataActions": alarm.insufficient_data_actions,
        **({"AlarmRule": alarm.rule} if alarm.rule else {"Trigger": _trigger(alarm)}),
    }


def _trigger(alarm: Alarm) -> dict[str, Any]:
    trigger = {
        "Period": alarm.period,
        "EvaluationPeriods": alarm.evaluation_periods,
        "DatapointsToAlarm": alarm.datapoints_to_alarm,
        "ComparisonOperator": alarm.comparison_operator,
        "Threshold": alarm.threshold,
        "TreatMissingData": alarm.treat_missing_data or "missing",
        "EvaluateLowSampleCountPercentile": alarm.evaluate_low_sample_count_percentile or "",
    }
    if alarm.metric_data_queries:
        return {**trigger, "Metrics": _metrics(alarm)}
    return {
        "MetricName": alarm.metric_name,
        "Namespace": alarm.namespace,
        "StatisticType": "Statistic" if alarm.statistic else "ExtendedStatistic",
        "Statistic": (alarm.statistic or alarm.extended_statistic or "").upper(),
        "Unit": alarm.unit,
        "Dimensions": [{"value": each.value, "name": each.name} for each in alarm.dimensions],
        **trigger,
    }


def _event(alarm: Alarm, before: State) -> dict[str, Any]:
    configuration: dict[str, Any] = {"description": alarm.description or ""}
    if alarm.rule:
        configuration["alarmRule"] = alarm.rule
    else:
        configuration["metrics"] = _metrics(alarm)
    return {
        "alarmName": alarm.name,
        "state": _told(State.of(alarm)),
        "previousState": _told(before),
        "configuration": configuration,
    }


def _told(state: State) -> dict[str, Any]:
    told = {"value": state.value, "reason": state.reason, "timestamp": _stamp(state.at)}
    return {**told, "reasonData": state.reason_data} if state.reason_data else told


def _metrics(alarm: Alarm) -> list[dict[str, Any]]:
    """The alarm's queries; one for an alarm on a plain metric."""
    if not alarm.metric_data_queries:
        stat = alarm.statistic or alarm.extended_statistic
        metric = _metric(alarm.namespace, alarm.metric_name, alarm.dimensions)
        described = {"metric": metric, "period": alarm.period, "stat": stat}
        return [{"id": "m1", "metricStat": described, "returnData": True}]
    told = []
    for query in alarm.metric_data_queries:
        returned = str(query.return_data).lower() != "false"
        each: dict[str, Any] = {"id": query.id, "returnData": returned}
        watched = query.metric_stat
        if watched:
            named = watched.metric
            metric = _metric(named.namespace, named.metric_name, named.dimensions)
            each["metricStat"] = {"metric": metric, "period": watched.period, "stat": watched.stat}
        else:
            each["expression"] = query.expression
        told.append(each)
    return told


def _metric(namespace: str, name: str, dimensions: list[Any]) -> dict[str, Any]:
    pairs = cloudwatch_metrics.named(dimensions)
    return {"namespace": namespace, "name": name, "dimensions": pairs}


@functools.cache
def _long_name(region: str) -> str:
    """US East (N. Virginia) of us-east-1, as the messages have it."""
    for partition in Loader().load_data("endpoints")["partitions"]:
        if region in partition["regions"]:
            return str(partition["regions"][region]["description"])
    return region


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "+0000"
