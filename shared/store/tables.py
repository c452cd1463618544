"""Creates the tables outside CloudFormation, from the same definition: `template.yaml`."""

from typing import TYPE_CHECKING, Any

from shared.store import template

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient

_CREATED_WITH = ("BillingMode", "AttributeDefinitions", "KeySchema")


def names(prefix: str = "muster") -> dict[str, str]:
    """The environment variables that name the tables, and local names for them."""
    return {_variable(name): f"{prefix}-{_short(name)}" for name in _definitions()}


def create(client: "DynamoDBClient", prefix: str = "muster") -> dict[str, str]:
    """Create the tables that do not exist yet and wait until they do; returns their names as `names`."""
    existing = {name for page in client.get_paginator("list_tables").paginate() for name in page["TableNames"]}
    for logical_name, properties in _definitions().items():
        table = f"{prefix}-{_short(logical_name)}"
        if table not in existing:
            _create(client, table, properties)
    return names(prefix)


def _create(client: "DynamoDBClient", table: str, properties: dict[str, Any]) -> None:
    client.create_table(TableName=table, **{name: properties[name] for name in _CREATED_WITH})
    client.get_waiter("table_exists").wait(TableName=table, WaiterConfig={"Delay": 1, "MaxAttempts": 30})
    expiry = properties.get("TimeToLiveSpecification")
    if expiry:
        client.update_time_to_live(TableName=table, TimeToLiveSpecification=expiry)


def _definitions() -> dict[str, dict[str, Any]]:
    return template.resources(template.load(), "AWS::DynamoDB::Table")


def _short(logical_name: str) -> str:
    return logical_name.removesuffix("Table").lower()


def _variable(logical_name: str) -> str:
    return f"{_short(logical_name).upper()}_TABLE"
