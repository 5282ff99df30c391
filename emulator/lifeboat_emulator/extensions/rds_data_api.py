"""The RDS Data API, answered by each cluster's own database.

Moto answers it with results that a test queued before. It is answered before the turn, because it
is asked every second: what is read of moto's state here is read in single steps.
"""

import json
import logging
from collections.abc import Callable, Mapping
from typing import Any

from moto.core.request import Request
from moto.rds.models import DBCluster
from moto.secretsmanager.models import secretsmanager_backends
from werkzeug.wrappers import Response

from lifeboat_emulator import application, faults
from lifeboat_emulator.data import errors, values
from lifeboat_emulator.data.database import Database
from lifeboat_emulator.data.running import Result
from lifeboat_emulator.extensions import rds_storage

_log = logging.getLogger("lifeboat_emulator")

Body = Mapping[str, Any]
_SIZE_LIMIT = 1024 * 1024


class _RefusedError(Exception):
    """An answer of AWS's that is an error."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def install() -> None:
    """Answer the requests of this service before moto sees them."""
    application.guard(answer)


def answer(environ: Mapping[str, Any]) -> Response | None:
    """The answer to a Data API request; None for one of another service."""
    if "/rds-data/aws4_request" not in environ.get("HTTP_AUTHORIZATION", ""):
        return None
    operation = _OPERATIONS.get(environ.get("PATH_INFO", ""))
    if operation is None:
        return None
    try:
        return _json(operation(_body(environ)), 200)
    except _RefusedError as error:
        return _error(error)
    except errors.SqlError as error:
        return _error(_RefusedError("DatabaseErrorException", error.told()))
    except values.BadParameterError as error:
        return _error(_RefusedError("BadRequestException", str(error)))
    except errors.UnknownTransactionError:
        message = "Transaction is not found"
        return _error(_RefusedError("TransactionNotFoundException", message, 404))
    except errors.ClosedError:
        return _error(_unavailable())
    except Exception as error:
        return faults.broken("rds-data", Request(dict(environ)), error)


def _body(environ: Mapping[str, Any]) -> Body:
    stream = environ["wsgi.input"]
    text = stream.read()
    stream.seek(0)
    try:
        given = json.loads(text or b"{}")
    except ValueError as error:
        raise _RefusedError("BadRequestException", f"reading the body: {error}") from error
    for name in ("resourceArn", "secretArn"):
        if not given.get(name):
            raise _RefusedError("BadRequestException", f"{name} is missing")
    return dict(given)


def _execute(body: Body) -> dict[str, Any]:
    parameters = body.get("parameters") or []
    database = _database(body)
    (result,) = _run(database, body, [parameters])
    answer: dict[str, Any] = {"numberOfRecordsUpdated": result.updated}
    if database.dialect == errors.MYSQL:
        answer["generatedFields"] = [{"longValue": each} for each in result.generated]
    if not result.columns:
        return answer
    options = _options(body)
    records = [
        [
            values.field(column.kind, value, options)
            for column, value in zip(result.columns, row, strict=True)
        ]
        for row in result.rows
    ]
    if body.get("formatRecordsAs") == "JSON":
        rows = [
            {column.label: _plain(field) for column, field in zip(result.columns, row, strict=True)}
            for row in records
        ]
        return {**answer, "formattedRecords": json.dumps(rows)}
    if body.get("includeResultMetadata"):
        answer["columnMetadata"] = [
            values.metadata(database.dialect, each.name, each.label, each.table, each.kind)
            for each in result.columns
        ]
    return {**answer, "records": records}


def _plain(field: values.Field) -> Any:
    ((name, value),) = field.items()
    return None if name == "isNull" else value


def _options(body: Body) -> values.Options:
    given = body.get("resultSetOptions") or {}
    return values.Options(
        decimals_as_numbers=given.get("decimalReturnType") == "DOUBLE_OR_LONG",
        longs_as_text=given.get("longReturnType") == "STRING",
    )


def _batch(body: Body) -> dict[str, Any]:
    results = _run(_database(body), body, body.get("parameterSets") or [[]])
    updates = [
        {"generatedFields": [{"longValue": each} for each in result.generated]}
        for result in results
    ]
    return {"updateResults": updates}


def _run(database: Database, body: Body, sets: list[list[Body]]) -> list[Result]:
    bound = [{each.get("name", ""): values.bind(each) for each in given} for given in sets]
    texts = {each["name"] for given in sets for each in given if values.is_plain_text(each)}
    if not body.get("sql"):
        raise _RefusedError("BadRequestException", "sql is missing")
    return database.execute(body["sql"], bound, body.get("transactionId"), frozenset(texts))


def _begin(body: Body) -> dict[str, Any]:
    return {"transactionId": _database(body).begin()}


def _commit(body: Body) -> dict[str, Any]:
    lasted = _database(body).commit(_transaction(body))
    return {"transactionStatus": "Transaction Committed" if lasted else "Rollback Complete"}


def _rollback(body: Body) -> dict[str, Any]:
    _database(body).rollback(_transaction(body))
    return {"transactionStatus": "Rollback Complete"}


def _transaction(body: Body) -> str:
    if not body.get("transactionId"):
        raise _RefusedError("BadRequestException", "transactionId is missing")
    return str(body["transactionId"])


def _database(body: Body) -> Database:
    """The running database the request is for, once the caller may use it."""
    arn = body["resourceArn"]
    placed = rds_storage.find(arn)
    if placed is None:
        raise _RefusedError("BadRequestException", f"HttpEndpoint is not found for {arn}")
    cluster = placed.cluster
    if not cluster.enable_http_endpoint:
        message = f"HttpEndpoint is not enabled for resource {arn}"
        raise _RefusedError("HttpEndpointNotEnabledException", message)
    user, password = _credentials(body["secretArn"], cluster)
    if not cluster.members:
        message = f"DB cluster {cluster.db_cluster_identifier} doesn't have a DB instance"
        raise _RefusedError("DatabaseNotFoundException", message, 404)
    database = placed.storage.database
    if database is None:
        # A secondary, also when it is read from: the Data API speaks to writers only.
        raise _unavailable()
    _log_in(database, user, password)
    name = body.get("database")
    if name and name != database.name:
        if database.dialect == errors.MYSQL:
            raise errors.SqlError(f"Unknown database '{name}'", state="42000", code=1049)
        raise errors.SqlError(f'database "{name}" does not exist', state="3D000")
    return database


def _log_in(database: Database, user: str, password: str) -> None:
    if database.password_of(user) == rds_storage.digest(password):
        return
    if database.dialect == errors.MYSQL:
        text = f"Access denied for user '{user}'@'%' (using password: YES)"
        raise errors.SqlError(text, state="28000", code=1045)
    raise errors.SqlError(f'password authentication failed for user "{user}"', state="28P01")


def _credentials(arn: str, cluster: DBCluster) -> tuple[str, str]:
    """User and password in the secret's current version, in the cluster's region."""
    store = secretsmanager_backends[cluster.account_id][cluster.region].secrets
    # A copy made in one step: others change the store meanwhile.
    secrets = list(dict.values(store))
    secret = next((each for each in secrets if arn in (each.arn, each.name)), None)
    if secret is None or secret.is_deleted():
        message = f"Secrets Manager can't find the specified secret: {arn}"
        raise _RefusedError("BadRequestException", message)
    for version in list(secret.versions.values()):
        if "AWSCURRENT" in version["version_stages"]:
            try:
                content = json.loads(version.get("secret_string") or "")
                return str(content["username"]), str(content["password"])
            except (ValueError, KeyError, TypeError):
                break
    message = "The secret must hold JSON with username and password"
    raise _RefusedError("InvalidSecretException", message)


def _unavailable() -> _RefusedError:
    message = "The writer instance in the DB cluster isn't available"
    return _RefusedError("DatabaseUnavailableException", message, 504)


def _error(error: _RefusedError) -> Response:
    response = _json({"message": error.message}, error.status)
    response.headers["x-amzn-ErrorType"] = error.code
    return response


def _json(content: Mapping[str, Any], status: int) -> Response:
    text = json.dumps(content)
    if len(text) > _SIZE_LIMIT:
        return _error(
            _RefusedError(
                "BadRequestException", "Database returned more than the allowed response size limit"
            )
        )
    return Response(text, status, content_type="application/json")


_OPERATIONS: Mapping[str, Callable[[Body], dict[str, Any]]] = {
    "/Execute": _execute,
    "/BatchExecute": _batch,
    "/BeginTransaction": _begin,
    "/CommitTransaction": _commit,
    "/RollbackTransaction": _rollback,
}
