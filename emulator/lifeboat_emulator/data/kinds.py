"""Kinds of values: what MySQL and PostgreSQL call types, as SQLite columns can remember them.

SQLite keeps a column's declared type as text and derives the way of storing from it. Kinds it has
no way for are declared as `TEXT_…` or under their own name, and read back from there.
"""

import re
from dataclasses import dataclass

from sqlglot import exp

from lifeboat_emulator.data import errors

INTEGER = "integer"
BOOLEAN = "boolean"
DECIMAL = "decimal"
DOUBLE = "double"
TEXT = "text"
BYTES = "bytes"
TIMESTAMP = "timestamp"
DATE = "date"
TIME = "time"
JSON = "json"
UUID = "uuid"

_TYPE = exp.DataType.Type
_INTEGERS = {
    _TYPE.TINYINT: "TINYINT",
    _TYPE.SMALLINT: "SMALLINT",
    _TYPE.MEDIUMINT: "INT",
    _TYPE.INT: "INT",
    _TYPE.BIGINT: "BIGINT",
    _TYPE.UTINYINT: "TINYINT UNSIGNED",
    _TYPE.USMALLINT: "SMALLINT UNSIGNED",
    _TYPE.UMEDIUMINT: "INT UNSIGNED",
    _TYPE.UINT: "INT UNSIGNED",
    _TYPE.UBIGINT: "BIGINT UNSIGNED",
    _TYPE.SERIAL: "INT",
    _TYPE.SMALLSERIAL: "SMALLINT",
    _TYPE.BIGSERIAL: "BIGINT",
    _TYPE.YEAR: "INT",
}
_SIMPLE = {
    _TYPE.BOOLEAN: (BOOLEAN, "BOOLEAN"),
    _TYPE.BIT: (BOOLEAN, "BOOLEAN"),
    _TYPE.DOUBLE: (DOUBLE, "DOUBLE"),
    _TYPE.FLOAT: (DOUBLE, "DOUBLE"),
    _TYPE.BLOB: (BYTES, "BLOB"),
    _TYPE.TINYBLOB: (BYTES, "BLOB"),
    _TYPE.MEDIUMBLOB: (BYTES, "BLOB"),
    _TYPE.LONGBLOB: (BYTES, "BLOB"),
    _TYPE.BINARY: (BYTES, "BLOB"),
    _TYPE.VARBINARY: (BYTES, "BLOB"),
    _TYPE.DATE: (DATE, "TEXT_DATE"),
    _TYPE.TIME: (TIME, "TEXT_TIME"),
    _TYPE.TIMETZ: (TIME, "TEXT_TIME"),
    _TYPE.JSON: (JSON, "TEXT_JSON"),
    _TYPE.JSONB: (JSON, "TEXT_JSON"),
    _TYPE.UUID: (UUID, "TEXT_UUID"),
    _TYPE.TEXT: (TEXT, "TEXT"),
    _TYPE.TINYTEXT: (TEXT, "TEXT"),
    _TYPE.MEDIUMTEXT: (TEXT, "TEXT"),
    _TYPE.LONGTEXT: (TEXT, "TEXT"),
    _TYPE.ENUM: (TEXT, "TEXT"),
    _TYPE.NAME: (TEXT, "TEXT"),
}
_TIMESTAMPS = {_TYPE.TIMESTAMP, _TYPE.TIMESTAMPTZ, _TYPE.TIMESTAMPLTZ, _TYPE.DATETIME}
_LENGTHS = {_TYPE.VARCHAR, _TYPE.CHAR, _TYPE.NCHAR, _TYPE.NVARCHAR, _TYPE.BPCHAR}
_DECLARED = re.compile(r"^(?P<word>[A-Z_]+(?: UNSIGNED)?)(?:\((?P<a>\d+)(?:, ?(?P<b>\d+))?\))?$")


@dataclass(frozen=True)
class Kind:
    """One kind of value. `scale`: digits of a decimal or of a second; None: as they come."""

    name: str
    declared: str
    scale: int | None = None
    length: int | None = None


PLAIN_INTEGER = Kind(INTEGER, "BIGINT")
PLAIN_BOOLEAN = Kind(BOOLEAN, "BOOLEAN")
PLAIN_DOUBLE = Kind(DOUBLE, "DOUBLE")
PLAIN_TEXT = Kind(TEXT, "TEXT")
NOW = Kind(TIMESTAMP, "TEXT_TIMESTAMP(6)", 6)


def of_type(dialect: str, given: exp.DataType) -> Kind:
    """The kind of a declared or cast type; an SqlError for one that does not exist here."""
    name = given.this
    sizes = [int(size.name) for size in given.expressions if size.name.isdigit()]
    if name == _TYPE.TINYINT and sizes == [1] and dialect == errors.MYSQL:
        return PLAIN_BOOLEAN
    if name in _INTEGERS:
        return Kind(INTEGER, _INTEGERS[name])
    if name in (_TYPE.DECIMAL, _TYPE.UDECIMAL, _TYPE.MONEY):
        return _decimal(dialect, sizes)
    if name in _TIMESTAMPS:
        # Without a precision MySQL keeps seconds, PostgreSQL microseconds.
        scale = sizes[0] if sizes else (0 if dialect == errors.MYSQL else 6)
        return Kind(TIMESTAMP, f"TEXT_TIMESTAMP({scale})", scale)
    if name in _LENGTHS:
        if not sizes:
            return PLAIN_TEXT
        return Kind(TEXT, f"VARCHAR({sizes[0]})", length=sizes[0])
    if name in _SIMPLE:
        kind, declared = _SIMPLE[name]
        return Kind(kind, declared)
    raise errors.unsupported(dialect, f"the type {given.sql(dialect)}")


def postgres_name(kind: Kind) -> str:
    """What PostgreSQL calls the type in its errors."""
    word = kind.declared.removeprefix("TEXT_").split("(", 1)[0]
    names = {
        "DECIMAL": "numeric",
        "INT": "integer",
        "TIMESTAMP": "timestamp with time zone",
        "DOUBLE": "double precision",
        "JSON": "jsonb",
        "BLOB": "bytea",
    }
    return names.get(word, word.lower())


def _decimal(dialect: str, sizes: list[int]) -> Kind:
    if not sizes and dialect == errors.POSTGRES:
        return Kind(DECIMAL, "DECIMAL")
    digits, scale = ([*sizes, 0, 0] if sizes else [10, 0])[:2]
    return Kind(DECIMAL, f"DECIMAL({digits},{scale})", scale)


def of_declared(declared: str | None) -> Kind | None:
    """The kind of a column by its declared type; None for what is no column."""
    if not declared:
        return None
    found = _DECLARED.match(declared)
    if found is None:
        return None
    word = found["word"]
    first = int(found["a"]) if found["a"] else None
    second = int(found["b"]) if found["b"] else None
    if word in ("INTEGER", *_INTEGERS.values()):
        return Kind(INTEGER, "BIGINT" if word == "INTEGER" else word)
    if word == "DECIMAL":
        return Kind(DECIMAL, declared, second)
    if word == "TEXT_TIMESTAMP":
        return Kind(TIMESTAMP, declared, first)
    if word == "VARCHAR":
        return Kind(TEXT, declared, length=first)
    for kind, simple in _SIMPLE.values():
        if simple == word:
            return Kind(kind, simple)
    return None
