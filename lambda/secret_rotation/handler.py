"""Entry point: reads the environment, wires ports to AWS of this region, and does the step that Secrets Manager asks for."""

import os
from functools import lru_cache

import boto3
from aws_lambda_powertools.utilities.typing import LambdaContext

from lifeboat_dr.aws import quick
from lifeboat_dr.clock import SystemClock
from lifeboat_dr.database import RdsDatabase
from lifeboat_dr.logs import logger
from lifeboat_dr.settings import Variables
from lifeboat_dr.topology import region_of
from secret_rotation.credentials import AuroraCredentials
from secret_rotation.rotation import Rotation
from secret_rotation.versions import Versions

LOGGER = logger("secret-rotation")

#: Kept back at the end of an invocation to put labels back and to say why.
RESERVE = 15_000


class BadEvent(ValueError):
    """The event is none of Secrets Manager's for this function."""


@lru_cache(maxsize=1)
def wiring() -> AuroraCredentials:
    """The cluster over AWS, made once for each process."""
    variables = Variables(os.environ)
    LOGGER.append_keys(environment=variables.text("ENVIRONMENT_SUFFIX"))
    cluster_arn = variables.text("CLUSTER_ARN")
    rds = boto3.client("rds", region_name=region_of(cluster_arn), config=quick(3, 10, attempts=2))
    return AuroraCredentials(
        rds=rds,
        data=boto3.client("rds-data", region_name=region_of(cluster_arn), config=quick(3, 10)),
        database=RdsDatabase(rds, variables.text("GLOBAL_CLUSTER_IDENTIFIER")),
        cluster=variables.text("CLUSTER_IDENTIFIER"),
        cluster_arn=cluster_arn,
        database_name=variables.text("DATABASE_NAME"),
    )


@LOGGER.inject_lambda_context(log_event=False)
def handle(event: dict[str, object], context: LambdaContext) -> dict[str, object]:
    """Do one step of a rotation. What fails raises: Secrets Manager repeats the rotation."""
    credentials = wiring()
    step, secret, version = _text(event, "Step"), _text(event, "SecretId"), _text(event, "ClientRequestToken")
    clock = SystemClock()
    rotation = Rotation(
        versions=Versions(boto3.client("secretsmanager", region_name=credentials.region, config=quick(3, 5, attempts=3)), secret),
        version=version,
        credentials=credentials,
        clock=clock,
        until=clock.now() + context.get_remaining_time_in_millis() - RESERVE,
        logger=LOGGER,
    )
    steps = {
        "createSecret": rotation.create,
        "setSecret": rotation.set,
        "testSecret": rotation.test,
        "finishSecret": rotation.finish,
    }
    if step not in steps:
        raise BadEvent(f"Step is {step!r}, none of {', '.join(steps)}")
    steps[step]()
    LOGGER.info("step done", extra={"step": step, "version": version})
    return {"step": step, "version": version}


def _text(event: dict[str, object], name: str) -> str:
    value = event.get(name)
    if not isinstance(value, str) or not value:
        raise BadEvent(f"{name} is missing: this function is for Secrets Manager to call")
    return value
