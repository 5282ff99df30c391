"""What goes wrong in a database, as MySQL and PostgreSQL tell it.

SQLite's own words are translated by what they say; texts, codes and states are the engines'.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

MYSQL = "mysql"
POSTGRES = "postgres"


class SqlError(Exception):
    """A statement that the engine refuses. `code` is MySQL's, `state` the SQL standard's."""

    def __init__(self, message: str, *, state: str, code: int | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.state = state
        self.code = code

    def told(self) -> str:
        """The text as the Data API passes it on."""
        if self.code is None:
            return f"ERROR: {self.message}; SQLState: {self.state}"
        return f"{self.message}; Error code: {self.code}; SQLState: {self.state}"


class UnknownTransactionError(Exception):
    """No such transaction: it ended, timed out, or never was."""


class ClosedError(Exception):
    """The database does not run: its cluster does not write at the moment."""


@dataclass(frozen=True)
class _Kind:
    pattern: re.Pattern[str]
    mysql: tuple[int, str, str]
    postgres: tuple[str, str]


def _kind(pattern: str, mysql: tuple[int, str, str], postgres: tuple[str, str]) -> _Kind:
    return _Kind(re.compile(pattern), mysql, postgres)


# SQLite's text -> MySQL's code, state and text; PostgreSQL's state and text.
_KINDS = (
    _kind(
        r"UNIQUE constraint failed: (?:index ')?(?P<key>[^']+)",
        (1062, "23000", "Duplicate entry for key '{key}'"),
        ("23505", 'duplicate key value violates unique constraint "{key}"'),
    ),
    _kind(
        r"NOT NULL constraint failed: (?P<table>\w+)\.(?P<column>\w+)",
        (1048, "23000", "Column '{column}' cannot be null"),
        (
            "23502",
            'null value in column "{column}" of relation "{table}" violates not-null constraint',
        ),
    ),
    _kind(
        r"CHECK constraint failed: lifeboat_long_(?P<column>\w+)",
        (1406, "22001", "Data too long for column '{column}' at row 1"),
        ("22001", "value too long for the type of column {column}"),
    ),
    _kind(
        r"CHECK constraint failed: lifeboat_type_(?P<column>\w+)",
        (1366, "HY000", "Incorrect value for column '{column}' at row 1"),
        ("22P02", 'invalid input syntax for the type of column "{column}"'),
    ),
    _kind(
        r"CHECK constraint failed: (?P<name>.+)",
        (3819, "HY000", "Check constraint '{name}' is violated."),
        ("23514", 'new row violates check constraint "{name}"'),
    ),
    _kind(
        r"FOREIGN KEY constraint failed",
        (1452, "23000", "Cannot add or update a child row: a foreign key constraint fails"),
        ("23503", "insert or update violates foreign key constraint"),
    ),
    _kind(
        r"no such table: (?P<table>\S+)",
        (1146, "42S02", "Table '{table}' doesn't exist"),
        ("42P01", 'relation "{table}" does not exist'),
    ),
    _kind(
        r"no such column: (?P<column>\S+)|has no column named (?P<named>\S+)",
        (1054, "42S22", "Unknown column '{column}' in 'field list'"),
        ("42703", 'column "{column}" does not exist'),
    ),
    _kind(
        r"no such function: (?P<function>\S+)",
        (1305, "42000", "FUNCTION {function} does not exist"),
        ("42883", "function {function} does not exist"),
    ),
    _kind(
        r"(?:table|index|view) (?P<table>\S+) already exists",
        (1050, "42S01", "Table '{table}' already exists"),
        ("42P07", 'relation "{table}" already exists'),
    ),
    _kind(
        r"duplicate column name: (?P<column>\S+)",
        (1060, "42S21", "Duplicate column name '{column}'"),
        ("42701", 'column "{column}" already exists'),
    ),
)


def translate(dialect: str, text: str, name_key: Callable[[str], str]) -> SqlError:
    """The engine's error for what SQLite said; `name_key` names the index over given columns."""
    for kind in _KINDS:
        found = kind.pattern.search(text)
        if found is None:
            continue
        given = found.groupdict().items()
        words = {name: value.strip('"') for name, value in given if value}
        words.setdefault("column", words.get("named", ""))
        if "key" in words:
            words["key"] = name_key(words["key"])
        if dialect == MYSQL:
            code, state, message = kind.mysql
            return SqlError(message.format(**words), state=state, code=code)
        state, message = kind.postgres
        return SqlError(message.format(**words), state=state)
    return syntax(dialect, text)


def syntax(dialect: str, text: str) -> SqlError:
    """The statement is none, or none that runs here."""
    if dialect == MYSQL:
        return SqlError(f"You have an error in your SQL syntax; {text}", state="42000", code=1064)
    return SqlError(text, state="42601")


def unsupported(dialect: str, what: str) -> SqlError:
    """Valid there, but not here."""
    return SqlError(
        f"The emulator's database does not support {what}",
        state="0A000",
        code=1235 if dialect == MYSQL else None,
    )


def lock_timeout(dialect: str) -> SqlError:
    """Another transaction holds what this statement needs."""
    if dialect == MYSQL:
        text = "Lock wait timeout exceeded; try restarting transaction"
        return SqlError(text, state="HY000", code=1205)
    return SqlError("canceling statement due to lock timeout", state="55P03")


def aborted() -> SqlError:
    """PostgreSQL lets nothing through between an error and the end of its transaction."""
    return SqlError(
        "current transaction is aborted, commands ignored until end of transaction block",
        state="25P02",
    )
