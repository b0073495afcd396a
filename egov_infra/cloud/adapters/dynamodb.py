"""Amazon DynamoDB."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Inputs, Members, Step, Tags

_HASH = "KeySchema[?KeyType=='HASH'].AttributeName | [0]"
_RANGE = "KeySchema[?KeyType=='RANGE'].AttributeName | [0]"


def _key_schema(holder: Mapping[str, Any]) -> list[dict[str, str]]:
    kinds = {"HASH": holder.get("hash_key"), "RANGE": holder.get("range_key")}
    return [{"AttributeName": name, "KeyType": kind} for kind, name in kinds.items() if name]


def _keys(inputs: Inputs) -> dict[str, Any]:
    """The API has lists of keys where pulumi_aws has two names."""
    indexes = [
        {
            "IndexName": index["name"],
            "KeySchema": _key_schema(index),
            "Projection": {
                "ProjectionType": index["projection_type"],
                **({"NonKeyAttributes": list(kept)} if (kept := index.get("non_key_attributes")) else {}),
            },
        }
        for index in inputs.get("global_secondary_indexes") or ()
    ]
    return {"key_schema": _key_schema(inputs), "indexes": indexes or None}


# moto keeps the encryption of a table as it was made: a change replaces it, as of keys and indexes
TABLE = Adapter(
    type="aws:dynamodb/table:Table",
    service="dynamodb",
    properties="name attributes hash_key range_key billing_mode deletion_protection_enabled "
    "global_secondary_indexes point_in_time_recovery server_side_encryption ttl tags",
    id="{name}",
    names={
        "name": "TableName",
        "attributes": "AttributeDefinitions",
        "attributes.name": "AttributeName",
        "attributes.type": "AttributeType",
        "server_side_encryption": "SSESpecification",
        "server_side_encryption.kms_key_arn": "KMSMasterKeyId",
        "point_in_time_recovery": "PointInTimeRecoverySpecification",
        "point_in_time_recovery.enabled": "PointInTimeRecoveryEnabled",
        "ttl": "TimeToLiveSpecification",
    },
    answers={
        "hash_key": _HASH,
        "range_key": _RANGE,
        "billing_mode": "BillingModeSummary.BillingMode",
        "global_secondary_indexes": f"GlobalSecondaryIndexes[].{{name: IndexName, hash_key: {_HASH}, "
        f"range_key: {_RANGE}, projection_type: Projection.ProjectionType, "
        "non_key_attributes: Projection.NonKeyAttributes}",
        "server_side_encryption": "SSEDescription.{Enabled: Status == 'ENABLED', "
        "KMSMasterKeyId: KMSMasterKeyArn}",
    },
    create=Call(
        "create_table",
        {"KeySchema": "{key_schema}", "GlobalSecondaryIndexes": "{indexes}"},
        at="TableDescription",
    ),
    derive=_keys,
    reads=(
        Call("describe_table", at="Table"),
        Call(
            "describe_continuous_backups",
            at="{PointInTimeRecoverySpecification: "
            "ContinuousBackupsDescription.PointInTimeRecoveryDescription.{PointInTimeRecoveryEnabled: "
            "PointInTimeRecoveryStatus == 'ENABLED', RecoveryPeriodInDays: RecoveryPeriodInDays}}",
        ),
        Call(
            "describe_time_to_live",
            at="{TimeToLiveSpecification: TimeToLiveDescription.{Enabled: TimeToLiveStatus == 'ENABLED', "
            "AttributeName: AttributeName}}",
        ),
    ),
    steps=(
        Step("billing_mode deletion_protection_enabled", Call("update_table")),
        Step("point_in_time_recovery", Call("update_continuous_backups")),
        Step("ttl", Call("update_time_to_live")),
    ),
    tags=Tags(read="list_tags_of_resource"),
    delete=Call("delete_table"),
    waiter="table_exists",
    outputs={"arn": "arn:aws:dynamodb:{region}:{account}:table/{name}"},
    sets="attributes global_secondary_indexes",
    defaults={
        "billing_mode": "PROVISIONED",
        "deletion_protection_enabled": False,
        "point_in_time_recovery": {"enabled": False},
    },
)


def _item_key(inputs: Inputs) -> dict[str, Any]:
    """The key of an item, out of the item when it is made and out of the id when it is read."""
    if item := inputs.get("item"):
        found = json.loads(item)
        names = [inputs["hash_key"], *filter(None, [inputs.get("range_key")])]
        key = json.dumps({name: found[name] for name in names}, sort_keys=True)
        return {"key": key, "key_values": json.loads(key), "item_values": found}
    return {"key_values": json.loads(inputs["key"])} if "key" in inputs else {}


def _own_items(found: Any, scope: Mapping[str, Any]) -> Iterator[str]:
    """Ids of the items of a table."""
    names = [name for name in (scope.get("hash_key"), scope.get("range_key")) if name]
    for item in found:
        yield f"{scope['name']}|{json.dumps({name: item[name] for name in names}, sort_keys=True)}"


# the names of its keys stand in its key; another item under the same key takes its place
_PUT_ITEM = Call("put_item", {"TableName": "{table_name}", "Item": "{item_values}"})
ITEM = Adapter(
    type="aws:dynamodb/tableItem:TableItem",
    service="dynamodb",
    properties="table_name item",
    local="hash_key range_key",
    replaces="hash_key range_key",
    id="{table_name}|{key}",
    documents="item",
    derive=_item_key,
    create=_PUT_ITEM,
    reads=(Call("get_item", {"Key": "{key_values}"}, at="Item && {item: Item}"),),
    delete=Call("delete_item", {"Key": "{key_values}"}),
    members=(Members(TABLE.type, Call("scan", at="Items", is_paged=True), items=_own_items),),
)

RESOURCE_POLICY = Adapter(
    type="aws:dynamodb/resourcePolicy:ResourcePolicy",
    service="dynamodb",
    properties="resource_arn policy",
    local="confirm_remove_self_resource_access",
    id="{resource_arn}",
    create=Call("put_resource_policy"),
    reads=(Call("get_resource_policy"),),
    steps=(Step("policy", Call("put_resource_policy")),),
    delete=Call("delete_resource_policy"),
    outputs={"revision_id": "RevisionId"},
    members=(Members(TABLE.type, id="{arn}"),),
)

ADAPTERS = (TABLE, ITEM, RESOURCE_POLICY)
