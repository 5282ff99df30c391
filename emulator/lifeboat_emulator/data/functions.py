"""Functions of MySQL and PostgreSQL that SQLite has not, registered with every connection.

Time stands still within a statement (in PostgreSQL within a transaction): `Clock` says it.
"""

import hashlib
import json
import re
import secrets
import uuid
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import apsw

Value = Any

_UNITS = {
    "MICROSECOND": timedelta(microseconds=1),
    "MILLISECOND": timedelta(milliseconds=1),
    "SECOND": timedelta(seconds=1),
    "MINUTE": timedelta(minutes=1),
    "HOUR": timedelta(hours=1),
    "DAY": timedelta(days=1),
    "WEEK": timedelta(weeks=1),
}
_MONTHS = {"MONTH": 1, "QUARTER": 3, "YEAR": 12}
_SPAN = re.compile(r"([+-]?\d+(?:\.\d+)?)\s*([a-zA-Z]+)")


class Clock:
    """What `now()` says, and the id the last insert made."""

    def __init__(self) -> None:
        self.moment = datetime.now(UTC)
        self.last_insert_id = 0

    def strike(self) -> None:
        """A new statement begins."""
        self.moment = datetime.now(UTC)


def register(connection: apsw.Connection, clock: Clock, names: dict[str, str | int]) -> None:
    """Give `connection` the functions; `names` answers version(), database() and user()."""

    def now(scale: int) -> str:
        return timestamp_text(clock.moment, scale)

    timed: dict[str, tuple[Callable[..., Value], int]] = {
        "lb_now": (now, 1),
        "lb_today": (lambda: clock.moment.strftime("%Y-%m-%d"), 0),
        "lb_time": (lambda: clock.moment.strftime("%H:%M:%S"), 0),
        "unix_timestamp": (lambda *at: _epoch(*at) if at else int(clock.moment.timestamp()), -1),
        "last_insert_id": (lambda: clock.last_insert_id, 0),
        "lb_name": (names.get, 1),
    }
    for name, (function, arguments) in timed.items():
        connection.create_scalar_function(name, function, arguments)
    for name, (function, arguments) in _PURE.items():
        connection.create_scalar_function(name, function, arguments, deterministic=True)
    for name, (function, arguments) in _RANDOM.items():
        connection.create_scalar_function(name, function, arguments)


def timestamp_text(moment: datetime, scale: int) -> str:
    """A moment as columns keep it: UTC, `scale` digits of a second."""
    text = moment.strftime("%Y-%m-%d %H:%M:%S.%f")
    return text[:19] if scale == 0 else text[: 20 + scale]


def parse_timestamp(text: str) -> datetime:
    """A moment from a text in any form the engines take; ValueError for none. UTC."""
    found = datetime.fromisoformat(text.strip())
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


def _epoch(at: Value) -> float | int | None:
    if at is None:
        return None
    seconds = parse_timestamp(str(at)).timestamp()
    return int(seconds) if seconds.is_integer() else seconds


def _from_epoch(seconds: Value) -> str | None:
    if seconds is None:
        return None
    return timestamp_text(datetime.fromtimestamp(float(seconds), UTC), 6)


def _timestamp(value: Value, scale: int) -> Value:
    return None if value is None else timestamp_text(parse_timestamp(str(value)), scale)


def _add(at: Value, amount: Value, unit: str) -> str | None:
    """`at` moved by so many units; a date stays one while only whole days are added."""
    if at is None or amount is None:
        return None
    text = str(at)
    moment = parse_timestamp(text)
    unit = unit.upper().removesuffix("S")
    if unit in _MONTHS:
        moment = _add_months(moment, int(amount) * _MONTHS[unit])
    elif unit in _UNITS:
        moment += _UNITS[unit] * float(amount)
    else:
        raise ValueError(f"intervals of {unit} are not supported")
    if len(text) == 10 and unit in ("DAY", "WEEK", *_MONTHS):
        return moment.strftime("%Y-%m-%d")
    return timestamp_text(moment, 6 if "." in text or moment.microsecond else 0)


def _add_months(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    for day in range(moment.day, 27, -1):
        try:
            return moment.replace(year=year, month=month + 1, day=day)
        except ValueError:
            # The month is shorter: its last day.
            continue
    return moment.replace(year=year, month=month + 1)


def _add_text(at: Value, interval: Value, sign: int) -> str | None:
    """`at` moved by PostgreSQL's kind of interval, `'1 day 2 hours'`."""
    if at is None or interval is None:
        return None
    moved: str | None = str(at)
    spans = _SPAN.findall(str(interval))
    if not spans:
        raise ValueError(f"{interval!r} is no interval")
    for amount, unit in spans:
        moved = _add(moved, sign * float(amount), unit)
    return moved


def _difference(unit: str, start: Value, end: Value) -> int | None:
    """Whole units from `start` to `end`, as TIMESTAMPDIFF counts them."""
    if start is None or end is None:
        return None
    first, last = parse_timestamp(str(start)), parse_timestamp(str(end))
    unit = unit.upper()
    if unit in _MONTHS:
        months = (last.year - first.year) * 12 + last.month - first.month
        back = (last.day, last.time()) < (first.day, first.time())
        return int((months - (1 if back and months > 0 else 0)) / _MONTHS[unit])
    return int((last - first) / _UNITS[unit])


def _part(part: str, at: Value) -> Value:
    """EXTRACT(part FROM at)."""
    if at is None:
        return None
    moment = parse_timestamp(str(at))
    parts: dict[str, Callable[[], Value]] = {
        "EPOCH": lambda: _epoch(at),
        "YEAR": lambda: moment.year,
        "MONTH": lambda: moment.month,
        "DAY": lambda: moment.day,
        "HOUR": lambda: moment.hour,
        "MINUTE": lambda: moment.minute,
        "SECOND": lambda: moment.second,
        "DOW": lambda: moment.isoweekday() % 7,
    }
    return parts[part.upper()]()


def _truncate(unit: str, at: Value) -> str | None:
    """DATE_TRUNC(unit, at)."""
    if at is None:
        return None
    text = timestamp_text(parse_timestamp(str(at)), 0)
    length = {"YEAR": 4, "MONTH": 7, "DAY": 10, "HOUR": 13, "MINUTE": 16, "SECOND": 19}
    kept = length[unit.upper()]
    return text[:kept] + "0000-01-01 00:00:00"[kept:]


def _sha2(value: Value, bits: int) -> str | None:
    if value is None:
        return None
    return hashlib.new(f"sha{bits or 256}", _bytes(value)).hexdigest()


def _bytes(value: Value) -> bytes:
    return value if isinstance(value, bytes) else str(value).encode()


def _json(value: Value) -> str | None:
    """The text of a JSON value, checked; ValueError for none."""
    return None if value is None else json.dumps(json.loads(value), ensure_ascii=False)


def _uuid(value: Value) -> str | None:
    return None if value is None else str(uuid.UUID(str(value)))


def _pad(value: Value, length: int, fill: str, left: bool) -> str | None:
    if value is None:
        return None
    text = str(value)[:length]
    padding = (fill * length)[: length - len(text)]
    return padding + text if left else text + padding


def _divide(left: Value, right: Value) -> float | None:
    """MySQL's division: of numbers that count, and NULL by nothing."""
    if left is None or right is None or not float(right):
        return None
    return float(left) / float(right)


_PURE: dict[str, tuple[Callable[..., Value], int]] = {
    "lb_add": (_add, 3),
    "lb_add_text": (_add_text, 3),
    "lb_difference": (_difference, 3),
    "lb_part": (_part, 2),
    "lb_truncate": (_truncate, 2),
    "lb_timestamp": (_timestamp, 2),
    "lb_from_epoch": (_from_epoch, 1),
    "lb_json": (_json, 1),
    "lb_uuid": (_uuid, 1),
    "lb_date": (lambda at: None if at is None else str(at)[:10], 1),
    "lb_divide": (_divide, 2),
    "sha2": (_sha2, 2),
    "sha256": (lambda value: None if value is None else hashlib.sha256(_bytes(value)).digest(), 1),
    "md5": (
        lambda value: (
            None if value is None else hashlib.md5(_bytes(value), usedforsecurity=False).hexdigest()
        ),
        1,
    ),
    "left": (lambda value, count: None if value is None else str(value)[: max(count, 0)], 2),
    "right": (lambda value, count: None if value is None else str(value)[-count:], 2),
    "lpad": (lambda value, length, fill: _pad(value, length, fill, True), 3),
    "rpad": (lambda value, length, fill: _pad(value, length, fill, False), 3),
    "reverse": (lambda value: None if value is None else str(value)[::-1], 1),
}
_RANDOM: dict[str, tuple[Callable[..., Value], int]] = {
    # It has taken the writer's lock by now.
    "pg_advisory_xact_lock": (lambda *_key: None, -1),
    "uuid": (lambda: str(uuid.uuid4()), 0),
    "rand": (lambda: secrets.randbelow(1 << 53) / (1 << 53), 0),
}
