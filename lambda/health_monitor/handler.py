"""Entry point: reads the environment, wires ports to AWS, and watches for as long as this invocation may run."""

import os
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from health_monitor.monitor import Monitor, Pace
from health_monitor.probes import HttpsEndpoint, Limits, Probes
from health_monitor.readiness import Readiness
from health_monitor.store import HealthStore
from health_monitor.verdict import Rules
from lifeboat_dr.aws import quick
from lifeboat_dr.clock import SystemClock
from lifeboat_dr.database import RdsDatabase
from lifeboat_dr.events import EventBridgeBus
from lifeboat_dr.failovers import Failovers
from lifeboat_dr.kill_switch import SsmKillSwitch
from lifeboat_dr.lag import CloudWatchLag
from lifeboat_dr.logs import logger
from lifeboat_dr.marks import Marks
from lifeboat_dr.metrics import CloudWatchMetrics
from lifeboat_dr.notices import SnsNotices
from lifeboat_dr.settings import Place, Variables
from lifeboat_dr.switch import TakeoverSwitch
from lifeboat_dr.table import Table

LOGGER = logger("health-monitor")

#: Kept back at the end of an invocation: one probe's deadline, and writing what it found.
RESERVE = 7_000


@lru_cache(maxsize=1)
def wiring() -> Monitor:
    """The monitor over AWS, made once for each process."""
    variables = Variables(os.environ)
    place = Place.read(variables)
    region = place.standby_region
    cloudwatch = boto3.client("cloudwatch", region_name=region, config=quick())
    metrics = CloudWatchMetrics(cloudwatch, place.environment_suffix)
    table = Table(boto3.client("dynamodb", region_name=region, config=quick(attempts=2)), place.state_table)
    clock = SystemClock()
    probes = Probes(
        endpoint=HttpsEndpoint(variables.text("PRIMARY_URL")),
        primary_database=RdsDatabase(
            boto3.client("rds", region_name=place.primary_region, config=quick(1, 2)),
            place.global_cluster,
        ),
        primary_cluster=place.primary_cluster,
        primary_region=place.primary_region,
        lag=CloudWatchLag(cloudwatch, place.standby_cluster, place.primary_region),
        marks=Marks(table),
        clock=clock,
        # Twice the signals: a probe that hangs until its timeout must not hold up the next one's.
        executor=ThreadPoolExecutor(max_workers=8),
        limits=Limits(
            heartbeat_stale=variables.number("HEARTBEAT_STALE_SECONDS", 15, 5, 45) * 1000,
            lag_failing=variables.number("LAG_ALERT_SECONDS", 300, 1, 3600) * 1000,
        ),
    )
    failovers = Failovers(table)
    standby = RdsDatabase(boto3.client("rds", region_name=region, config=quick()), place.global_cluster)
    readiness = Readiness(
        place=place,
        database=standby,
        kill_switch=SsmKillSwitch(boto3.client("ssm", region_name=region, config=quick()), variables.text("KILL_SWITCH_PARAMETER")),
        failovers=failovers,
        anti_flap=variables.number("ANTI_FLAP_SECONDS", 3600, 0, 86_400) * 1000,
        logger=LOGGER,
    )
    return Monitor(
        place=place,
        run="",
        probes=probes,
        store=HealthStore(table),
        failovers=failovers,
        standby_database=standby,
        readiness=readiness,
        switch=TakeoverSwitch(table, metrics),
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
        clock=clock,
        logger=LOGGER,
        rules=Rules(
            failing_signals=variables.number("FAILING_SIGNALS", 2, 2, 3),
            probes_to_condemn=variables.number("PROBES_TO_CONDEMN", 3, 2, 6),
        ),
        pace=Pace(probe_interval=variables.number("PROBE_INTERVAL_SECONDS", 5, 5, 10) * 1000),
    )


@LOGGER.inject_lambda_context(log_event=False)
def handle(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """Watch the primary region until this invocation's time is nearly up. The event says nothing: it is a tick."""
    monitor = wiring()
    monitor.run = context.aws_request_id
    until = monitor.clock.now() + context.get_remaining_time_in_millis() - RESERVE
    summary = monitor.watch(until)
    LOGGER.info("watched", extra=summary)
    return summary
