"""The kind of an output column that is computed, from how it was written.

SQLite tells the declared type of a plain column only. A sum of money must still come out as a
decimal, and a comparison in PostgreSQL as a boolean.
"""

from collections.abc import Callable

from sqlglot import exp

from lifeboat_emulator.data import errors, kinds

Lookup = Callable[[str], kinds.Kind | None]

_TRUTHS = (exp.Predicate, exp.Not, exp.And, exp.Or, exp.Exists, exp.Boolean, exp.LogicalOr)
_NOWS = (exp.CurrentTimestamp, exp.Localtimestamp, exp.UtcTimestamp, exp.TimestampTrunc)
_SAME = (exp.Max, exp.Min, exp.Coalesce, exp.Paren, exp.Nullif, exp.Neg, exp.Abs, exp.Greatest)
_ALSO_SAME = (exp.Least, exp.Filter, exp.Window, exp.Subquery, exp.AnyValue)
# MySQL adds so many digits to a quotient and an average.
_MORE_DIGITS = 4


def kind_of(dialect: str, tree: exp.Expr, lookup: Lookup) -> kinds.Kind | None:
    """The kind of `tree`, `lookup` telling that of a column; None: as SQLite stored it."""
    tree = tree.unalias()
    if isinstance(tree, exp.Column):
        return lookup(tree.name)
    if isinstance(tree, exp.Cast):
        return kinds.of_type(dialect, tree.to)
    if isinstance(tree, _TRUTHS):
        return kinds.PLAIN_BOOLEAN if dialect == errors.POSTGRES else None
    if isinstance(tree, _NOWS):
        return None
    if isinstance(tree, exp.Count):
        return kinds.PLAIN_INTEGER
    if isinstance(tree, exp.Sum | exp.Avg):
        return _aggregate(dialect, tree, lookup)
    if isinstance(tree, exp.Round):
        return _rounded(dialect, tree, lookup)
    if isinstance(tree, exp.Literal):
        return _literal(tree)
    if isinstance(tree, exp.Select):
        return kind_of(dialect, tree.selects[0], lookup) if len(tree.selects) == 1 else None
    if isinstance(tree, exp.Case):
        return _widest([kind_of(dialect, each, lookup) for each in _branches(tree)])
    if isinstance(tree, _SAME + _ALSO_SAME):
        others = tree.expressions if isinstance(tree, exp.Coalesce | exp.Greatest) else []
        return _widest([kind_of(dialect, each, lookup) for each in (tree.this, *others)])
    if isinstance(tree, exp.Add | exp.Sub | exp.Mul | exp.Div):
        return _arithmetic(dialect, tree, lookup)
    return None


def label_of(dialect: str, tree: exp.Expr) -> str | None:
    """What the engine calls an output column; None: what SQLite calls it."""
    if isinstance(tree, exp.Alias | exp.Column):
        return None
    if dialect == errors.MYSQL:
        return tree.sql(dialect)
    if isinstance(tree, exp.Cast):
        return label_of(dialect, tree.this) or tree.this.name
    if isinstance(tree, exp.Anonymous):
        return tree.name.lower()
    if isinstance(tree, exp.Func) and not isinstance(tree, exp.Connector):
        return tree.sql_name().lower()
    return "?column?"


def _literal(tree: exp.Literal) -> kinds.Kind:
    if tree.is_string:
        return kinds.PLAIN_TEXT
    _, point, digits = tree.name.partition(".")
    return kinds.Kind(kinds.DECIMAL, "DECIMAL", len(digits)) if point else kinds.PLAIN_INTEGER


def _rounded(dialect: str, tree: exp.Round, lookup: Lookup) -> kinds.Kind | None:
    inner = kind_of(dialect, tree.this, lookup)
    digits = tree.args.get("decimals")
    if inner is None or inner.name != kinds.DECIMAL:
        return inner
    return kinds.Kind(kinds.DECIMAL, "DECIMAL", int(digits.name) if digits else 0)


def _branches(tree: exp.Case) -> list[exp.Expr]:
    results = [each.args["true"] for each in tree.args["ifs"]]
    default = tree.args.get("default")
    return [*results, default] if default is not None else results


def _aggregate(dialect: str, tree: exp.Sum | exp.Avg, lookup: Lookup) -> kinds.Kind | None:
    inner = kind_of(dialect, tree.this, lookup)
    if inner is None or inner.name not in (kinds.INTEGER, kinds.DECIMAL, kinds.BOOLEAN):
        return inner
    scale = inner.scale if inner.name == kinds.DECIMAL else 0
    if isinstance(tree, exp.Avg):
        more = scale + _MORE_DIGITS if dialect == errors.MYSQL and scale is not None else 16
        return kinds.Kind(kinds.DECIMAL, "DECIMAL", more)
    if dialect == errors.POSTGRES and inner.declared in ("INT", "SMALLINT"):
        return kinds.PLAIN_INTEGER
    return kinds.Kind(kinds.DECIMAL, "DECIMAL", scale)


def _arithmetic(dialect: str, tree: exp.Binary, lookup: Lookup) -> kinds.Kind | None:
    sides = [kind_of(dialect, side, lookup) for side in (tree.this, tree.expression)]
    scales = [side.scale or 0 for side in sides if side is not None and side.name == kinds.DECIMAL]
    if not scales:
        whole = isinstance(tree, exp.Div) and dialect == errors.MYSQL
        return kinds.Kind(kinds.DECIMAL, "DECIMAL", _MORE_DIGITS) if whole else None
    if any(side is not None and side.name == kinds.DOUBLE for side in sides):
        return kinds.PLAIN_DOUBLE
    scale = sum(scales) if isinstance(tree, exp.Mul) else max(scales)
    return kinds.Kind(
        kinds.DECIMAL, "DECIMAL", scale + (_MORE_DIGITS if isinstance(tree, exp.Div) else 0)
    )


def _widest(found: list[kinds.Kind | None]) -> kinds.Kind | None:
    known = [kind for kind in found if kind is not None]
    decimals = [kind for kind in known if kind.name == kinds.DECIMAL]
    if decimals:
        return max(decimals, key=lambda kind: kind.scale or 0)
    return known[0] if known else None
