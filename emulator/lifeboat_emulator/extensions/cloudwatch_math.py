"""Metric math: expressions over series, for queries and alarms.

A value is a number, a series (points by epoch seconds) or a list of series. Operators work point by
point; between two series on the moments both have. Functions that are not here are an error, never
a guess; `SEARCH` and the anomaly functions are not.
"""

import math
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import pstdev

Points = dict[int, float]
Value = float | Points | list[Points]
Named = Callable[[str], list[Points]]

_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|(?P<name>[A-Za-z_]\w*)"
    r"|(?P<text>\"[^\"]*\"|'[^']*')|(?P<sign>==|!=|<=|>=|&&|\|\||[-+*/^()<>,\[\]]))"
)


class ExpressionError(ValueError):
    """An expression that cannot be read or has no meaning."""


def evaluate(
    expression: str,
    grid: Sequence[int],
    period: int,
    named: Named,
    metrics: Callable[[], list[Points]],
) -> list[Points]:
    """The series an expression makes.

    `grid` holds the moments of the range asked for, `named` answers an id with its series,
    `metrics` what METRICS() stands for. Raises ExpressionError.
    """
    scope = _Scope(tuple(grid), period, named, metrics)
    value = _Reader(expression, scope).whole()
    if isinstance(value, float):
        raise ExpressionError("the expression makes a number, not a time series")
    return value if isinstance(value, list) else [value]


@dataclass(frozen=True)
class _Scope:
    grid: tuple[int, ...]
    period: int
    named: Named
    metrics: Callable[[], list[Points]]


class _Reader:
    """Reads and computes at once, one method for each level of precedence."""

    def __init__(self, expression: str, scope: _Scope) -> None:
        self._tokens = _tokens(expression)
        self._at = 0
        self._scope = scope

    def whole(self) -> Value:
        value = self._either()
        if self._at < len(self._tokens):
            raise ExpressionError(f"unexpected {self._tokens[self._at]}")
        return value

    def _either(self) -> Value:
        return self._binary(self._both, {"OR": _or, "||": _or})

    def _both(self) -> Value:
        return self._binary(self._compared, {"AND": _and, "&&": _and})

    def _compared(self) -> Value:
        return self._binary(self._sum, _COMPARISONS)

    def _sum(self) -> Value:
        return self._binary(self._product, {"+": operator.add, "-": operator.sub})

    def _product(self) -> Value:
        return self._binary(self._power, {"*": operator.mul, "/": _divide})

    def _power(self) -> Value:
        return self._binary(self._signed, {"^": _power})

    def _signed(self) -> Value:
        if self._take("-"):
            return _each(self._signed(), operator.neg)
        return self._atom()

    def _binary(
        self,
        operand: Callable[[], Value],
        operators: dict[str, Callable[[float, float], float | None]],
    ) -> Value:
        left = operand()
        while self._at < len(self._tokens) and self._tokens[self._at] in operators:
            combine = operators[self._tokens[self._at]]
            self._at += 1
            left = _combine(left, operand(), combine)
        return left

    def _atom(self) -> Value:
        if self._take("("):
            value = self._either()
            self._expect(")")
            return value
        if self._take("["):
            return self._list()
        token = self._next()
        if token[0].isdigit() or token[0] == ".":
            return float(token)
        if not token[0].isalpha() and token[0] != "_":
            raise ExpressionError(f"unexpected {token}")
        if self._take("("):
            return self._call(token.upper())
        found = self._scope.named(token)
        return found[0] if len(found) == 1 else found

    def _list(self) -> Value:
        listed = [_series(self._either())]
        while self._take(","):
            listed.append(_series(self._either()))
        self._expect("]")
        return listed

    def _call(self, function: str) -> Value:
        if function == "METRICS":
            if not self._take(")"):
                raise ExpressionError("METRICS with a filter is not emulated")
            return self._scope.metrics()
        arguments: list[Value | str] = []
        while not self._take(")"):
            if arguments:
                self._expect(",")
            word = self._tokens[self._at] if self._at < len(self._tokens) else ""
            if word in _FILLINGS:
                self._at += 1
                arguments.append(word)
            else:
                arguments.append(self._either())
        return _apply(function, arguments, self._scope)

    def _next(self) -> str:
        if self._at >= len(self._tokens):
            raise ExpressionError("the expression ends too early")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, token: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at] == token:
            self._at += 1
            return True
        return False

    def _expect(self, token: str) -> None:
        if not self._take(token):
            raise ExpressionError(f"{token} is missing")


def _tokens(expression: str) -> list[str]:
    found, at = [], 0
    while at < len(expression.rstrip()):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise ExpressionError(f"cannot read {expression[at:]!r}")
        found.append(match[0].strip())
        at = match.end()
    return found


def _apply(function: str, arguments: list[Value | str], scope: _Scope) -> Value:
    try:
        if function in ("FILL", "IF", "TIME_SERIES", "PERIOD", "METRIC_COUNT"):
            return _SPECIAL[function](scope, *arguments)
        (value,) = arguments
    except (TypeError, ValueError) as error:
        raise ExpressionError(f"{function} was given {len(arguments)} arguments") from error
    if isinstance(value, str):
        raise ExpressionError(f"{function} takes no {value}")
    if function in _BY_POINT:
        return _each(value, _BY_POINT[function])
    if function in _REDUCING:
        return _reduce(value, _REDUCING[function])
    if function in _OVER_TIME:
        one = _OVER_TIME[function]
        return [one(each) for each in value] if isinstance(value, list) else one(_series(value))
    raise ExpressionError(f"the function {function} is not emulated")


def _reduce(value: Value, combine: Callable[[Sequence[float]], float]) -> Value:
    """A list of series becomes one series, a series a number."""
    if isinstance(value, float):
        return value
    if isinstance(value, dict):
        if not value:
            raise ExpressionError("the metric has no data to compute a number from")
        return combine(list(value.values()))
    moments = sorted({at for each in value for at in each})
    return {at: combine([each[at] for each in value if at in each]) for at in moments}


def _each(value: Value, change: Callable[[float], float]) -> Value:
    if isinstance(value, float):
        return change(value)
    if isinstance(value, dict):
        return {at: change(point) for at, point in value.items()}
    return [{at: change(point) for at, point in each.items()} for each in value]


def _combine(left: Value, right: Value, combine: Callable[[float, float], float | None]) -> Value:
    if isinstance(left, list) or isinstance(right, list):
        if isinstance(left, list) and isinstance(right, list):
            raise ExpressionError("an operator takes one list of series at most")
        if isinstance(left, list):
            return [_series(_combine(each, right, combine)) for each in left]
        return [_series(_combine(left, each, combine)) for each in _listed(right)]
    if isinstance(left, float) and isinstance(right, float):
        result = combine(left, right)
        if result is None:
            raise ExpressionError("a division by zero")
        return result
    if isinstance(left, float):
        pairs = {at: (left, point) for at, point in _series(right).items()}
    elif isinstance(right, float):
        pairs = {at: (point, right) for at, point in left.items()}
    else:
        pairs = {at: (point, right[at]) for at, point in left.items() if at in right}
    results = {at: combine(*pair) for at, pair in pairs.items()}
    return {at: result for at, result in results.items() if result is not None}


def _fill(scope: _Scope, value: Value, filling: Value | str) -> Value:
    if isinstance(value, list):
        return [_series(_fill(scope, each, filling)) for each in value]
    points = _series(value)
    if filling == "REPEAT":
        return _repeated(points, scope.grid)
    if isinstance(filling, str):
        raise ExpressionError(f"FILL with {filling} is not emulated")
    if isinstance(filling, float):
        return {at: points.get(at, filling) for at in sorted({*scope.grid, *points})}
    source = _series(filling)
    return source | points


def _repeated(points: Points, grid: Sequence[int]) -> Points:
    filled: Points = {}
    last: float | None = None
    for at in sorted({*grid, *points}):
        last = points.get(at, last)
        if last is not None:
            filled[at] = last
    return filled


def _if(scope: _Scope, condition: Value, then: Value, otherwise: Value | None = None) -> Value:
    if isinstance(condition, float):
        chosen = then if condition else otherwise
        return {} if chosen is None else chosen
    chosen_points: Points = {}
    for at, point in _series(condition).items():
        chosen = then if point else otherwise
        result = chosen if isinstance(chosen, float) else _series(chosen or {}).get(at)
        if result is not None:
            chosen_points[at] = result
    return chosen_points


def _time_series(scope: _Scope, value: Value) -> Value:
    if not isinstance(value, float):
        raise ExpressionError("TIME_SERIES takes a number")
    return dict.fromkeys(scope.grid, value)


def _period_of(scope: _Scope, _value: Value) -> Value:
    return float(scope.period)


def _count(_scope: _Scope, value: Value) -> Value:
    return float(len(_listed(value)))


def _differences(points: Points) -> Points:
    moments = sorted(points)
    return {b: points[b] - points[a] for a, b in pairwise(moments)}


def _rate(points: Points) -> Points:
    moments = sorted(points)
    return {b: (points[b] - points[a]) / (b - a) for a, b in pairwise(moments)}


def _running_sum(points: Points) -> Points:
    total, summed = 0.0, {}
    for at in sorted(points):
        total += points[at]
        summed[at] = total
    return summed


def _series(value: Value) -> Points:
    if not isinstance(value, dict):
        raise ExpressionError("a time series is needed here")
    return value


def _listed(value: Value) -> list[Points]:
    return value if isinstance(value, list) else [_series(value)]


def _or(left: float, right: float) -> float:
    return float(bool(left) or bool(right))


def _and(left: float, right: float) -> float:
    return float(bool(left) and bool(right))


def _divide(left: float, right: float) -> float | None:
    return left / right if right else None


def _power(left: float, right: float) -> float | None:
    result = left**right if left or right >= 0 else None
    return result if isinstance(result, float) else None


_FILLINGS = ("REPEAT", "LINEAR")
_COMPARISONS: dict[str, Callable[[float, float], float | None]] = {
    "==": lambda left, right: float(left == right),
    "!=": lambda left, right: float(left != right),
    "<=": lambda left, right: float(left <= right),
    ">=": lambda left, right: float(left >= right),
    "<": lambda left, right: float(left < right),
    ">": lambda left, right: float(left > right),
}
_SPECIAL: dict[str, Callable[..., Value]] = {
    "FILL": _fill,
    "IF": _if,
    "TIME_SERIES": _time_series,
    "PERIOD": _period_of,
    "METRIC_COUNT": _count,
}
_BY_POINT: dict[str, Callable[[float], float]] = {
    "ABS": abs,
    "CEIL": lambda value: float(math.ceil(value)),
    "FLOOR": lambda value: float(math.floor(value)),
}
_REDUCING: dict[str, Callable[[Sequence[float]], float]] = {
    "AVG": lambda values: sum(values) / len(values),
    "MAX": max,
    "MIN": min,
    "STDDEV": pstdev,
    "SUM": lambda values: float(sum(values)),
}
_OVER_TIME: dict[str, Callable[[Points], Points]] = {
    "DIFF": _differences,
    "RATE": _rate,
    "RUNNING_SUM": _running_sum,
}
