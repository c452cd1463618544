"""Items: what the tables hold, as strings, integers and bytes, and how DynamoDB's wire writes them."""

from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from shared.rules.problems import Problem, Refused
from shared.store.keys import Key

Attribute = str | bytes | int
Value = TypeVar("Value", str, int, bytes)

ITEM_BYTES = 400 * 1024
"""DynamoDB's own limit for one item, names and values together."""


class Item(msgspec.Struct, frozen=True):
    """One item as read: its key, and the attributes beside it."""

    key: Key
    attributes: dict[str, Attribute]

    @property
    def body(self) -> bytes:
        """The attribute that holds the record itself."""
        return self.binary("body")

    @property
    def seq(self) -> int:
        """How often the item was written, which `Write.expected` names."""
        return self.number("seq")

    def binary(self, name: str) -> bytes:
        """An attribute of bytes; raises TypeError where it is none."""
        return _of_type(self.attributes.get(name), bytes)

    def number(self, name: str) -> int:
        """An integer attribute; raises TypeError where it is none."""
        return _of_type(self.attributes.get(name), int)

    def text(self, name: str) -> str:
        """A string attribute; raises TypeError where it is none."""
        return _of_type(self.attributes.get(name), str)


class Write(msgspec.Struct, frozen=True):
    """One item to be written, with the one condition that this store knows: the item's `seq`.

    attributes: everything but the key; None deletes the item.
    expected: None writes whatever is there, 0 wants the item absent, n wants it at `seq` n.
    expired_at: with `expected` 0, an item whose `expires_at` has come by then (Unix seconds) counts as absent.
    """

    table: str
    key: Key
    attributes: Mapping[str, Attribute] | None
    expected: int | None = None
    expired_at: int | None = None


def record(body: bytes, seq: int) -> dict[str, Attribute]:
    """The attributes of an item that is one record: its bytes, and how often it was written."""
    return {"body": body, "seq": seq}


# --- the wire ---


def wire_key(key: Key) -> dict[str, Any]:
    """A key as DynamoDB takes it."""
    return {"pk": {"S": key[0]}, "sk": {"S": key[1]}}


def transaction_entry(write: Write) -> dict[str, Any]:
    """A write as `TransactWriteItems` takes it: `{"Put": ...}` or `{"Delete": ...}`."""
    target = {"TableName": write.table, **_condition(write)}
    if write.attributes is None:
        return {"Delete": {"Key": wire_key(write.key), **target}}
    return {"Put": {"Item": _wire_item(write.key, write.attributes), **target}}


def batch_entry(write: Write) -> dict[str, Any]:
    """A write as `BatchWriteItem` takes it, which knows no conditions."""
    if write.attributes is None:
        return {"DeleteRequest": {"Key": wire_key(write.key)}}
    return {"PutRequest": {"Item": _wire_item(write.key, write.attributes)}}


def from_wire(raw: Mapping[str, Mapping[str, Any]]) -> Item:
    """An item as DynamoDB gives it."""
    values = {name: _value(*next(iter(value.items()))) for name, value in raw.items()}
    return Item((str(values.pop("pk")), str(values.pop("sk"))), values)


def _condition(write: Write) -> dict[str, Any]:
    if write.expected is None:
        return {}
    if write.expected:
        return {
            "ConditionExpression": "seq = :expected",
            "ExpressionAttributeValues": {":expected": {"N": str(write.expected)}},
        }
    if write.expired_at is None:
        return {"ConditionExpression": "attribute_not_exists(pk)"}
    return {
        "ConditionExpression": "attribute_not_exists(pk) OR expires_at <= :expired_at",
        "ExpressionAttributeValues": {":expired_at": {"N": str(write.expired_at)}},
    }


def _wire_item(key: Key, attributes: Mapping[str, Attribute]) -> dict[str, Any]:
    """The whole item; raises `Refused` where it is larger than DynamoDB takes."""
    size = _size({"pk": key[0], "sk": key[1], **attributes})
    if size > ITEM_BYTES:
        detail = f"what is to be stored takes {size} bytes, the limit is {ITEM_BYTES}"
        raise Refused([Problem("", "too-large", detail)])
    return wire_key(key) | {name: _wire_value(value) for name, value in attributes.items()}


def _size(item: Mapping[str, Attribute]) -> int:
    """What DynamoDB counts of an item: names and values, a number as at most 21 bytes."""
    sizes = (21 if isinstance(v, int) else len(v if isinstance(v, bytes) else v.encode()) for v in item.values())
    return sum(map(len, item)) + sum(sizes)


def _wire_value(value: Attribute) -> dict[str, Any]:
    if isinstance(value, bytes):
        return {"B": value}
    return {"S": value} if isinstance(value, str) else {"N": str(value)}


def _value(kind: str, value: Any) -> Attribute:
    read: Attribute = int(value) if kind == "N" else value
    return read


def _of_type(value: object, wanted: type[Value]) -> Value:
    if not isinstance(value, wanted):
        raise TypeError(f"an item holds {type(value).__name__} where {wanted.__name__} belongs")
    return value
