"""When a schedule expression of EventBridge is due: `rate(5 minutes)` and `cron(0 12 * * ? *)`.

Pure arithmetic in UTC. Of cron's letters L is known; W and # are not.
"""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_UNITS = {"minute": 60.0, "hour": 3600.0, "day": 86_400.0}
_MONTHS = {name.upper(): number for number, name in enumerate(calendar.month_abbr) if name}
_DAYS = {
    name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)
}
_LAST_YEAR = 2199


def rate_seconds(expression: str) -> float | None:
    """The interval of a rate; None for what is none."""
    found = _RATE.fullmatch(expression)
    return int(found[1]) * _UNITS[found[2]] if found else None


@dataclass(frozen=True)
class Cron:
    """A parsed cron expression."""

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    years: frozenset[int]
    last_day: bool
    by_weekday: bool

    @classmethod
    def parse(cls, expression: str) -> "Cron":
        """Raises ValueError for what is no cron expression, or one beyond this module."""
        fields = expression.removeprefix("cron(").removesuffix(")").upper().split()
        if not expression.startswith("cron(") or len(fields) != 6:
            raise ValueError(f"{expression}: cron takes six fields")
        minutes, hours, days, months, weekdays, years = fields
        if "?" not in (days, weekdays):
            raise ValueError(f"{expression}: the day of month or the day of week must be ?")
        return cls(
            minutes=_parse(minutes, 0, 59),
            hours=_parse(hours, 0, 23),
            days=frozenset() if days in ("?", "L") else _parse(days, 1, 31),
            months=_parse(months, 1, 12, _MONTHS),
            weekdays=frozenset() if weekdays == "?" else _parse(weekdays, 1, 7, _DAYS),
            years=_parse(years, 1970, _LAST_YEAR),
            last_day=days == "L",
            by_weekday=days == "?",
        )

    def next_after(self, moment: datetime) -> datetime | None:
        """The first time after `moment`; None when there is none any more."""
        moment = moment.astimezone(UTC)
        first = moment.replace(second=0, microsecond=0) + timedelta(minutes=1)
        for day in self._days_from(first):
            for hour in sorted(self.hours):
                for minute in sorted(self.minutes):
                    found = day.replace(hour=hour, minute=minute)
                    if found >= first:
                        return found
        return None

    def _days_from(self, first: datetime) -> Iterator[datetime]:
        midnight = first.replace(hour=0, minute=0)
        # Eight years hold every combination of day, month and weekday that recurs, but for distant
        # years named outright.
        for offset in range(366 * 8):
            day = midnight + timedelta(days=offset)
            if day.year in self.years and day.month in self.months and self._is_day(day):
                yield day

    def _is_day(self, day: datetime) -> bool:
        if self.last_day:
            return day.day == calendar.monthrange(day.year, day.month)[1]
        if self.by_weekday:
            return day.isoweekday() % 7 + 1 in self.weekdays
        return day.day in self.days


def _parse(
    field: str, least: int, most: int, names: dict[str, int] | None = None
) -> frozenset[int]:
    found: set[int] = set()
    for part in field.split(","):
        span, _, step = part.partition("/")
        begin, dash, end = span.partition("-")
        if span == "*":
            first, last = least, most
        else:
            first = _number(begin, names)
            last = _number(end, names) if dash else (most if step else first)
        if not least <= first <= last <= most:
            raise ValueError(f"{field}: use {least} to {most}")
        found.update(range(first, last + 1, int(step or 1)))
    return frozenset(found)


def _number(text: str, names: dict[str, int] | None) -> int:
    return (names or {}).get(text) or int(text)
