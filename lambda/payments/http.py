"""The API's face: API Gateway's proxy events in, its answers out. Errors are problem+json and name the field."""

import base64
import binascii
import json
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from aws_lambda_powertools import Logger

from lifeboat_dr.clock import iso
from payments.health import HealthCheck
from payments.ledger import Booked, Unavailable
from payments.payment import FieldError, Invalid, check_key, parse
from payments.service import KeyReused, Payments

Event = Mapping[str, Any]
Answer = dict[str, Any]

_RETRY_SECONDS = "5"


@dataclass(frozen=True)
class Api:
    """Routes and what answers them."""

    payments: Payments
    health: HealthCheck
    logger: Logger

    def answer(self, event: Event) -> Answer:
        """The answer to one request. What is nobody's fault but ours is a 500 without a trace of it in the body."""
        try:
            return self._route(event)
        except Invalid as error:
            return _problem(HTTPStatus.UNPROCESSABLE_ENTITY, "invalid-payment", "What was sent is not a payment", error.errors)
        except KeyReused as error:
            return _problem(HTTPStatus.CONFLICT, "key-reused", str(error))
        except Unavailable as error:
            self.logger.warning("database unavailable", extra={"reason": str(error)})
            detail = "Nothing is known to be booked; send it again with the same Idempotency-Key"
            return _problem(HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", detail, headers={"Retry-After": _RETRY_SECONDS})
        except Exception:
            self.logger.exception("answering")
            return _problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal", "The fault is ours and is being told; send it again later")

    def _route(self, event: Event) -> Answer:
        match event.get("httpMethod"), event.get("resource"):
            case "POST", "/payments":
                return self._book(event)
            case "GET", "/payments/{payment_id}":
                return self._find(str((event.get("pathParameters") or {}).get("payment_id", "")))
            case "GET", "/health":
                health = self.health.check(any_role=(event.get("queryStringParameters") or {}).get("role") == "any")
                return _answer(HTTPStatus.OK if health.ok else HTTPStatus.SERVICE_UNAVAILABLE, health.body())
        return _problem(HTTPStatus.NOT_FOUND, "no-such-route", "There is POST /payments, GET /payments/{payment_id} and GET /health")

    def _book(self, event: Event) -> Answer:
        key = check_key(_header(event, "idempotency-key"))
        booked, new = self.payments.book(key, parse(key, _json(event)))
        self.logger.info("payment", extra={"payment_id": booked.payment.payment_id, "new": new})
        return _answer(HTTPStatus.CREATED if new else HTTPStatus.OK, _told(booked))

    def _find(self, payment_id: str) -> Answer:
        booked = self.payments.find(payment_id)
        if booked is None:
            return _problem(HTTPStatus.NOT_FOUND, "no-such-payment", f"There is no payment {payment_id}")
        return _answer(HTTPStatus.OK, _told(booked))


def _told(booked: Booked) -> dict[str, object]:
    payment = booked.payment
    return {
        "payment_id": payment.payment_id,
        "status": "booked",
        "amount": payment.amount,
        "currency": payment.currency,
        "booked_at": iso(booked.booked_at),
    }


def _header(event: Event, name: str) -> str | None:
    headers: Mapping[str, str] = event.get("headers") or {}
    return next((value for key, value in headers.items() if key.lower() == name), None)


def _json(event: Event) -> object:
    body = event.get("body") or ""
    try:
        text = base64.b64decode(body, validate=True).decode() if event.get("isBase64Encoded") else str(body)
        return json.loads(text)
    except (ValueError, binascii.Error) as error:
        raise Invalid([FieldError("body", "must be JSON")]) from error


def _answer(status: HTTPStatus, body: Mapping[str, object], headers: Mapping[str, str] | None = None) -> Answer:
    return {
        "statusCode": int(status),
        "headers": {"Content-Type": "application/json", "Cache-Control": "no-store", **(headers or {})},
        "body": json.dumps(body),
        "isBase64Encoded": False,
    }


def _problem(
    status: HTTPStatus,
    kind: str,
    detail: str,
    errors: list[FieldError] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    body: dict[str, object] = {"type": f"urn:lifeboat:payments:{kind}", "title": status.phrase, "status": int(status), "detail": detail}
    if errors:
        body["errors"] = [{"field": error.field, "message": error.message} for error in errors]
    return _answer(status, body, {"Content-Type": "application/problem+json", **(headers or {})})
