"""A payment as it is asked for and as it is booked: pure values and the rules they must keep."""

import hashlib
import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from decimal import Decimal, InvalidOperation

#: Currencies the ledger keeps, with the digits of their minor unit (ISO 4217).
MINOR_DIGITS: Mapping[str, int] = {
    "AUD": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CZK": 2, "DKK": 2, "EUR": 2, "GBP": 2, "INR": 2, "JPY": 0,
    "KRW": 0, "KWD": 3, "MXN": 2, "NOK": 2, "PLN": 2, "SEK": 2, "SGD": 2, "USD": 2, "ZAR": 2,
}  # fmt: skip
#: What one payment may move at most, in whole units of its currency: a typing error must not empty an account.
MOST_UNITS = 100_000_000

_ACCOUNT = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_KEY = re.compile(r"[A-Za-z0-9._~-]{8,64}")
_FIELDS = frozenset({"amount", "currency", "debtor", "creditor", "reference"})
_REFERENCE_LENGTH = 140
#: Payments' ids follow from their keys, so that a payment that a failover lost has the same id when it is sent again.
_NAMESPACE = uuid.UUID("6f1d5e0a-3c2b-5a84-9d0e-7b4c1f2a8e63")


@dataclass(frozen=True)
class FieldError:
    """What is wrong with one field, with the remedy."""

    field: str
    message: str


class Invalid(ValueError):
    """The request breaks a rule; holds an error for each field."""

    def __init__(self, errors: list[FieldError]) -> None:
        super().__init__("; ".join(f"{error.field} {error.message}" for error in errors))
        self.errors = errors


@dataclass(frozen=True)
class Payment:
    """A payment to be booked. Amount in minor units; accounts are IBANs without spaces."""

    payment_id: str
    amount_minor: int
    currency: str
    debtor: str
    creditor: str
    reference: str

    @property
    def amount(self) -> str:
        """The amount in units, as clients write it."""
        digits = MINOR_DIGITS[self.currency]
        return f"{Decimal(self.amount_minor).scaleb(-digits):.{digits}f}"

    @property
    def digest(self) -> str:
        """SHA-256 of what is asked for: two requests with one key must ask for the same."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


def id_of(key: str) -> str:
    """The id of the payment that belongs to an idempotency key."""
    return str(uuid.uuid5(_NAMESPACE, key))


def check_key(key: str | None) -> str:
    """The idempotency key; raises Invalid unless it is 8 to 64 letters, digits and `. _ ~ -`."""
    if key is None:
        raise Invalid(
            [FieldError("Idempotency-Key", "is missing: send a header with a value of your own for each payment, such as a UUID")]
        )
    if not _KEY.fullmatch(key):
        raise Invalid([FieldError("Idempotency-Key", "takes 8 to 64 letters, digits and . _ ~ -")])
    return key


def parse(key: str, body: object) -> Payment:
    """The payment a request asks for; raises Invalid with everything that is wrong."""
    if not isinstance(body, dict):
        raise Invalid([FieldError("body", "must be a JSON object")])
    errors = [FieldError(str(name), "is not a field of a payment; leave it out") for name in sorted(set(body) - _FIELDS, key=str)]
    currency = _text(body, "currency", errors)
    if currency and currency not in MINOR_DIGITS:
        errors.append(FieldError("currency", f"must be one of {', '.join(MINOR_DIGITS)}"))
        currency = ""
    amount = _text(body, "amount", errors)
    minor = _minor(amount, currency, errors) if amount and currency else 0
    accounts = {name: _account(body, name, errors) for name in ("debtor", "creditor")}
    if accounts["debtor"] and accounts["debtor"] == accounts["creditor"]:
        errors.append(FieldError("creditor", "must be another account than the debtor's"))
    reference = body.get("reference", "")
    if not isinstance(reference, str) or len(reference) > _REFERENCE_LENGTH or not reference.isprintable():
        errors.append(FieldError("reference", f"takes at most {_REFERENCE_LENGTH} printable characters"))
    if errors:
        raise Invalid(errors)
    return Payment(id_of(key), minor, currency, accounts["debtor"], accounts["creditor"], str(reference))


def _text(body: Mapping[str, object], name: str, errors: list[FieldError]) -> str:
    value = body.get(name)
    if isinstance(value, str) and value:
        return value
    errors.append(
        FieldError(name, "is missing" if value is None else 'must be text, such as "12.34"' if name == "amount" else "must be text")
    )
    return ""


def _minor(amount: str, currency: str, errors: list[FieldError]) -> int:
    digits = MINOR_DIGITS[currency]
    try:
        units = Decimal(amount) if re.fullmatch(r"[0-9]{1,12}(\.[0-9]{1,6})?", amount) else None
    except InvalidOperation:
        units = None
    if units is None:
        errors.append(FieldError("amount", 'must be a plain number such as "12.34"'))
        return 0
    minor = units.scaleb(digits)
    if minor != minor.to_integral_value():
        errors.append(FieldError("amount", f"takes at most {digits} decimals in {currency}"))
    elif not 0 < units <= MOST_UNITS:
        errors.append(FieldError("amount", f"must be more than 0 and at most {MOST_UNITS}"))
    return int(minor)


def _account(body: Mapping[str, object], name: str, errors: list[FieldError]) -> str:
    account = _text(body, name, errors).replace(" ", "")
    if account and not (_ACCOUNT.fullmatch(account) and _checks(account)):
        errors.append(FieldError(name, "is no IBAN: its check digits do not fit; look for a slip in typing"))
        return ""
    return account


def _checks(account: str) -> bool:
    """ISO 13616: the country and check digits moved to the end, letters as numbers, the rest by 97 is 1."""
    return int("".join(str(int(character, 36)) for character in account[4:] + account[:4])) % 97 == 1
