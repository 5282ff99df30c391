"""MySQL's and PostgreSQL's statements, made into what SQLite runs.

`translate` is pure and remembers its answers: the same text is asked for again and again.
"""

import logging
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from lifeboat_emulator.data import errors, expressions, schema

# Hints of sqlglot on what it cannot say in SQLite; what cannot be said here is refused below.
logging.getLogger("sqlglot").setLevel(logging.CRITICAL)

_READ, _WRITE, _DEFINE, _NOTHING = "read", "write", "define", "nothing"
_REPLACE = re.compile(r"^\s*replace\s+(?:into\s+)?", re.IGNORECASE)
# In PostgreSQL a lock of the application's own; here it is the writer's.
_LOCKING = {"pg_advisory_xact_lock"}
_EXTENSION = re.compile(r"^extension (if not exists )?\"?(pgcrypto|uuid-ossp)\b", re.IGNORECASE)
_IDLE_SETTINGS = {"names", "time_zone", "statement_timeout", "lock_timeout", "search_path"}
_SHOWN = {
    "TABLES": "select name as {label} from sqlite_master where type = 'table' "
    "and name not like 'lifeboat!_%' escape '!' and name not like 'sqlite!_%' escape '!' "
    "order by name",
    "DATABASES": "select lb_name('database') as \"Database\"",
}


@dataclass(frozen=True)
class Target:
    """The column that a bare parameter is written to (`assigned`) or compared with."""

    table: str
    column: str
    assigned: bool


@dataclass(frozen=True)
class Statement:
    """What to run in SQLite, and what there is to know about it."""

    sql: tuple[str, ...]
    kind: str
    # Takes the writer's lock although it only reads: SELECT … FOR UPDATE.
    locks: bool = False
    returns_rows: bool = False
    # The output columns as they were written; empty where `*` hides them.
    projections: tuple[exp.Expr, ...] = ()
    tables: tuple[str, ...] = ()
    inserts_into: str | None = None
    # MySQL counts a row that ON DUPLICATE KEY changed twice.
    upserts: bool = False
    # What PostgreSQL checks the types of, by parameter.
    typed: dict[str, "Target"] = field(default_factory=dict)

    @property
    def writes(self) -> bool:
        """Whether it needs the writer's lock."""
        return self.locks or self.kind in (_WRITE, _DEFINE)

    @property
    def counts(self) -> bool:
        """Whether it tells how many rows it changed."""
        return self.kind == _WRITE

    @property
    def defines(self) -> bool:
        """Whether it changes the schema; MySQL commits before such a one."""
        return self.kind == _DEFINE


@lru_cache(maxsize=1024)
def translate(dialect: str, database: str, sql: str) -> Statement:
    """The statement for `sql`; an SqlError where the engine or SQLite would not take it."""
    replaced = _REPLACE.match(sql) if dialect == errors.MYSQL else None
    text = f"insert into {sql[replaced.end() :]}" if replaced else sql
    try:
        trees = [tree for tree in sqlglot.parse(text, read=dialect) if tree is not None]
    except SqlglotError as error:
        raise errors.syntax(dialect, str(error).splitlines()[0]) from error
    if not trees:
        raise errors.syntax(dialect, "the statement is empty")
    if len(trees) > 1:
        raise errors.syntax(dialect, "Multistatements aren't supported.")
    return _Translator(dialect, database, replaces=replaced is not None).statement(trees[0])


class _Translator:
    def __init__(self, dialect: str, database: str, *, replaces: bool) -> None:
        self._dialect = dialect
        self._database = database
        self._replaces = replaces

    def statement(self, tree: exp.Expr) -> Statement:
        if isinstance(tree, exp.Query):
            return self._query(tree)
        if isinstance(tree, exp.Insert):
            return self._insert(tree)
        if isinstance(tree, exp.Update | exp.Delete):
            return self._change(tree)
        if isinstance(tree, exp.Create):
            return self._create(tree)
        if isinstance(tree, exp.Alter):
            return self._alter(tree)
        if isinstance(tree, exp.Drop):
            return self._drop(tree)
        if isinstance(tree, exp.TruncateTable):
            names = [f"delete from {schema.quote(table.name)}" for table in tree.expressions]
            return Statement(tuple(names), _DEFINE)
        if isinstance(tree, exp.Show) and tree.name.upper() in _SHOWN:
            label = schema.quote(f"Tables_in_{self._database}")
            shown = _SHOWN[tree.name.upper()].format(label=label)
            return Statement((shown,), _READ, returns_rows=True)
        if self._is_idle(tree):
            return Statement((), _NOTHING)
        raise errors.unsupported(self._dialect, f"this statement: {tree.sql(self._dialect)[:80]}")

    def _render(self, tree: exp.Expr) -> str:
        adapted = expressions.adapt(self._dialect, self._database, tree)
        return adapted.sql(dialect="sqlite")

    def _query(self, tree: exp.Query) -> Statement:
        named = tree.selects
        hidden = any(each.find(exp.Star) for each in named if not each.find(exp.AggFunc))
        return Statement(
            (self._render(tree),),
            _READ,
            locks=_locks(tree),
            returns_rows=True,
            projections=() if hidden else tuple(named),
            tables=_tables(tree),
            typed=self._compared(tree),
        )

    def _insert(self, tree: exp.Insert) -> Statement:
        table = tree.find(exp.Table)
        if table is None:
            raise errors.syntax(self._dialect, "INSERT names no table")
        original = tree
        tree = tree.copy()
        if self._replaces:
            tree.set("alternative", "REPLACE")
        conflict = tree.args.get("conflict")
        expressions.given_row(tree)
        statement = Statement(
            (self._render(tree),),
            _WRITE,
            inserts_into=table.name,
            upserts=bool(conflict and conflict.args.get("duplicate")),
            typed={**self._compared(original), **_inserted(original, table.name)},
        )
        return _returning(statement, original)

    def _change(self, tree: exp.Update | exp.Delete) -> Statement:
        for unknown in ("order", "limit"):
            if tree.args.get(unknown):
                raise errors.unsupported(self._dialect, f"{unknown.upper()} in a change")
        rendered = self._render(tree)
        return _returning(Statement((rendered,), _WRITE, typed=self._compared(tree)), tree)

    def _create(self, tree: exp.Create) -> Statement:
        kind = str(tree.args.get("kind")).upper()
        if kind == "TABLE" and tree.expression is None:
            made = schema.create_table(self._dialect, tree, self._render)
            return Statement(tuple(made), _DEFINE)
        if kind == "INDEX" and isinstance(tree.this, exp.Index):
            return Statement((self._create_index(tree),), _DEFINE)
        if kind == "VIEW":
            return Statement((self._render(tree),), _DEFINE)
        if kind in ("DATABASE", "SCHEMA") and self._is_own(tree.this.name):
            return Statement((), _NOTHING)
        raise errors.unsupported(self._dialect, f"CREATE {kind} of this form")

    def _create_index(self, tree: exp.Create) -> str:
        index = tree.this
        given = index.args["params"].args.get("columns") or []
        columns = [
            self._render(each.this if isinstance(each, exp.Ordered) else each) for each in given
        ]
        return schema.create_index(
            self._dialect,
            index.args["table"].name,
            index.name or "_".join([index.args["table"].name, *columns, "idx"]),
            columns,
            unique=bool(tree.args.get("unique")),
            missing=bool(tree.args.get("exists")),
        )

    def _alter(self, tree: exp.Alter) -> Statement:
        table = tree.this.name
        made: list[str] = []
        for action in tree.args.get("actions") or []:
            if isinstance(action, exp.ColumnDef):
                made += schema.add_column(self._dialect, table, action, self._render)
            elif isinstance(action, exp.AddConstraint):
                made += schema.add_keys(self._dialect, table, action.expressions, self._render)
            elif isinstance(action, exp.Drop) and str(action.args.get("kind")).upper() == "COLUMN":
                for dropped in action.args["tables"]:
                    name = schema.quote(dropped.name)
                    made.append(f"alter table {schema.quote(table)} drop column {name}")
            elif isinstance(action, exp.RenameColumn | exp.AlterRename):
                made.append(f"alter table {schema.quote(table)} {action.sql(dialect='sqlite')}")
            else:
                raise errors.unsupported(self._dialect, action.sql(self._dialect))
        return Statement(tuple(made), _DEFINE)

    def _drop(self, tree: exp.Drop) -> Statement:
        kind = str(tree.args.get("kind")).upper()
        if kind not in ("TABLE", "INDEX", "VIEW"):
            raise errors.unsupported(self._dialect, f"DROP {kind}")
        exists = "if exists " if tree.args.get("exists") else ""
        names = tree.args["tables"]
        on = tree.args.get("cluster")
        prefix = f"{on.this.name}." if on is not None and self._dialect == errors.MYSQL else ""
        quoted = [schema.quote(prefix + name.name) for name in names]
        return Statement(tuple(f"drop {kind} {exists}{name}" for name in quoted), _DEFINE)

    def _is_own(self, name: str) -> bool:
        return name in (self._database, "public")

    def _is_idle(self, tree: exp.Expr) -> bool:
        """Whether it only tunes what is not there to be tuned."""
        if isinstance(tree, exp.Command):
            rest = tree.args.get("expression")
            return tree.name.upper() == "CREATE" and bool(_EXTENSION.match(str(rest).strip("' ")))
        if not isinstance(tree, exp.Set):
            return False
        words = re.findall(r"[a-z_]+", tree.sql(self._dialect).lower())
        return any(word in _IDLE_SETTINGS for word in words[1:3])

    def _compared(self, tree: exp.Expr) -> dict[str, Target]:
        """Parameters that stand bare beside a column of the only table."""
        tables = _tables(tree)
        if self._dialect != errors.POSTGRES or len(tables) != 1:
            return {}
        found: dict[str, Target] = {}
        for node in tree.find_all(exp.EQ, exp.NEQ, exp.GT, exp.GTE, exp.LT, exp.LTE):
            for column, value in ((node.this, node.expression), (node.expression, node.this)):
                if isinstance(column, exp.Column) and isinstance(value, exp.Placeholder):
                    assigned = isinstance(node.parent, exp.Update)
                    found[value.name] = Target(tables[0], column.name, assigned)
        return found


def _locks(tree: exp.Expr) -> bool:
    """Whether a query takes a lock, which only the writer gives."""
    return any(select.args.get("locks") for select in tree.find_all(exp.Select)) or any(
        call.name.lower() in _LOCKING for call in tree.find_all(exp.Anonymous)
    )


def _tables(tree: exp.Expr) -> tuple[str, ...]:
    return tuple(dict.fromkeys(table.name for table in tree.find_all(exp.Table)))


def _inserted(tree: exp.Insert, table: str) -> dict[str, Target]:
    """Parameters that are a whole value of an INSERT … (columns) VALUES (…)."""
    if not isinstance(tree.this, exp.Schema) or not isinstance(tree.expression, exp.Values):
        return {}
    columns = [column.name for column in tree.this.expressions]
    return {
        value.name: Target(table, column, assigned=True)
        for row in tree.expression.expressions
        for column, value in zip(columns, row.expressions, strict=False)
        if isinstance(value, exp.Placeholder)
    }


def _returning(statement: Statement, tree: exp.Expr) -> Statement:
    """`statement`, with the rows that its RETURNING gives back."""
    returning = tree.args.get("returning")
    if returning is None:
        return statement
    hidden = any(isinstance(each, exp.Star) for each in returning.expressions)
    return replace(
        statement,
        returns_rows=True,
        projections=() if hidden else tuple(returning.expressions),
        tables=_tables(tree),
    )
