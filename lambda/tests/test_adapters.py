"""The adapters against AWS as moto plays it, and what they send where moto cannot."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from failover_orchestrator.context import CloudWatchAlarm
from lifeboat_dr.clock import SystemClock, iso
from lifeboat_dr.database import RdsDatabase
from lifeboat_dr.events import Event, EventBridgeBus, EventRefused
from lifeboat_dr.health import parse_health
from lifeboat_dr.heartbeats import DataApiHeartbeats, Heartbeat
from lifeboat_dr.kill_switch import SsmKillSwitch
from lifeboat_dr.lag import CloudWatchLag
from lifeboat_dr.metrics import CloudWatchMetrics, Metric
from lifeboat_dr.notices import SnsNotices
from lifeboat_dr.settings import SettingsError, Variables
from lifeboat_dr.slot import Slot, SlotHeld
from lifeboat_dr.switch import SwitchFenced, TakeoverSwitch
from lifeboat_dr.table import ConditionFailed, Table, Write, from_item, to_item
from lifeboat_dr.topology import TopologyError, parse_topology, region_of
from tests.fakes import EAST, START, WEST, RecordingMetrics

REGION = "us-west-2"

pytestmark = pytest.mark.usefixtures("aws")


def test_settings_name_the_variable_and_the_remedy() -> None:
    variables = Variables({"A": " x ", "N": "7", "BAD": "soon", "BIG": "99"})
    assert variables.text("A") == "x"
    assert variables.number("N", 1, 1, 10) == 7
    assert variables.number("MISSING", 3, 1, 10) == 3
    for call in (
        lambda: variables.text("MISSING"),
        lambda: variables.number("BAD", 1, 1, 10),
        lambda: variables.number("BIG", 1, 1, 10),
    ):
        with pytest.raises(SettingsError, match=r"MISSING is not set: give|BAD is 'soon': give|BIG is 99: give"):
            call()


def test_system_clock() -> None:
    clock = SystemClock()
    before = clock.now()
    clock.sleep(5)
    clock.sleep(-5)
    assert before + 5 <= clock.now() < before + 5_000
    assert iso(START) == "2026-01-15T09:00:00.000Z"


def test_values_survive_the_table() -> None:
    item: dict[str, object] = {"a": 1, "b": 1.5, "c": None, "d": {"e": [1, 2.25, "x"]}, "f": True}
    assert from_item(to_item(item)) == item


def test_writes_together_hold_all_or_none(moto_table: Table) -> None:
    good = Write("a", "1", "SET x = :x", None, {":x": 1})
    bad = Write("b", "1", "SET x = :x", "attribute_exists(pk)", {":x": 1})
    with pytest.raises(ConditionFailed):
        moto_table.write_together([good, bad])
    assert moto_table.get("a", "1") is None


def test_errors_that_are_no_verdict_are_passed_on(moto_table: Table) -> None:
    moto_table.client.delete_table(TableName=moto_table.name)
    write = Write("a", "1", "SET x = :x", None, {":x": 1})
    for call in (
        lambda: moto_table.update(write),
        lambda: moto_table.write_together([write]),
        lambda: moto_table.put_if({"pk": "a"}, "x = :x", {":x": 1}),
    ):
        with pytest.raises(moto_table.client.exceptions.ResourceNotFoundException):
            call()


def test_slot_tokens_grow_and_fence(moto_table: Table) -> None:
    slot = Slot(moto_table, 30_000)
    first = slot.take("failover:a", "failover", START)
    with pytest.raises(SlotHeld, match="failover:a"):
        slot.take("portal:run:1", "apply", START + 30_000)
    second = slot.take("portal:run:1", "apply", START + 30_001)
    assert second.token == first.token + 1
    with pytest.raises(ConditionFailed):
        moto_table.write_together([slot.renewal(first, START)])
    slot.hand_over(first)
    assert "handed_over" not in (moto_table.get("slot", "operation") or {})
    moto_table.write_together([slot.release(second)])
    assert slot.take("failover:b", "failover", START).token == second.token + 1


def test_unfinished_slot_waits_for_its_own(moto_table: Table) -> None:
    slot = Slot(moto_table, 30_000)
    lease = slot.take("failover:a", "failover", START)
    moto_table.write_together([slot.renewal(lease, START)])
    with pytest.raises(SlotHeld):
        slot.take("portal:run:1", "apply", START + 10_000_000)
    successor = slot.take("failover:a", "failover", START + 30_001)
    assert successor.token == lease.token + 1
    # The holder is the same, the worker is not: the token tells them apart.
    for stale in (slot.renewal(lease, START + 30_002), slot.release(lease)):
        with pytest.raises(ConditionFailed):
            moto_table.write_together([stale])
    slot.hand_over(lease)
    with pytest.raises(SlotHeld):
        slot.take("failover:a", "failover", START + 30_003)


def test_switch_obeys_the_newest_token(moto_table: Table) -> None:
    metrics = RecordingMetrics()
    switch = TakeoverSwitch(moto_table, metrics)
    assert switch.publish(START) is False
    switch.set(True, "failover:a", 5, START)
    with pytest.raises(SwitchFenced):
        switch.set(False, "failover:old", 4, START)
    assert switch.thrown() is True
    assert metrics.last("StandbyTakesOver") == 1.0
    switch.set(False, "portal:failback:1", 6, START)
    assert switch.publish(START) is False


def test_health_that_was_only_claimed_is_none() -> None:
    assert parse_health({"pk": "health", "claimed_by": "x"}) is None


def _global(*members: tuple[str, bool], state: dict[str, Any] | None = None) -> Any:
    return {
        "GlobalClusterIdentifier": "aurora-global-demo",
        "Status": "available",
        "GlobalClusterMembers": [{"DBClusterArn": arn, "IsWriter": writer} for arn, writer in members],
        **({"FailoverState": state} if state else {}),
    }


def test_topology() -> None:
    topology = parse_topology(_global((EAST, True), (WEST, False), state={"Status": "failing-over", "ToDbClusterArn": WEST}))
    assert topology.writer_region == "us-east-1"
    assert topology.member_in("us-west-2") == WEST
    assert topology.member_in("eu-west-1") is None
    assert topology.moving_to == WEST
    cancelled = parse_topology(_global((EAST, True), state={"Status": "cancelling", "ToDbClusterArn": WEST}))
    assert cancelled.moving_to is None
    for members in ([(EAST, False)], [(EAST, True), (WEST, True)]):
        with pytest.raises(TopologyError, match="writers, not one"):
            parse_topology(_global(*members))
    with pytest.raises(TopologyError):
        region_of("aurora-cluster-primary-demo")


def test_database_asks_for_a_forced_failover_or_a_lossless_switchover() -> None:
    client = boto3.client("rds", region_name=REGION)
    database = RdsDatabase(client, "aurora-global-demo")
    with Stubber(client) as stub:
        stub.add_response(
            "failover_global_cluster",
            {"GlobalCluster": {}},
            {"GlobalClusterIdentifier": "aurora-global-demo", "TargetDbClusterIdentifier": WEST, "AllowDataLoss": True},
        )
        database.fail_over(WEST)
        stub.add_response(
            "switchover_global_cluster",
            {"GlobalCluster": {}},
            {"GlobalClusterIdentifier": "aurora-global-demo", "TargetDbClusterIdentifier": EAST},
        )
        database.switch_over(EAST)
        stub.add_response("describe_global_clusters", {"GlobalClusters": [{"GlobalClusterIdentifier": "another"}]})
        with pytest.raises(TopologyError, match="does not exist"):
            database.topology()
        stub.assert_no_pending_responses()


def test_cluster_health() -> None:
    client = boto3.client("rds", region_name=REGION)
    client.create_db_cluster(DBClusterIdentifier="c", Engine="aurora-mysql", MasterUsername="root", MasterUserPassword="secret-enough")
    for name in ("one", "two"):
        client.create_db_instance(
            DBInstanceIdentifier=name, DBClusterIdentifier="c", Engine="aurora-mysql", DBInstanceClass="db.serverless"
        )
    health = RdsDatabase(client, "g").cluster("c")
    assert (health.status, health.instances, health.available_instances) == ("available", 2, 2)
    assert health.promotable


@pytest.mark.parametrize("with_source", [True, False])
def test_lag_is_read_with_and_without_the_source_region(with_source: bool) -> None:
    client = boto3.client("cloudwatch", region_name=REGION)
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    dimensions = [{"Name": "DBClusterIdentifier", "Value": "west"}]
    if with_source:
        dimensions.append({"Name": "SourceRegion", "Value": "us-east-1"})
    for minutes, value in ((3, 120.0), (2, 240.0), (40, 9.0)):
        datum: Any = {
            "MetricName": "AuroraGlobalDBReplicationLag",
            "Dimensions": dimensions,
            "Timestamp": now - timedelta(minutes=minutes),
            "Value": value,
        }
        client.put_metric_data(Namespace="AWS/RDS", MetricData=[datum])
    points = CloudWatchLag(client, "west", "us-east-1").points(int(now.timestamp() * 1000))
    assert [point.lag for point in points] == [120.0, 240.0]
    assert points[0].at == int((now - timedelta(minutes=3)).timestamp() * 1000)
    assert CloudWatchLag(client, "east", "us-east-1").points(int(now.timestamp() * 1000)) == []


def test_metrics_bear_the_environment() -> None:
    client = boto3.client("cloudwatch", region_name=REGION)
    CloudWatchMetrics(client, "demo").put([Metric("SignalAge", 2.0, "Seconds", "heartbeat"), Metric("PrimaryHealthy", 1.0)], START)
    metrics = {metric["MetricName"]: metric["Dimensions"] for metric in client.list_metrics(Namespace="Lifeboat/DR")["Metrics"]}
    assert metrics["PrimaryHealthy"] == [{"Name": "Environment", "Value": "demo"}]
    assert {"Name": "Signal", "Value": "heartbeat"} in metrics["SignalAge"]


def test_alarm_and_kill_switch() -> None:
    cloudwatch, ssm = boto3.client("cloudwatch", region_name=REGION), boto3.client("ssm", region_name=REGION)
    alarm = CloudWatchAlarm(cloudwatch, "alarm-standby-takes-over-demo")
    assert alarm.ringing() is False
    cloudwatch.put_metric_alarm(
        AlarmName=alarm.name,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        EvaluationPeriods=1,
        MetricName="x",
        Namespace="y",
        Period=60,
        Statistic="Maximum",
        Threshold=1,
    )
    cloudwatch.set_alarm_state(AlarmName=alarm.name, StateValue="ALARM", StateReason="test")
    assert alarm.ringing() is True
    switch = SsmKillSwitch(ssm, "/lifeboat/demo/failover")
    with pytest.raises(ssm.exceptions.ParameterNotFound):
        switch.armed()
    for value, armed in (("armed", True), ("disarmed", False), ("Armed?", False)):
        ssm.put_parameter(Name=switch.parameter, Value=value, Type="String", Overwrite=True)
        assert switch.armed() is armed


def test_notices_fit_into_a_subject() -> None:
    client = boto3.client("sns", region_name=REGION)
    notices = SnsNotices(client, client.create_topic(Name="alerts")["TopicArn"], "demo")
    with Stubber(client) as stub:
        subject = "[demo] " + ("é" * 300)[:93].replace("é", "?")
        stub.add_response(
            "publish",
            {"MessageId": "1"},
            {
                "TopicArn": notices.topic_arn,
                "Subject": subject,
                "Message": json.dumps({"environment": "demo", "subject": "é" * 300, "a": 1}, indent=2),
            },
        )
        notices.tell("é" * 300, {"a": 1})


def test_event_that_was_not_accepted_is_an_error() -> None:
    client = boto3.client("events", region_name=REGION)
    bus = EventBridgeBus(client, "default")
    bus.send(Event("Region Unhealthy", {"environment": "demo"}))
    with Stubber(client) as stub:
        stub.add_response("put_events", {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "ThrottlingException"}]})
        with pytest.raises(EventRefused, match="ThrottlingException"):
            bus.send(Event("Region Unhealthy", {}))


def test_heartbeats_through_the_data_api() -> None:
    client = boto3.client("rds-data", region_name=REGION)
    heartbeats = DataApiHeartbeats(client, WEST, "arn:aws:secret", "ledger")

    def call(sql: str, parameters: list[Any]) -> dict[str, Any]:
        return {"resourceArn": WEST, "secretArn": "arn:aws:secret", "database": "ledger", "sql": sql, "parameters": parameters}

    region = {"name": "region", "value": {"stringValue": "us-east-1"}}
    with Stubber(client) as stub:
        stub.add_response(
            "execute_statement",
            {},
            call(
                "insert into lifeboat_heartbeat (number, written_at, region) values (:number, :written_at, :region)",
                [{"name": "number", "value": {"longValue": 4}}, {"name": "written_at", "value": {"longValue": START}}, region],
            ),
        )
        heartbeats.write(Heartbeat(4, START, "us-east-1"))
        row = [{"longValue": 4}, {"longValue": START}, {"stringValue": "us-east-1"}]
        newest = "select number, written_at, region from lifeboat_heartbeat where region = :region order by number desc limit 1"
        stub.add_response("execute_statement", {"records": [row]}, call(newest, [region]))
        assert heartbeats.newest("us-east-1") == Heartbeat(4, START, "us-east-1")
        everywhere = "select number, written_at, region from lifeboat_heartbeat order by number desc limit 1"
        stub.add_response("execute_statement", {"records": []}, call(everywhere, []))
        assert heartbeats.newest() is None
        number = {"name": "number", "value": {"longValue": 3}}
        stub.add_response("execute_statement", {}, call("delete from lifeboat_heartbeat where number < :number", [number]))
        heartbeats.forget_before(3)
        stub.assert_no_pending_responses()
