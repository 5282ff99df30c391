"""The entry points, wired to AWS as moto plays it, with the events that stand beside the code."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import boto3
import pytest

import failover_orchestrator.handler as orchestrator
import health_monitor.handler as monitor
import heartbeat.handler as heartbeat
import secret_rotation.handler as rotation
from failover_orchestrator.command import BadEvent, parse_command
from lifeboat_dr.settings import SettingsError
from lifeboat_dr.table import Table
from tests.conftest import STANDBY, TABLE
from tests.fakes import EAST, PLACE, WEST

HERE = Path(__file__).resolve().parent.parent


@dataclass
class FakeContext:
    """What Lambda tells of an invocation."""

    remaining: int
    aws_request_id: str = "request"
    function_name: str = "function"
    memory_limit_in_mb: int = 128
    invoked_function_arn: str = "arn:aws:lambda:us-west-2:123456789012:function:function"

    def get_remaining_time_in_millis(self) -> int:
        return self.remaining


def context(remaining: int) -> Any:
    return cast(Any, FakeContext(remaining))


def event(function: str, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / function / "events" / f"{name}.json").read_text())
    return found


@pytest.fixture
def deployed(moto_table: Table, monkeypatch: pytest.MonkeyPatch) -> Table:
    """The environment's variables, topic, parameter and global cluster."""
    topic = boto3.client("sns", region_name=STANDBY).create_topic(Name="sns-alerts-secondary-demo")["TopicArn"]
    variables = {
        "ENVIRONMENT_SUFFIX": "demo",
        "PRIMARY_REGION": "us-east-1",
        "STANDBY_REGION": STANDBY,
        "STATE_TABLE": TABLE,
        "GLOBAL_CLUSTER_IDENTIFIER": PLACE.global_cluster,
        "PRIMARY_CLUSTER_IDENTIFIER": "aurora-cluster-primary-demo",
        "STANDBY_CLUSTER_IDENTIFIER": PLACE.standby_cluster,
        "STANDBY_CLUSTER_ARN": WEST,
        "PRIMARY_CLUSTER_ARN": EAST,
        "PRIMARY_SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:secret-database-demo",
        "STANDBY_SECRET_ARN": "arn:aws:secretsmanager:us-west-2:123456789012:secret:secret-database-demo",
        "ALERT_TOPIC_ARN": topic,
        "PRIMARY_URL": "https://127.0.0.1:1/healthz",
        "KILL_SWITCH_PARAMETER": "/lifeboat/demo/failover",
        "SWITCH_ALARM_NAME": "alarm-standby-takes-over-demo",
        "DATABASE_NAME": "ledger",
        "CLUSTER_REGION": "us-east-1",
        "CLUSTER_IDENTIFIER": "aurora-cluster-primary-demo",
        "CLUSTER_ARN": EAST,
        "SECRET_ARN": "arn:aws:secretsmanager:us-east-1:123456789012:secret:secret-database-demo",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    boto3.client("ssm", region_name=STANDBY).put_parameter(Name="/lifeboat/demo/failover", Value="disarmed", Type="String")
    east, west = boto3.client("rds", region_name="us-east-1"), boto3.client("rds", region_name=STANDBY)
    east.create_global_cluster(GlobalClusterIdentifier=PLACE.global_cluster, Engine="aurora-mysql")
    for client, name in ((east, "aurora-cluster-primary-demo"), (west, PLACE.standby_cluster)):
        client.create_db_cluster(
            DBClusterIdentifier=name,
            GlobalClusterIdentifier=PLACE.global_cluster,
            Engine="aurora-mysql",
            MasterUsername="root",
            MasterUserPassword="secret-enough",
        )
    for module in (monitor, orchestrator, heartbeat, rotation):
        module.wiring.cache_clear()
    return moto_table


def test_monitor_probes_and_records(deployed: Table) -> None:
    summary = monitor.handle(event("health_monitor", "tick"), context(monitor.RESERVE + 200))
    assert summary["probes"] == 1
    readings = (deployed.get("health", "primary") or {})["readings"]
    assert readings["application"]["condition"] == "failing"
    assert readings["heartbeat"]["condition"] == "unknown"
    assert readings["writer"]["source"] == "RDS in us-east-1"


def test_orchestrator_refuses_while_the_kill_switch_is_off(deployed: Table) -> None:
    outcome = orchestrator.handle(event("failover_orchestrator", "region-unhealthy"), context(60_000))
    assert outcome["outcome"] == "refused"
    assert "kill_switch: changes of roles are switched off" in str(outcome["reason"])
    assert (deployed.get("failover", "demo-1768467605000") or {})["failover"]["status"] == "refused"


def test_orchestrator_rehearses(deployed: Table) -> None:
    outcome = orchestrator.handle(event("failover_orchestrator", "failover-requested"), context(60_000))
    assert outcome["outcome"] == "would refuse"
    assert deployed.get("failover", "current") is None


def test_orchestrator_has_nothing_to_continue(deployed: Table) -> None:
    outcome = orchestrator.handle(event("failover_orchestrator", "failover-continue"), context(60_000))
    assert outcome == {"outcome": "nothing to do"}


def test_orchestrator_never_works_from_the_failed_region(deployed: Table, monkeypatch: pytest.MonkeyPatch) -> None:
    engine = orchestrator.wiring()
    assert getattr(engine.ports.database, "client").meta.region_name == STANDBY  # noqa: B009
    orchestrator.wiring.cache_clear()
    monkeypatch.setenv("STANDBY_REGION", "us-east-1")
    with pytest.raises(SettingsError, match="STANDBY_REGION is the primary region"):
        orchestrator.wiring()


def test_event_that_cannot_be_understood_raises(deployed: Table) -> None:
    with pytest.raises(BadEvent):
        orchestrator.handle({"source": "aws.ec2"}, context(60_000))


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"detail": None}, "detail is missing"),
        ({"detail-type": "Coffee Ready"}, "is not one"),
        ({"environment": "other"}, "is for 'other'"),
        ({"region": "eu-west-1"}, "region is 'eu-west-1'"),
        ({"incident": ""}, "detail.incident"),
        ({"first_failed_at": "soon"}, "detail.first_failed_at"),
        ({"triggered_at": True}, "detail.triggered_at"),
    ],
)
def test_bad_events_say_what_is_wrong(change: dict[str, object], says: str) -> None:
    bad = event("failover_orchestrator", "region-unhealthy")
    for key, value in change.items():
        (bad if key in bad and key != "region" else bad["detail"])[key] = value
    with pytest.raises(BadEvent, match=says):
        parse_command(bad, "demo", "us-east-1")


def test_heartbeat_beats(deployed: Table) -> None:
    summary = heartbeat.handle(event("heartbeat", "tick"), context(heartbeat.RESERVE + 1_500))
    assert summary["written"] == 2
    assert (deployed.get("heartbeat", "us-east-1") or {})["number"] == 2


def test_failback_event_is_understood_and_keeps_its_own_id(deployed: Table) -> None:
    command = parse_command(event("failover_orchestrator", "failback-requested"), "demo", "us-east-1")
    assert (command.kind, command.id) == ("failback", "failback-drill-2026-01-15")
    outcome = orchestrator.handle(event("failover_orchestrator", "failback-requested"), context(60_000))
    assert outcome["outcome"] == "refused"
    assert "roles: us-east-1 writes" in str(outcome["reason"])


def test_failback_asks_the_primary_region_and_a_failover_never(deployed: Table) -> None:
    ports = orchestrator.wiring().ports
    regions = {
        name: getattr(port, "client").meta.region_name  # noqa: B009
        for name, port in (
            *((name, getattr(ports, name)) for name in ("database", "heartbeats", "lag", "alarm", "metrics", "notices", "bus")),
            *((f"primary {name}", getattr(ports.primary, name)) for name in ("database", "heartbeats", "lag")),
        )
    }
    assert {name for name, region in regions.items() if region == "us-east-1"} == {
        "primary database",
        "primary heartbeats",
        "primary lag",
    }
    assert set(regions.values()) == {"us-east-1", STANDBY}


def test_rotation_makes_the_pending_version(deployed: Table) -> None:
    client = boto3.client("secretsmanager", region_name="us-east-1")
    arn = client.create_secret(Name="secret-database-demo", SecretString=json.dumps({"username": "root", "password": "old"}))["ARN"]
    step = {**event("secret_rotation", "create-secret"), "SecretId": arn}
    rds = boto3.client("rds", region_name="us-east-1")
    assert rds.describe_global_clusters()["GlobalClusters"][0]["GlobalClusterMembers"]
    assert rotation.handle(step, context(300_000)) == {"step": "createSecret", "version": step["ClientRequestToken"]}
    made = json.loads(client.get_secret_value(SecretId=arn, VersionStage="AWSPENDING")["SecretString"])
    assert made["username"] == "root"
    assert made["password"] != "old"


@pytest.mark.parametrize(
    ("change", "says"),
    [({"Step": "eatSecret"}, "Step is 'eatSecret'"), ({"SecretId": ""}, "SecretId is missing"), ({"Step": 1}, "Step is missing")],
)
def test_rotation_is_for_secrets_manager(deployed: Table, change: dict[str, object], says: str) -> None:
    with pytest.raises(rotation.BadEvent, match=says):
        rotation.handle({**event("secret_rotation", "create-secret"), **change}, context(300_000))
