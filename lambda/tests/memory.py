"""DynamoDB in this process' memory: the few calls and expressions the functions use, in a thousandth of the time moto takes.

Worlds that are killed after each change need thousands of calls. `test_memory.py` runs whole operations on this and on moto side by side,
and no answer may differ.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from botocore.exceptions import ClientError

from lifeboat_dr.table import Table

Values = Mapping[str, Any]
_TOKENS = re.compile(r"\s*([(),]|<=|>=|<>|[=<>]|[:#]?\w+)")
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda left, right: bool(left == right),
    "<": lambda left, right: bool(left < right),
    "<=": lambda left, right: bool(left <= right),
}


@dataclass
class MemoryDynamo:
    """One table. Expressions it does not know raise ValueError: better a loud gap than a quiet difference.

    Items are copied, the typed values in them are not: nobody changes one, the functions only serialise and read them.
    """

    items: dict[tuple[str, str], dict[str, Any]] = field(default_factory=dict)
    deleted: bool = False

    def get_item(self, **call: Any) -> dict[str, Any]:
        self._exists("GetItem")
        found = self.items.get(_key(call["Key"]))
        return {} if found is None else {"Item": dict(found)}

    def put_item(self, **call: Any) -> dict[str, Any]:
        self._exists("PutItem")
        key = _key(call["Item"])
        if not _holds(call, self.items.get(key, {})):
            raise _error("ConditionalCheckFailedException", "PutItem")
        self.items[key] = dict(call["Item"])
        return {}

    def update_item(self, **call: Any) -> dict[str, Any]:
        self._exists("UpdateItem")
        key = _key(call["Key"])
        if not _holds(call, self.items.get(key, {})):
            raise _error("ConditionalCheckFailedException", "UpdateItem")
        self.items[key] = _updated(call, self.items.get(key, call["Key"]))
        return {"Attributes": dict(self.items[key])}

    def transact_write_items(self, **call: Any) -> dict[str, Any]:
        self._exists("TransactWriteItems")
        updates = [action["Update"] for action in call["TransactItems"]]
        held = [_holds(update, self.items.get(_key(update["Key"]), {})) for update in updates]
        if not all(held):
            reasons = [{"Code": "None" if holds else "ConditionalCheckFailed"} for holds in held]
            raise _error("TransactionCanceledException", "TransactWriteItems", reasons)
        for update in updates:
            key = _key(update["Key"])
            self.items[key] = _updated(update, self.items.get(key, update["Key"]))
        return {}

    def delete_table(self, **_: Any) -> None:
        self.deleted = True

    def _exists(self, operation: str) -> None:
        if self.deleted:
            raise _error("ResourceNotFoundException", operation)


def memory_table() -> Table:
    """An empty state table."""
    return Table(cast(Any, MemoryDynamo()), "dynamodb-dr-state-demo")


def _key(item: Values) -> tuple[str, str]:
    return item["pk"]["S"], item["sk"]["S"]


def _error(code: str, operation: str, reasons: list[dict[str, str]] | None = None) -> ClientError:
    answer: Any = {"Error": {"Code": code, "Message": "as DynamoDB would"}}
    if reasons is not None:
        answer["CancellationReasons"] = reasons
    return ClientError(answer, operation)


def _updated(call: Values, item: Values) -> dict[str, Any]:
    values, names = call.get("ExpressionAttributeValues", {}), call.get("ExpressionAttributeNames", {})
    after = dict(item)
    for clause in re.findall(r"(SET|REMOVE|ADD) (.+?)(?= SET | REMOVE | ADD |$)", call["UpdateExpression"]):
        for part in clause[1].split(", "):
            words = part.split()
            name = names.get(words[0], words[0])
            match clause[0], words[1:]:
                case "SET", ["=", value]:
                    after[name] = values[value]
                case "REMOVE", []:
                    after.pop(name, None)
                case "ADD", [value]:
                    total = Decimal(after.get(name, {"N": "0"})["N"]) + Decimal(values[value]["N"])
                    after[name] = {"N": str(total)}
                case _:
                    raise ValueError(f"unknown update: {part}")
    return after


def _holds(call: Values, item: Values) -> bool:
    if "ConditionExpression" not in call:
        return True
    condition = _Condition(
        _TOKENS.findall(call["ConditionExpression"]),
        item,
        call.get("ExpressionAttributeValues", {}),
        call.get("ExpressionAttributeNames", {}),
    )
    return condition.evaluate()


@dataclass
class _Condition:
    """A condition, read from left to right: OR of ANDs of comparisons, functions and brackets."""

    tokens: list[str]
    item: Values
    values: Values
    names: Mapping[str, str]

    def evaluate(self) -> bool:
        result = self._any()
        if self.tokens:
            raise ValueError(f"unknown rest of a condition: {self.tokens}")
        return result

    def _any(self) -> bool:
        result = self._all()
        while self.tokens[:1] == ["OR"]:
            self.tokens.pop(0)
            result = self._all() or result
        return result

    def _all(self) -> bool:
        result = self._one()
        while self.tokens[:1] == ["AND"]:
            self.tokens.pop(0)
            result = self._one() and result
        return result

    def _one(self) -> bool:
        token = self.tokens.pop(0)
        if token == "(":
            result = self._any()
            self.tokens.pop(0)
            return result
        if token in ("attribute_exists", "attribute_not_exists"):
            _, name, _ = (self.tokens.pop(0) for _ in range(3))
            return (self.names.get(name, name) in self.item) is (token == "attribute_exists")
        operator, right = self.tokens.pop(0), self.tokens.pop(0)
        left_value, right_value = self._value(token), self._value(right)
        return left_value is not None and right_value is not None and _COMPARE[operator](left_value, right_value)

    def _value(self, token: str) -> Any:
        typed = self.values[token] if token.startswith(":") else self.item.get(self.names.get(token, token))
        if typed is None:
            return None
        return Decimal(typed["N"]) if "N" in typed else next(iter(typed.values()))
