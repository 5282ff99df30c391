"""Values as the Data API sends and takes them, and as SQLite holds them."""

import base64
import json
import math
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from typing import Any

from lifeboat_emulator.data import errors, kinds

Bound = None | int | float | str | bytes
Field = dict[str, Any]

_HINTED = {
    "DATE": re.compile(r"^\d{4}-\d\d-\d\d$"),
    "TIME": re.compile(r"^\d\d:\d\d:\d\d(\.\d{1,6})?$"),
    "TIMESTAMP": re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?$"),
}


class BadParameterError(Exception):
    """A parameter that the Data API itself refuses."""


@dataclass(frozen=True)
class Options:
    """`resultSetOptions` of a request."""

    decimals_as_numbers: bool = False
    longs_as_text: bool = False


def bind(parameter: Mapping[str, Any]) -> Bound:
    """The value of one request parameter."""
    name = parameter.get("name", "")
    value = parameter.get("value") or {}
    hint = parameter.get("typeHint")
    if value.get("isNull"):
        return None
    if "stringValue" in value:
        return _hinted(name, hint, str(value["stringValue"])) if hint else str(value["stringValue"])
    if "longValue" in value:
        return int(value["longValue"])
    if "doubleValue" in value:
        return float(value["doubleValue"])
    if "booleanValue" in value:
        return int(bool(value["booleanValue"]))
    if "blobValue" in value:
        return base64.b64decode(value["blobValue"])
    if "arrayValue" in value:
        raise BadParameterError("Array parameters are not supported.")
    raise BadParameterError(f"Parameter {name} has no value")


def is_plain_text(parameter: Mapping[str, Any]) -> bool:
    """Whether the value goes to PostgreSQL as a text, which it converts to nothing by itself."""
    return "stringValue" in (parameter.get("value") or {}) and not parameter.get("typeHint")


def _hinted(name: str, hint: str, text: str) -> Bound:
    try:
        if hint == "DECIMAL":
            return _number(Decimal(text))
        if hint == "UUID":
            return str(uuid.UUID(text))
        if hint == "JSON":
            json.loads(text)
            return text
        if hint in _HINTED and _HINTED[hint].match(text):
            return text
    except (ValueError, InvalidOperation):
        pass
    raise BadParameterError(f"Error converting parameter {name} to a value of type {hint}")


def _number(value: Decimal) -> int | float:
    return int(value) if value == value.to_integral_value() else float(value)


def field(kind: kinds.Kind | None, value: Bound, options: Options) -> Field:
    """One field of a result."""
    if value is None:
        return {"isNull": True}
    name = kind.name if kind is not None else None
    if isinstance(value, bytes):
        return {"blobValue": base64.b64encode(value).decode()}
    if name == kinds.BOOLEAN:
        return {"booleanValue": bool(value)}
    if name == kinds.DECIMAL and kind is not None:
        return _decimal(kind, value, options)
    if name == kinds.DOUBLE and not isinstance(value, str):
        return {"doubleValue": float(value)}
    if isinstance(value, int):
        return {"stringValue": str(value)} if options.longs_as_text else {"longValue": value}
    if isinstance(value, float):
        return {"doubleValue": value}
    if name == kinds.TIMESTAMP and kind is not None:
        return {"stringValue": _timestamp(value, kind.scale)}
    return {"stringValue": value}


def _decimal(kind: kinds.Kind, value: Bound, options: Options) -> Field:
    exact = Decimal(repr(value) if isinstance(value, float) else str(value))
    if isinstance(value, float) and not math.isfinite(value):
        return {"stringValue": str(value)}
    if kind.scale is not None:
        exact = exact.quantize(Decimal(1).scaleb(-kind.scale), rounding=ROUND_HALF_UP)
    if options.decimals_as_numbers:
        whole = exact == exact.to_integral_value() and not kind.scale
        return {"longValue": int(exact)} if whole else {"doubleValue": float(exact)}
    return {"stringValue": format(exact, "f")}


def _timestamp(text: Any, scale: int | None) -> str:
    """The stored text with as many digits as the column keeps; a date gets its midnight."""
    whole = str(text)
    if len(whole) == 10:
        whole += " 00:00:00"
    base, _, digits = whole.partition(".")
    if not scale:
        return base
    kept = digits[:scale].rstrip("0")
    return f"{base}.{digits[:scale].ljust(scale, '0')}" if kept else base


def metadata(dialect: str, name: str, label: str, table: str, kind: kinds.Kind | None) -> Field:
    """What `includeResultMetadata` tells of one column."""
    declared = kind.declared if kind is not None else "VARCHAR"
    word = declared.removeprefix("TEXT_").split("(", 1)[0]
    return {
        "name": name,
        "label": label,
        "tableName": table,
        "schemaName": "" if dialect == errors.MYSQL else ("public" if table else ""),
        "typeName": word if dialect == errors.MYSQL else _POSTGRES_NAMES.get(word, word.lower()),
        "type": _JDBC.get(kind.name if kind is not None else kinds.TEXT, 12),
        "nullable": 1,
        "precision": (kind.length if kind is not None else None) or 0,
        "scale": (kind.scale if kind is not None else None) or 0,
        "isSigned": "UNSIGNED" not in declared,
        "isAutoIncrement": False,
        "isCaseSensitive": dialect == errors.POSTGRES,
        "isCurrency": False,
        "arrayBaseColumnType": 0,
    }


_POSTGRES_NAMES = {
    "BIGINT": "int8",
    "INT": "int4",
    "SMALLINT": "int2",
    "BOOLEAN": "bool",
    "DECIMAL": "numeric",
    "DOUBLE": "float8",
    "BLOB": "bytea",
    "JSON": "jsonb",
    "TIMESTAMP": "timestamptz",
}
# java.sql.Types, which the API keeps to.
_JDBC = {
    kinds.INTEGER: -5,
    kinds.BOOLEAN: -7,
    kinds.DECIMAL: 3,
    kinds.DOUBLE: 8,
    kinds.TEXT: 12,
    kinds.BYTES: -3,
    kinds.TIMESTAMP: 93,
    kinds.DATE: 91,
    kinds.TIME: 92,
    kinds.JSON: 12,
    kinds.UUID: 12,
}
