"""The transaction log: one object for each payment, in the region's own bucket, which replicates to the other's."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lifeboat_dr.aws import error_code
from lifeboat_dr.clock import iso
from payments.ledger import Booked

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client


class LogUnavailable(RuntimeError):
    """The object was not written; the payment stays noted as unlogged."""


class TransactionLog(Protocol):
    """Where booked payments are logged."""

    def write(self, booked: Booked) -> None:
        """Write a payment's object; the same one again when it is repeated. Raises LogUnavailable."""
        ...


@dataclass(frozen=True)
class S3TransactionLog:
    """A bucket, which encrypts with its region's key by default."""

    client: "S3Client"
    bucket: str

    def write(self, booked: Booked) -> None:
        """Write a payment's object."""
        try:
            self.client.put_object(Bucket=self.bucket, Key=key_of(booked), Body=content(booked), ContentType="application/json")
        except (BotoCoreError, ClientError) as error:
            raise LogUnavailable(f"writing the transaction log: {error_code(error)}") from error


def key_of(booked: Booked) -> str:
    """The object's key: by day, then by payment."""
    day = datetime.fromtimestamp(booked.booked_at / 1000, UTC)
    return f"transactions/{day:%Y/%m/%d}/{booked.payment.payment_id}.json"


def content(booked: Booked) -> bytes:
    """The object: what was booked, and when."""
    payment = booked.payment
    entry = {
        "payment_id": payment.payment_id,
        "amount": payment.amount,
        "currency": payment.currency,
        "debtor": payment.debtor,
        "creditor": payment.creditor,
        "reference": payment.reference,
        "booked_at": iso(booked.booked_at),
    }
    return json.dumps(entry, sort_keys=True).encode()
