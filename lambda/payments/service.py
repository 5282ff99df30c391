"""Booking payments and finding them. What must not be here: HTTP, SQL, AWS."""

from dataclasses import dataclass

from aws_lambda_powertools import Logger

from lifeboat_dr.clock import Clock
from payments.ledger import Booked, Ledger, Unavailable
from payments.log import LogUnavailable, TransactionLog
from payments.payment import Payment

#: A payment whose log is this old and unwritten lost its invocation; milliseconds.
_LEFT_BEHIND = 10_000
#: Logs caught up on in one invocation.
_CATCH_UP = 5


class KeyReused(RuntimeError):
    """The idempotency key has booked another payment."""


@dataclass
class Payments:
    """The payments of one region. Tables are made at the first booking of a process: a cluster that follows has no say in them."""

    ledger: Ledger
    log: TransactionLog
    clock: Clock
    logger: Logger
    prepared: bool = False

    def book(self, key: str, payment: Payment) -> tuple[Booked, bool]:
        """Book a payment once, however often it is sent: what is booked, and whether it is new.

        Raises KeyReused, Unavailable. The answer waits for the database alone; a log that cannot be written now is written by a later one.
        """
        if not self.prepared:
            self.ledger.prepare()
            self.prepared = True
        booked, new = self.ledger.book(key, payment, self.clock.now())
        if booked.digest != payment.digest:
            raise KeyReused(f"this Idempotency-Key booked payment {booked.payment.payment_id}, which is another one")
        if new:
            self._log(booked)
            self._catch_up()
        return booked, new

    def find(self, payment_id: str) -> Booked | None:
        """A payment, or None. Raises Unavailable."""
        return self.ledger.find(payment_id)

    def _catch_up(self) -> None:
        try:
            for booked in self.ledger.unlogged(self.clock.now() - _LEFT_BEHIND, _CATCH_UP):
                self._log(booked)
        except Unavailable as error:
            self.logger.warning("looking for unwritten logs", extra={"reason": str(error)})

    def _log(self, booked: Booked) -> None:
        try:
            self.log.write(booked)
            self.ledger.logged(booked.payment.payment_id)
        except (LogUnavailable, Unavailable) as error:
            self.logger.warning("transaction log is late", extra={"payment_id": booked.payment.payment_id, "reason": str(error)})
