"""Entry point: reads the environment, wires ports to AWS, and beats for as long as this invocation may run."""

import os
from functools import lru_cache

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from heartbeat.writer import Beater
from lifeboat_dr.aws import quick
from lifeboat_dr.clock import SystemClock
from lifeboat_dr.database import RdsDatabase
from lifeboat_dr.heartbeats import DataApiHeartbeats
from lifeboat_dr.logs import logger
from lifeboat_dr.marks import Marks
from lifeboat_dr.metrics import CloudWatchMetrics
from lifeboat_dr.settings import Variables
from lifeboat_dr.table import Table

LOGGER = logger("heartbeat")

#: Kept back at the end of an invocation: one beat with its timeouts.
RESERVE = 6_000
#: A minute's schedule makes a minute's beats: a longer one would let two invocations beat side by side.
LONGEST = 60_000


@lru_cache(maxsize=1)
def wiring() -> Beater:
    """The beater over AWS, made once for each process."""
    variables = Variables(os.environ)
    primary, standby = variables.text("PRIMARY_REGION"), variables.text("STANDBY_REGION")
    region = variables.text("CLUSTER_REGION")
    suffix = variables.text("ENVIRONMENT_SUFFIX")
    return Beater(
        region=region,
        regions=(primary, standby),
        heartbeats=DataApiHeartbeats(
            boto3.client("rds-data", region_name=region, config=quick(1, 2)),
            variables.text("CLUSTER_ARN"),
            variables.text("SECRET_ARN"),
            variables.text("DATABASE_NAME"),
        ),
        # Marks lie in the standby region: they must outlive the one they tell of.
        marks=Marks(
            Table(
                boto3.client("dynamodb", region_name=standby, config=quick(1, 1)),
                variables.text("STATE_TABLE"),
            )
        ),
        database=RdsDatabase(
            boto3.client("rds", region_name=region, config=quick(1, 2)),
            variables.text("GLOBAL_CLUSTER_IDENTIFIER"),
        ),
        metrics=CloudWatchMetrics(boto3.client("cloudwatch", region_name=region, config=quick(1, 1)), suffix),
        clock=SystemClock(),
        logger=LOGGER,
    )


@LOGGER.inject_lambda_context(log_event=False)
def handle(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """Beat until this invocation's time is nearly up. The event says nothing: it is a tick."""
    beater = wiring()
    time_left = min(context.get_remaining_time_in_millis() - RESERVE, LONGEST)
    summary = beater.beat(beater.clock.now() + time_left)
    LOGGER.info("beat", extra=summary)
    return summary
