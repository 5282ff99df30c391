"""One statement run in SQLite, and what there is to tell of it: rows, columns, counts, ids."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import apsw

from lifeboat_emulator.data import errors, inference, kinds
from lifeboat_emulator.data.dialect import Statement
from lifeboat_emulator.data.values import Bound

# What SQLite tells of an output column: label, declared type, database, table, column.
_Described = tuple[str, str | None, str | None, str | None, str | None]


@dataclass
class Column:
    """One column of a result."""

    label: str
    name: str
    table: str
    kind: kinds.Kind | None


@dataclass
class Result:
    """What a statement gave back."""

    columns: list[Column] = field(default_factory=list)
    rows: list[tuple[Bound, ...]] = field(default_factory=list)
    updated: int = 0
    generated: list[int] = field(default_factory=list)


def run(
    dialect: str,
    connection: apsw.Connection,
    statement: Statement,
    parameters: Mapping[str, Bound],
) -> Result:
    """Run it. Raises what SQLite raises, and a KeyError for a parameter that is not given."""
    result = Result()
    described: list[_Described] = []

    def describe(cursor: apsw.Cursor, _sql: str, _bindings: object) -> bool:
        described[:] = cursor.description_full
        return True

    touched: list[int] = []
    if statement.upserts:
        connection.set_update_hook(lambda kind, _db, _table, _row: touched.append(kind))
    cursor = connection.cursor()
    cursor.exec_trace = describe
    before = connection.last_insert_rowid()
    connection.set_last_insert_rowid(0)
    try:
        for sql in statement.sql:
            result.rows = [tuple(row) for row in cursor.execute(sql, dict(parameters))]
            result.updated = connection.changes() if statement.counts else 0
        inserted = connection.last_insert_rowid()
    finally:
        connection.set_last_insert_rowid(before)
        if statement.upserts:
            connection.set_update_hook(None)
    if statement.upserts and touched[:1] == [apsw.SQLITE_UPDATE]:
        result.updated *= 2
    if inserted and result.updated and dialect == errors.MYSQL and _counts(connection, statement):
        result.generated = [inserted]
    if statement.returns_rows:
        result.columns = _columns(dialect, connection, statement, described)
    return result


def kinds_of(connection: apsw.Connection, tables: Sequence[str]) -> dict[str, kinds.Kind | None]:
    """The kinds of the tables' columns, by name."""
    return {
        str(name): kinds.of_declared(str(declared))
        for table in tables
        for name, declared in connection.execute(
            "select name, type from pragma_table_info(?)", (table,)
        )
    }


def _counts(connection: apsw.Connection, statement: Statement) -> bool:
    """Whether the table it inserts into makes ids by itself."""
    if statement.inserts_into is None:
        return False
    found = connection.execute(
        "select 1 from sqlite_master where name = ? collate nocase and sql like ?",
        (statement.inserts_into, "%primary key autoincrement%"),
    ).fetchone()
    return found is not None


def _columns(
    dialect: str,
    connection: apsw.Connection,
    statement: Statement,
    described: list[_Described],
) -> list[Column]:
    columns: list[Column] = []
    known: dict[str, kinds.Kind | None] | None = None
    for position, (label, declared, _, table, origin) in enumerate(described):
        kind = kinds.of_declared(declared)
        written = statement.projections[position] if statement.projections else None
        if written is not None:
            label = inference.label_of(dialect, written) or label
        if kind is None and written is not None:
            if known is None:
                known = kinds_of(connection, statement.tables)
            kind = inference.kind_of(dialect, written, known.get)
        columns.append(Column(label, origin or label, table or "", kind))
    return columns
