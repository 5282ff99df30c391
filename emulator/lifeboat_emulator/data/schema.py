"""CREATE TABLE and its kin, as SQLite statements.

Types that SQLite would take for a hint become checks, so that a text in a number's column, or one
too long, is refused as the engines refuse it. Keys become indexes of their own, whose names the
errors can tell. What only tunes an engine (character sets, storage engines, comments) is dropped.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from sqlglot import exp

from lifeboat_emulator.data import errors, kinds

Render = Callable[[exp.Expr], str]

_DIGIT = "[0-9]"
_DATE = "-".join(_DIGIT * count for count in (4, 2, 2))
_SERIALS = {exp.DataType.Type.SERIAL, exp.DataType.Type.BIGSERIAL, exp.DataType.Type.SMALLSERIAL}
_IDENTITIES = (
    exp.AutoIncrementColumnConstraint,
    exp.GeneratedAsIdentityColumnConstraint,
    exp.GeneratedAsRowColumnConstraint,
)


@dataclass
class _Table:
    """A table in the making."""

    dialect: str
    name: str
    render: Render
    columns: list[str] = field(default_factory=list)
    constraints: list[str] = field(default_factory=list)
    # Statements to follow the table's own: indexes, triggers.
    after: list[str] = field(default_factory=list)
    primary_key: list[str] = field(default_factory=list)


def create_table(dialect: str, tree: exp.Create, render: Render) -> list[str]:
    """The statements for a CREATE TABLE with columns."""
    definition = tree.this
    if not isinstance(definition, exp.Schema):
        raise errors.unsupported(dialect, "CREATE TABLE without columns")
    table = _Table(dialect, definition.this.name, render)
    definitions = list(_unwrapped(definition.expressions))
    _collect_primary_key(table, definitions)
    for each, name in definitions:
        if isinstance(each, exp.ColumnDef):
            table.columns.append(column(table, each))
        else:
            _constraint(table, each, name)
    if table.primary_key:
        table.constraints.append(f"primary key ({_quoted(table.primary_key)})")
    missing = "if not exists " if tree.args.get("exists") else ""
    body = ", ".join([*table.columns, *table.constraints])
    return [f"create table {missing}{quote(table.name)} ({body})", *table.after]


def add_column(dialect: str, name: str, given: exp.ColumnDef, render: Render) -> list[str]:
    """The statements for ALTER TABLE … ADD COLUMN."""
    table = _Table(dialect, name, render)
    text = column(table, given)
    return [f"alter table {quote(name)} add column {text}", *table.after]


def add_keys(dialect: str, name: str, given: Iterable[exp.Expr], render: Render) -> list[str]:
    """The statements for ALTER TABLE … ADD INDEX and ADD UNIQUE."""
    table = _Table(dialect, name, render)
    for each, own in _unwrapped(given):
        if not isinstance(each, exp.IndexColumnConstraint | exp.UniqueColumnConstraint):
            raise errors.unsupported(dialect, f"adding {each.sql(dialect)}")
        _constraint(table, each, own)
    return table.after


def create_index(
    dialect: str, table: str, name: str, columns: Iterable[str], unique: bool, missing: bool
) -> str:
    """The statement for one index. MySQL's names belong to their table, so they bear its name."""
    full = f"{table}.{name}" if dialect == errors.MYSQL else name
    kind = "unique index" if unique else "index"
    absent = "if not exists " if missing else ""
    return f"create {kind} {absent}{quote(full)} on {quote(table)} ({', '.join(columns)})"


def quote(name: str) -> str:
    """`name` as an identifier."""
    escaped = name.replace('"', '""')
    return f'"{escaped}"'


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(quote(name) for name in names)


def _unwrapped(
    definitions: Iterable[exp.Expr],
) -> Iterator[tuple[exp.Expr, str | None]]:
    """The definitions, those with a name of their own beside it."""
    for each in definitions:
        if isinstance(each, exp.Constraint):
            for inner in each.expressions:
                yield inner, each.name
        else:
            yield each, None


def _collect_primary_key(table: _Table, definitions: list[tuple[exp.Expr, str | None]]) -> None:
    for each, _ in definitions:
        if isinstance(each, exp.PrimaryKey):
            table.primary_key = [key.name for key in each.expressions]
        elif isinstance(each, exp.ColumnDef) and _has(each, exp.PrimaryKeyColumnConstraint):
            table.primary_key = [each.name]


def _has(given: exp.ColumnDef, *kind: type[exp.Expr]) -> bool:
    return any(isinstance(constraint.kind, kind) for constraint in given.constraints)


def column(table: _Table, given: exp.ColumnDef) -> str:
    """One column's definition; what does not fit into it goes into `table.after`."""
    name = given.name
    if given.kind is None:
        raise errors.syntax(table.dialect, f"column {name} has no type")
    kind = kinds.of_type(table.dialect, given.kind)
    if given.kind.this in _SERIALS or _has(given, *_IDENTITIES):
        if table.primary_key != [name]:
            raise errors.unsupported(table.dialect, "a counter that is not the primary key")
        # Only this very wording makes SQLite count.
        table.primary_key = []
        return f"{quote(name)} INTEGER not null primary key autoincrement"
    parts = [quote(name), kind.declared]
    if name in table.primary_key:
        parts.append("not null")
    if kind.name == kinds.TEXT and table.dialect == errors.MYSQL and not _binary(given):
        parts.append("collate nocase")
    for constraint in given.constraints:
        parts.extend(_column_constraint(table, name, kind, constraint.kind))
    parts.extend(_checks(table, name, kind, given.kind))
    if kind.name == kinds.DECIMAL and kind.scale is not None:
        table.after.extend(_round(table.name, name, kind.scale))
    return " ".join(parts)


def _binary(given: exp.ColumnDef) -> bool:
    """Whether MySQL tells upper from lower case in this column."""
    return any(
        isinstance(constraint.kind, exp.CollateColumnConstraint)
        and constraint.kind.this.name.lower().endswith(("_bin", "_cs", "_as_cs"))
        for constraint in given.constraints
    )


def _column_constraint(
    table: _Table, name: str, kind: kinds.Kind, constraint: exp.Expr | None
) -> Iterator[str]:
    if isinstance(constraint, exp.NotNullColumnConstraint):
        if not constraint.args.get("allow_null") and name not in table.primary_key:
            yield "not null"
    elif isinstance(constraint, exp.DefaultColumnConstraint):
        yield f"default ({_default(table, kind, constraint.this)})"
    elif isinstance(constraint, exp.UniqueColumnConstraint):
        key = name if table.dialect == errors.MYSQL else f"{table.name}_{name}_key"
        table.after.append(
            create_index(table.dialect, table.name, key, [quote(name)], unique=True, missing=True)
        )
    elif isinstance(constraint, exp.CheckColumnConstraint):
        own = f"{table.name}_{name}_check"
        yield f"constraint {quote(own)} check ({table.render(constraint.this)})"
    elif isinstance(constraint, exp.Reference) and table.dialect == errors.POSTGRES:
        # MySQL reads a reference on a column, and forgets it.
        yield table.render(constraint)
    elif isinstance(constraint, exp.OnUpdateColumnConstraint):
        table.after.append(_touch(table.name, name, kind))
    elif isinstance(constraint, exp.ComputedColumnConstraint):
        raise errors.unsupported(table.dialect, "generated columns")


def _default(table: _Table, kind: kinds.Kind, value: exp.Expr) -> str:
    if kind.name == kinds.TIMESTAMP and not isinstance(value, exp.Literal | exp.Null):
        return f"lb_timestamp({table.render(value)}, {kind.scale})"
    return table.render(value)


def _touch(table: str, name: str, kind: kinds.Kind) -> str:
    """ON UPDATE CURRENT_TIMESTAMP: a row that is changed gets the time, unless it was given one."""
    return (
        f"create trigger if not exists {quote(f'{table}.{name} on update')} "
        f"after update on {quote(table)} when new.{quote(name)} is old.{quote(name)} "
        f"begin update {quote(table)} set {quote(name)} = lb_now({kind.scale}) "
        "where rowid = new.rowid; end"
    )


def _round(table: str, name: str, scale: int) -> list[str]:
    """Decimals with more digits than their column keeps are rounded, as both engines do."""
    one, where = quote(name), quote(table)
    return [
        f"create trigger if not exists {quote(f'{table}.{name} rounded by {event}')} "
        f"after {event} on {where} when new.{one} <> round(new.{one}, {scale}) "
        f"begin update {where} set {one} = round({one}, {scale}) where rowid = new.rowid; end"
        for event in ("insert", "update")
    ]


def _checks(table: _Table, name: str, kind: kinds.Kind, given: exp.DataType) -> Iterator[str]:
    one = quote(name)
    if kind.length is not None:
        yield f"constraint lifeboat_long_{name} check (length({one}) <= {kind.length})"
    if given.this == exp.DataType.Type.ENUM:
        allowed = ", ".join(table.render(value) for value in given.expressions)
        yield f"constraint lifeboat_type_{name} check ({one} in ({allowed}))"
    condition = {
        kinds.INTEGER: f"typeof({one}) in ('integer', 'null')",
        kinds.BOOLEAN: f"typeof({one}) in ('integer', 'null')",
        kinds.DECIMAL: f"typeof({one}) in ('integer', 'real', 'null')",
        kinds.DOUBLE: f"typeof({one}) in ('real', 'null')",
        kinds.TIMESTAMP: f"{one} glob '{_DATE}' or {one} glob '{_DATE} *'",
        kinds.DATE: f"{one} glob '{_DATE}'",
        kinds.UUID: f"length({one}) = 36",
        kinds.JSON: f"json_valid({one})",
    }.get(kind.name)
    if condition is not None:
        signed = f" and {one} >= 0" if "UNSIGNED" in kind.declared else ""
        yield f"constraint lifeboat_type_{name} check ({condition}{signed})"


def _constraint(table: _Table, given: exp.Expr, name: str | None) -> None:
    """What stands beside the columns in a CREATE TABLE."""
    if isinstance(given, exp.PrimaryKey):
        return
    if isinstance(given, exp.UniqueColumnConstraint):
        columns = given.this.expressions if isinstance(given.this, exp.Schema) else []
        own = given.this.this.name if isinstance(given.this, exp.Schema) and given.this.this else ""
        _index(table, columns, own or name, unique=True)
    elif isinstance(given, exp.IndexColumnConstraint):
        _index(table, given.expressions, given.name, unique=False)
    elif isinstance(given, exp.CheckColumnConstraint):
        named = f"constraint {quote(name)} " if name else ""
        table.constraints.append(f"{named}check ({table.render(given.this)})")
    elif isinstance(given, exp.ForeignKey):
        table.constraints.append(table.render(given))
    else:
        raise errors.unsupported(table.dialect, given.sql(table.dialect))


def _index(table: _Table, columns: list[exp.Expr], name: str | None, *, unique: bool) -> None:
    names = [each.find(exp.Identifier) for each in columns]
    plain = [identifier.name for identifier in names if identifier is not None]
    if not name:
        tail = "key" if unique else "idx"
        name = plain[0] if table.dialect == errors.MYSQL else "_".join([table.name, *plain, tail])
    quoted = [quote(each) for each in plain]
    table.after.append(
        create_index(table.dialect, table.name, name, quoted, unique=unique, missing=True)
    )
