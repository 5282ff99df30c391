"""The state table of the standby region: items as plain values, and writes that hold or do not happen.

Key: `pk` (kind of item) and `sk` (which one). What is kept there stands in the README.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError

from lifeboat_dr.aws import error_code

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

Item = dict[str, Any]


class ConditionFailed(RuntimeError):
    """Somebody else wrote first: nothing was written."""


@dataclass(frozen=True)
class Write:
    """An update of one item, under a condition where there is one. Names and values are DynamoDB's placeholders."""

    pk: str
    sk: str
    update: str
    condition: str | None
    values: Mapping[str, object]
    names: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Table:
    """One DynamoDB table."""

    client: "DynamoDBClient"
    name: str

    def get(self, pk: str, sk: str) -> Item | None:
        """The item as it stands now, or None."""
        answer = self.client.get_item(TableName=self.name, Key=to_item({"pk": pk, "sk": sk}), ConsistentRead=True)
        found = answer.get("Item")
        return None if found is None else from_item(found)

    def put_if(self, item: Item, condition: str, values: Mapping[str, object]) -> None:
        """Write a whole item under a condition; raises ConditionFailed."""
        extra: dict[str, Any] = {"ExpressionAttributeValues": to_item(values)} if values else {}
        try:
            self.client.put_item(TableName=self.name, Item=to_item(item), ConditionExpression=condition, **extra)
        except ClientError as error:
            raise _translated(error) from error

    def update(self, write: Write) -> Item:
        """Update one item under its condition and answer with all of it; raises ConditionFailed."""
        try:
            answer = self.client.update_item(
                TableName=self.name,
                UpdateExpression=write.update,
                ReturnValues="ALL_NEW",
                **_expression(write),
            )
        except ClientError as error:
            raise _translated(error) from error
        return from_item(answer["Attributes"])

    def write_together(self, writes: list[Write]) -> None:
        """All of the writes or none. Raises ConditionFailed."""
        actions: list[TransactWriteItemTypeDef] = []
        for write in writes:
            expression: Any = {"TableName": self.name, **_expression(write), "UpdateExpression": write.update}
            actions.append({"Update": expression})
        try:
            self.client.transact_write_items(TransactItems=actions)
        except ClientError as error:
            raise _translated(error) from error


def to_item(values: Mapping[str, object]) -> Any:
    """Plain values in DynamoDB's notation."""
    serializer = TypeSerializer()
    return {key: serializer.serialize(_exact(value)) for key, value in values.items()}


def from_item(item: Mapping[str, Any]) -> Item:
    """DynamoDB's notation as plain values: whole numbers become int, others float."""
    deserializer = TypeDeserializer()
    return {key: _plain(deserializer.deserialize(value)) for key, value in item.items()}


def _expression(write: Write) -> dict[str, Any]:
    expression: dict[str, Any] = {"Key": to_item({"pk": write.pk, "sk": write.sk})}
    if write.condition:
        expression["ConditionExpression"] = write.condition
    if write.values:
        expression["ExpressionAttributeValues"] = to_item(write.values)
    if write.names:
        expression["ExpressionAttributeNames"] = dict(write.names)
    return expression


def _exact(value: object) -> object:
    if isinstance(value, float):
        return Decimal(str(value))
    if isinstance(value, dict):
        return {key: _exact(inner) for key, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [_exact(inner) for inner in value]
    return value


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_plain(inner) for inner in value]
    return value


def _translated(error: ClientError) -> Exception:
    code = error_code(error)
    if code == "ConditionalCheckFailedException":
        return ConditionFailed(code)
    if code == "TransactionCanceledException":
        reasons: Any = error.response.get("CancellationReasons", [])
        codes = {str(reason.get("Code", "None")) for reason in reasons}
        # A conflict with another writer is no verdict on the condition: it is passed on and tried again.
        if "ConditionalCheckFailed" in codes:
            return ConditionFailed(code)
    return error
