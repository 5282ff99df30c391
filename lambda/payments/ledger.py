"""Where payments are booked: a port, and its adapter over the RDS Data API of the region's own cluster.

The Data API reaches a cluster's writer only, so a region that follows can book nothing: it says so instead of writing elsewhere.
A payment, its two entries and the note that its log is still to be written are committed together.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError

from lifeboat_dr.aws import error_code
from payments.payment import Payment

if TYPE_CHECKING:
    from mypy_boto3_rds_data import RDSDataServiceClient
    from mypy_boto3_rds_data.type_defs import SqlParameterTypeDef

_SCHEMA = (
    "create table if not exists payment ("
    "payment_id varchar(36) not null primary key, idempotency_key varchar(64) not null unique, digest varchar(64) not null, "
    "amount_minor bigint not null, currency varchar(3) not null, debtor varchar(34) not null, creditor varchar(34) not null, "
    "reference varchar(140) not null, booked_at bigint not null, logged integer not null)",
    # Two lines of one payment, which add up to nothing.
    "create table if not exists ledger_entry ("
    "payment_id varchar(36) not null, account varchar(34) not null, amount_minor bigint not null, currency varchar(3) not null, "
    "primary key (payment_id, account))",
    "create index if not exists payment_unlogged on payment (logged, booked_at)",
)
_COLUMNS = "payment_id, amount_minor, currency, debtor, creditor, reference, booked_at, digest"


class Unavailable(RuntimeError):
    """The database did not answer, or does not write here: nothing is known to be booked. Sending it again is safe."""


@dataclass(frozen=True)
class Booked:
    """A payment in the ledger; `booked_at` in epoch milliseconds, `digest` of the request that booked it."""

    payment: Payment
    booked_at: int
    digest: str


class Ledger(Protocol):
    """The ledger of this region."""

    def prepare(self) -> None:
        """Make what is missing of the tables."""
        ...

    def book(self, key: str, payment: Payment, at: int) -> tuple[Booked, bool]:
        """Book a payment unless its key has booked one: what is booked, and whether it is new."""
        ...

    def find(self, payment_id: str) -> Booked | None:
        """A payment, or None."""
        ...

    def unlogged(self, before: int, most: int) -> list[Booked]:
        """Payments booked before that moment whose log was not written, oldest first."""
        ...

    def logged(self, payment_id: str) -> None:
        """Note that a payment's log is written."""
        ...

    def reachable(self) -> None:
        """Return when the database answers and writes here; raises Unavailable."""
        ...


@dataclass(frozen=True)
class DataApiLedger:
    """One cluster through the RDS Data API. Every error of the way there becomes Unavailable."""

    client: "RDSDataServiceClient"
    cluster_arn: str
    secret_arn: str
    database: str

    def prepare(self) -> None:
        """Make what is missing of the tables."""
        for statement in _SCHEMA:
            self._execute(statement, [])

    def book(self, key: str, payment: Payment, at: int) -> tuple[Booked, bool]:
        """Book a payment unless its key has booked one. Two at once: the database lets one wait and then do nothing."""
        transaction = self._call("begin_transaction", database=self.database)["transactionId"]
        try:
            new = self._insert(key, payment, at, transaction)
        except BaseException:
            self._roll_back(transaction)
            raise
        if not new:
            self._roll_back(transaction)
            found = self._select("idempotency_key = :key", [_text("key", key)])
            if not found:
                raise Unavailable("the payment with this key was taken back a moment ago")
            return found[0], False
        # A commit whose answer is lost may have been carried out: sent again, the key finds what was booked.
        try:
            self._call("commit_transaction", transactionId=transaction)
        except Unavailable:
            self._roll_back(transaction)
            raise
        return Booked(payment, at, payment.digest), True

    def _insert(self, key: str, payment: Payment, at: int, transaction: str) -> bool:
        inserted = self._execute(
            "insert into payment (payment_id, idempotency_key, digest, amount_minor, currency, debtor, creditor, reference, booked_at, "
            "logged) values (:payment_id, :key, :digest, :amount_minor, :currency, :debtor, :creditor, :reference, :booked_at, 0) "
            "on conflict do nothing",
            [
                _text("payment_id", payment.payment_id),
                _text("key", key),
                _text("digest", payment.digest),
                _long("amount_minor", payment.amount_minor),
                _text("currency", payment.currency),
                _text("debtor", payment.debtor),
                _text("creditor", payment.creditor),
                _text("reference", payment.reference),
                _long("booked_at", at),
            ],
            transaction,
        )
        if not inserted["numberOfRecordsUpdated"]:
            return False
        entries = ((payment.debtor, -payment.amount_minor), (payment.creditor, payment.amount_minor))
        self._call(
            "batch_execute_statement",
            database=self.database,
            transactionId=transaction,
            sql="insert into ledger_entry (payment_id, account, amount_minor, currency) values (:payment_id, :account, :amount, :currency)",
            parameterSets=[
                [
                    _text("payment_id", payment.payment_id),
                    _text("account", account),
                    _long("amount", amount),
                    _text("currency", payment.currency),
                ]
                for account, amount in entries
            ],
        )
        return True

    def find(self, payment_id: str) -> Booked | None:
        """A payment, or None."""
        found = self._select("payment_id = :payment_id", [_text("payment_id", payment_id)])
        return found[0] if found else None

    def unlogged(self, before: int, most: int) -> list[Booked]:
        """Payments booked before that moment whose log was not written, oldest first."""
        return self._select(
            "logged = 0 and booked_at < :before order by booked_at limit :most",
            [_long("before", before), _long("most", most)],
        )

    def logged(self, payment_id: str) -> None:
        """Note that a payment's log is written."""
        self._execute("update payment set logged = 1 where payment_id = :payment_id", [_text("payment_id", payment_id)])

    def reachable(self) -> None:
        """Return when the database answers and writes here."""
        self._execute("select 1", [])

    def _select(self, condition: str, parameters: "list[SqlParameterTypeDef]") -> list[Booked]:
        rows = self._execute(f"select {_COLUMNS} from payment where {condition}", parameters)["records"]  # noqa: S608
        return [_booked(row) for row in rows]

    def _execute(self, sql: str, parameters: "list[SqlParameterTypeDef]", transaction: str | None = None) -> Any:
        within = {} if transaction is None else {"transactionId": transaction}
        return self._call("execute_statement", database=self.database, sql=sql, parameters=parameters, **within)

    def _roll_back(self, transaction: str) -> None:
        try:
            self._call("rollback_transaction", transactionId=transaction)
        except Unavailable:
            # The Data API ends it by itself after three minutes without a call.
            return

    def _call(self, operation: str, **arguments: Any) -> Any:
        try:
            return getattr(self.client, operation)(resourceArn=self.cluster_arn, secretArn=self.secret_arn, **arguments)
        except (BotoCoreError, ClientError) as error:
            raise Unavailable(f"{operation}: {error_code(error)}") from error


def _booked(row: Any) -> Booked:
    payment_id, amount, currency, debtor, creditor, reference, booked_at, digest = (next(iter(field.values())) for field in row)
    payment = Payment(str(payment_id), int(amount), str(currency), str(debtor), str(creditor), str(reference))
    return Booked(payment, int(booked_at), str(digest))


def _long(name: str, value: int) -> "SqlParameterTypeDef":
    return {"name": name, "value": {"longValue": value}}


def _text(name: str, value: str) -> "SqlParameterTypeDef":
    return {"name": name, "value": {"stringValue": value}}
