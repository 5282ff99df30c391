"""Entry point: reads the environment, wires ports to AWS, and runs the engine. What a failover uses is of the standby region only."""

import os
from functools import lru_cache

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from failover_orchestrator.command import BadEvent, parse_command
from failover_orchestrator.context import CloudWatchAlarm, Limits, Ports, PrimarySide
from failover_orchestrator.engine import Engine
from failover_orchestrator.ledger import Ledger
from lifeboat_dr.aws import quick
from lifeboat_dr.clock import SystemClock
from lifeboat_dr.database import RdsDatabase
from lifeboat_dr.events import EventBridgeBus
from lifeboat_dr.health import PK, SK, HealthRecord, parse_health
from lifeboat_dr.heartbeats import DataApiHeartbeats
from lifeboat_dr.kill_switch import SsmKillSwitch
from lifeboat_dr.lag import CloudWatchLag
from lifeboat_dr.logs import logger
from lifeboat_dr.marks import Marks
from lifeboat_dr.metrics import CloudWatchMetrics
from lifeboat_dr.notices import SnsNotices
from lifeboat_dr.settings import Place, SettingsError, Variables
from lifeboat_dr.slot import Slot
from lifeboat_dr.switch import TakeoverSwitch
from lifeboat_dr.table import Table

LOGGER = logger("failover-orchestrator")

#: Longer than any single call with its timeouts, so that a worker that holds the slot finishes what it asked for.
LEASE = 30_000
#: Kept back at the end of an invocation to record and hand over.
RESERVE = 15_000


@lru_cache(maxsize=1)
def wiring() -> Engine:
    """The engine over AWS, made once for each process."""
    variables = Variables(os.environ)
    place = Place.read(variables)
    region = place.standby_region
    if region == place.primary_region:
        raise SettingsError("STANDBY_REGION is the primary region: give the one to be promoted")
    cloudwatch = boto3.client("cloudwatch", region_name=region, config=quick(attempts=2))
    metrics = CloudWatchMetrics(cloudwatch, place.environment_suffix)
    table = Table(boto3.client("dynamodb", region_name=region, config=quick(attempts=3)), place.state_table)
    # The promotion is asked for once: no retry of the SDK's behind our back.
    database = RdsDatabase(boto3.client("rds", region_name=region, config=quick(3, 10)), place.global_cluster)
    heartbeats = DataApiHeartbeats(
        boto3.client("rds-data", region_name=region, config=quick(3, 10)),
        variables.text("STANDBY_CLUSTER_ARN"),
        variables.text("STANDBY_SECRET_ARN"),
        variables.text("DATABASE_NAME"),
    )
    primary = _primary_side(variables, place)

    def health() -> HealthRecord | None:
        return parse_health(table.get(PK, SK))

    ports = Ports(
        database=database,
        heartbeats=heartbeats,
        marks=Marks(table),
        lag=CloudWatchLag(cloudwatch, place.standby_cluster, place.primary_region),
        health=health,
        kill_switch=SsmKillSwitch(
            boto3.client("ssm", region_name=region, config=quick(attempts=2)),
            variables.text("KILL_SWITCH_PARAMETER"),
        ),
        switch=TakeoverSwitch(table, metrics),
        alarm=CloudWatchAlarm(cloudwatch, variables.text("SWITCH_ALARM_NAME")),
        metrics=metrics,
        notices=SnsNotices(
            boto3.client("sns", region_name=region, config=quick()),
            place.alert_topic_arn,
            place.environment_suffix,
        ),
        bus=EventBridgeBus(
            boto3.client("events", region_name=region, config=quick(attempts=2)),
            variables.optional("EVENT_BUS_NAME") or "default",
        ),
        clock=SystemClock(),
        primary=primary,
    )
    return Engine(
        place=place,
        ports=ports,
        ledger=Ledger(table, Slot(table, LEASE)),
        limits=Limits(
            anti_flap=variables.number("ANTI_FLAP_SECONDS", 3600, 0, 86_400) * 1000,
            lag=variables.number("LAG_LIMIT_SECONDS", 60, 1, 3600) * 1000,
        ),
        logger=LOGGER,
        dry_run=variables.optional("DRY_RUN") == "true",
    )


def _primary_side(variables: Variables, place: Place) -> PrimarySide:
    """The primary region, for a failback. Making clients asks it nothing."""
    region = place.primary_region
    return PrimarySide(
        database=RdsDatabase(boto3.client("rds", region_name=region, config=quick(3, 10)), place.global_cluster),
        heartbeats=DataApiHeartbeats(
            boto3.client("rds-data", region_name=region, config=quick(3, 10)),
            variables.text("PRIMARY_CLUSTER_ARN"),
            variables.text("PRIMARY_SECRET_ARN"),
            variables.text("DATABASE_NAME"),
        ),
        lag=CloudWatchLag(
            boto3.client("cloudwatch", region_name=region, config=quick(attempts=2)),
            place.primary_cluster,
            place.standby_region,
        ),
    )


@LOGGER.inject_lambda_context(log_event=True)
def handle(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """Start or resume a failover or failback. An event that cannot be understood raises: it belongs in the dead-letter queue."""
    engine = wiring()
    try:
        command = parse_command(event, engine.place.environment_suffix, engine.place.primary_region)
    except BadEvent:
        LOGGER.exception("understanding the event")
        raise
    until = engine.ports.clock.now() + context.get_remaining_time_in_millis() - RESERVE
    return engine.handle(command, until)
