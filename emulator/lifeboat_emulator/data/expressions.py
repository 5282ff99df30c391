"""Expressions of MySQL and PostgreSQL, made into ones that SQLite computes alike.

Pure tree to tree: where sqlglot's own translation keeps the meaning it is left to do so; here
stands what it drops or changes (time, intervals, casts, conflicts, names of the schema).
"""

from collections.abc import Callable

from sqlglot import exp

from lifeboat_emulator.data import errors, kinds

Adapter = Callable[[exp.Expr], exp.Expr | None]

# Names that say "this database": everything lives in one.
_OWN_SCHEMAS = {"public", "main", "pg_catalog"}


def adapt(dialect: str, database: str, tree: exp.Expr) -> exp.Expr:
    """A tree that sqlglot's SQLite generator can write down."""
    root = tree.copy()
    # Children first: what stands for a node takes its children over as they are.
    for node in reversed(list(root.dfs())):
        adapted = _adapt(dialect, database, node)
        if adapted is node:
            continue
        if node is root:
            root = adapted
        else:
            node.replace(adapted)
    return root


def _adapt(dialect: str, database: str, node: exp.Expr) -> exp.Expr:
    if isinstance(node, exp.Table):
        return _table(dialect, database, node)
    if isinstance(node, exp.Cast | exp.TryCast):
        return _cast(dialect, node)
    if isinstance(node, exp.Add | exp.Sub):
        return _moved(dialect, node)
    if isinstance(node, exp.OnConflict):
        return _conflict(dialect, node)
    if isinstance(node, exp.Column) and node.args.get("db"):
        node.set("db", None)
        return node
    if isinstance(node, exp.Select) and node.args.get("locks"):
        # One writer at a time holds the whole database: see `database`.
        node.set("locks", None)
        return node
    if isinstance(node, exp.Anonymous):
        return _anonymous(dialect, database, node)
    for kind, adapter in _ADAPTERS:
        if isinstance(node, kind):
            return adapter(dialect, node)
    return node


def _call(name: str, *arguments: exp.Expr | str | int) -> exp.Anonymous:
    return exp.Anonymous(
        this=name,
        expressions=[
            each if isinstance(each, exp.Expr) else exp.convert(each) for each in arguments
        ],
    )


def _table(dialect: str, database: str, node: exp.Table) -> exp.Expr:
    schema = node.db
    if schema.lower() == "information_schema":
        node.set("db", None)
        node.set("this", exp.to_identifier(f"information_schema_{node.name.lower()}"))
    elif schema and (schema == database or schema.lower() in _OWN_SCHEMAS):
        node.set("db", None)
    elif schema:
        text = f"Unknown database '{schema}'"
        if dialect == errors.MYSQL:
            raise errors.SqlError(text, state="42000", code=1049)
        raise errors.SqlError(f'schema "{schema}" does not exist', state="3F000")
    node.set("catalog", None)
    return node


def _cast(dialect: str, node: exp.Cast) -> exp.Expr:
    value: exp.Expr = node.this
    target = node.to
    if target.this == exp.DataType.Type.INTERVAL:
        return node
    kind = kinds.of_type(dialect, target)
    if kind.name == kinds.TIMESTAMP:
        return _call("lb_timestamp", value, kind.scale or 0)
    if kind.name == kinds.DECIMAL:
        number = exp.Add(this=exp.paren(value), expression=exp.Literal.number(0))
        return number if kind.scale is None else _call("round", number, kind.scale)
    if kind.name == kinds.BOOLEAN:
        return value
    simple = {kinds.DATE: "lb_date", kinds.JSON: "lb_json", kinds.UUID: "lb_uuid"}.get(kind.name)
    if simple:
        return _call(simple, value)
    affinity = {kinds.INTEGER: "BIGINT", kinds.DOUBLE: "DOUBLE", kinds.BYTES: "BLOB"}
    node.set("to", exp.DataType.build(affinity.get(kind.name, "TEXT")))
    return node


def _moved(dialect: str, node: exp.Add | exp.Sub) -> exp.Expr:
    """A moment and an interval added up."""
    sign = -1 if isinstance(node, exp.Sub) else 1
    base, other = node.this, node.expression
    if isinstance(base, exp.Interval) and sign == 1:
        base, other = other, base
    factor: exp.Expr = exp.convert(sign)
    if isinstance(other, exp.Paren):
        other = other.this
    if isinstance(other, exp.Mul):
        sides = (other.this, other.expression)
        interval = next((side for side in sides if isinstance(side, exp.Interval)), None)
        if interval is None:
            return node
        times = sides[0] if interval is sides[1] else sides[1]
        factor = exp.Mul(this=factor, expression=exp.paren(times))
        other = interval
    if isinstance(other, exp.Cast) and other.to.this == exp.DataType.Type.INTERVAL:
        return _call("lb_add_text", base, other.this, sign)
    if isinstance(other, exp.Cast) and isinstance(other.to, exp.Interval):
        return _call("lb_add_text", base, other.this, sign)
    if not isinstance(other, exp.Interval):
        return node
    unit = other.args.get("unit")
    if unit is None:
        return _call("lb_add_text", base, other.this, sign)
    amount = exp.Mul(this=exp.paren(other.this), expression=factor)
    return _call("lb_add", base, amount, unit.name)


def _conflict(dialect: str, node: exp.OnConflict) -> exp.Expr:
    """MySQL's ON DUPLICATE KEY UPDATE becomes ON CONFLICT DO UPDATE, for whichever key it is."""
    for key in node.args.get("conflict_keys") or []:
        if isinstance(key, exp.Ordered):
            key.set("nulls_first", None)
    if node.args.get("conflict_keys"):
        node.set("conflict_keys", [_bare(key) for key in node.args["conflict_keys"]])
    if node.args.get("constraint"):
        raise errors.unsupported(dialect, "ON CONFLICT ON CONSTRAINT: name the columns")
    if not node.args.get("duplicate"):
        return node
    node.set("duplicate", None)
    node.set("action", exp.var("DO UPDATE"))
    return node


def _bare(key: exp.Expr) -> exp.Expr:
    return key.this if isinstance(key, exp.Ordered) else key


def given_row(node: exp.Insert) -> None:
    """In place: `VALUES(column)` and MySQL's alias of the new row become SQLite's `excluded`."""
    conflict = node.args.get("conflict")
    values = node.expression
    alias = values.alias if isinstance(values, exp.Values) else ""
    if isinstance(values, exp.Values):
        values.set("alias", None)
    if conflict is None:
        return
    for call in list(conflict.find_all(exp.Anonymous)):
        if call.name.upper() == "VALUES" and len(call.expressions) == 1:
            identifier = call.expressions[0].find(exp.Identifier)
            call.replace(exp.column(identifier.copy(), table="excluded"))
    for column in list(conflict.find_all(exp.Column)):
        if alias and column.table == alias:
            column.set("table", exp.to_identifier("excluded"))


def _anonymous(dialect: str, database: str, node: exp.Anonymous) -> exp.Expr:
    name = node.name.lower()
    if name in ("now", "sysdate", "clock_timestamp", "statement_timestamp"):
        default = 0 if dialect == errors.MYSQL else 6
        return _call("lb_now", node.expressions[0] if node.expressions else default)
    if name in ("user", "session_user", "system_user"):
        return _call("lb_name", "user")
    if name in ("pg_is_in_recovery", "aurora_version", "connection_id", "pg_backend_pid"):
        return _call("lb_name", name)
    if name == "database":
        return _call("lb_name", "database")
    return node


def _now(dialect: str, node: exp.Expr) -> exp.Expr:
    given = node.args.get("this")
    default = 0 if dialect == errors.MYSQL else 6
    return _call("lb_now", given.copy() if isinstance(given, exp.Expr) else default)


def _date_add(_dialect: str, node: exp.Expr) -> exp.Expr:
    sign = -1 if isinstance(node, exp.DateSub | exp.TimestampSub | exp.DatetimeSub) else 1
    amount = exp.Mul(this=exp.paren(node.expression), expression=exp.convert(sign))
    return _call("lb_add", node.this, amount, node.args["unit"].name)


def _difference(_dialect: str, node: exp.Expr) -> exp.Expr:
    return _call("lb_difference", node.args["unit"].name, node.expression, node.this)


def _extract(_dialect: str, node: exp.Expr) -> exp.Expr:
    part = node.name.upper()
    value = node.expression.unnest()
    if part == "EPOCH" and isinstance(value, exp.Sub) and not value.find(exp.Interval):
        ends = [_call("lb_part", part, side) for side in (value.this, value.expression)]
        return exp.paren(exp.Sub(this=ends[0], expression=ends[1]))
    return _call("lb_part", part, node.expression)


def _session_parameter(dialect: str, node: exp.Expr) -> exp.Expr:
    name = node.name.lower()
    if name not in ("version", "hostname", "aurora_version", "aurora_server_id"):
        raise errors.unsupported(dialect, f"@@{name}")
    return _call("lb_name", name)


def _at_zone(dialect: str, node: exp.Expr) -> exp.Expr:
    """Everything is kept in UTC, so that zone changes nothing."""
    if node.args["zone"].name.upper() not in ("UTC", "GMT"):
        raise errors.unsupported(dialect, "time zones other than UTC")
    moment: exp.Expr = node.this
    return moment


def _named(name: str) -> Callable[[str, exp.Expr], exp.Expr]:
    return lambda _dialect, _node: _call("lb_name", name)


# Classes of nodes -> what stands in their place. The first that fits.
_ADAPTERS: tuple[tuple[tuple[type[exp.Expr], ...], Callable[[str, exp.Expr], exp.Expr]], ...] = (
    ((exp.CurrentTimestamp, exp.UtcTimestamp, exp.Localtimestamp, exp.Localtime), _now),
    ((exp.CurrentDate, exp.UtcDate), lambda _d, _n: _call("lb_today")),
    ((exp.CurrentTime, exp.UtcTime), lambda _d, _n: _call("lb_time")),
    ((exp.DateAdd, exp.TimestampAdd, exp.DateSub, exp.TimestampSub), _date_add),
    ((exp.TimestampDiff,), _difference),
    ((exp.Extract,), _extract),
    ((exp.AtTimeZone,), _at_zone),
    ((exp.TimestampTrunc,), lambda _d, n: _call("lb_truncate", n.args["unit"].name, n.this)),
    ((exp.UnixToTime,), lambda _d, n: _call("lb_from_epoch", n.this)),
    ((exp.TsOrDsToDate,), lambda _d, n: _call("lb_date", n.this)),
    ((exp.Year,), lambda _d, n: _call("lb_part", "YEAR", n.this)),
    ((exp.Month,), lambda _d, n: _call("lb_part", "MONTH", n.this)),
    ((exp.Rand,), lambda _d, _n: _call("rand")),
    ((exp.Uuid,), lambda _d, _n: _call("uuid")),
    ((exp.SHA2Digest,), lambda _d, n: _call("sha256", n.this)),
    ((exp.Div,), lambda d, n: _divided(d, n)),
    ((exp.IntDiv,), lambda _d, n: _whole(n)),
    ((exp.SessionParameter,), _session_parameter),
    ((exp.CurrentVersion,), _named("version")),
    ((exp.CurrentSchema, exp.CurrentDatabase), _named("database")),
    ((exp.CurrentUser,), _named("user")),
)


def _divided(dialect: str, node: exp.Expr) -> exp.Expr:
    """MySQL's `/` never cuts; PostgreSQL's does for whole numbers, as SQLite's."""
    plain = exp.Anonymous(this="lb_divide", expressions=[node.this, node.expression])
    return plain if dialect == errors.MYSQL else node


def _whole(node: exp.Expr) -> exp.Expr:
    return exp.cast(
        exp.Anonymous(this="lb_divide", expressions=[node.this, node.expression]), "BIGINT"
    )
