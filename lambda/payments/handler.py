"""Entry point: reads the environment, wires ports to AWS of this region, and answers one request of API Gateway's."""

import os
from functools import lru_cache
from typing import Any

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from lifeboat_dr.aws import quick
from lifeboat_dr.clock import SystemClock
from lifeboat_dr.database import RdsDatabase
from lifeboat_dr.lag import CloudWatchLag
from lifeboat_dr.logs import logger
from lifeboat_dr.settings import SettingsError, Variables
from lifeboat_dr.topology import region_of
from payments.health import HealthCheck
from payments.http import Api
from payments.ledger import DataApiLedger
from payments.log import S3TransactionLog
from payments.service import Payments

LOGGER = logger("payments")
_ROLES = ("primary", "standby")


@lru_cache(maxsize=1)
def wiring() -> Api:
    """The API over AWS, made once for each process."""
    variables = Variables(os.environ)
    LOGGER.append_keys(environment=variables.text("ENVIRONMENT_SUFFIX"))
    role = variables.text("REGION_ROLE")
    if role not in _ROLES:
        raise SettingsError(f"REGION_ROLE is {role!r}: give one of {', '.join(_ROLES)}")
    cluster_arn = variables.text("CLUSTER_ARN")
    region = region_of(cluster_arn)
    cluster = variables.text("CLUSTER_IDENTIFIER")
    clock = SystemClock()
    ledger = DataApiLedger(
        boto3.client("rds-data", region_name=region, config=quick(1, 3)),
        cluster_arn,
        variables.text("SECRET_ARN"),
        variables.text("DATABASE_NAME"),
    )
    log = S3TransactionLog(boto3.client("s3", region_name=region, config=quick(1, 2)), variables.text("TRANSACTION_LOG_BUCKET"))
    cloudwatch = boto3.client("cloudwatch", region_name=region, config=quick(1, 2))
    health = HealthCheck(
        region=region,
        standby=role == "standby",
        ledger=ledger,
        database=RdsDatabase(boto3.client("rds", region_name=region, config=quick(1, 2)), variables.text("GLOBAL_CLUSTER_IDENTIFIER")),
        lag_from=lambda writer: CloudWatchLag(cloudwatch, cluster, writer),
        lag_limit=variables.number("LAG_LIMIT_SECONDS", 300, 1, 86_400) * 1000,
        clock=clock,
    )
    return Api(Payments(ledger, log, clock, LOGGER), health, LOGGER)


@LOGGER.inject_lambda_context(log_event=False)
def handle(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:
    """Answer one request. The event is never logged: it holds accounts and amounts."""
    return wiring().answer(event)
