"""AWS Key Management Service."""

from __future__ import annotations

from typing import Any

from egov_infra.cloud.adapter import Adapter, Custom, Facet, Inputs, Property
from egov_infra.cloud.codec import DOCUMENT, tag_list


def _schedule(client: Any, identifier: str, inputs: Inputs) -> None:
    client.schedule_key_deletion(
        KeyId=identifier, PendingWindowInDays=inputs.get("deletion_window_in_days") or 30
    )


def _is_live(client: Any, identifier: str, _inputs: Inputs) -> bool:
    try:
        state = client.describe_key(KeyId=identifier)["KeyMetadata"]["KeyState"]
    except client.exceptions.NotFoundException:
        return False
    return bool(state != "PendingDeletion")


def _find(client: Any, inputs: Inputs) -> str | None:
    """A live key of the same description: blueprints describe each key of an account differently."""
    for page in client.get_paginator("list_keys").paginate():
        for key in page["Keys"]:
            found = client.describe_key(KeyId=key["KeyId"])["KeyMetadata"]
            if found["Description"] == inputs.get("description") and found["KeyState"] != "PendingDeletion":
                return str(key["KeyId"])
    return None


def _rotate(client: Any, identifier: str, inputs: Inputs) -> None:
    (client.enable_key_rotation if inputs.get("enable_key_rotation") else client.disable_key_rotation)(
        KeyId=identifier
    )


KEY = Adapter(
    type="aws:kms/key:Key",
    service="kms",
    create="create_key",
    id=lambda answer, _inputs: str(answer["KeyMetadata"]["KeyId"]),
    read="describe_key",
    scope={"KeyId": "id"},
    answer="KeyMetadata",
    find=_find,
    exists=_is_live,
    delete=None,
    before_delete=_schedule,
    missing=frozenset(("NotFoundException",)),
    facets=(
        Facet(
            (Property("customer_master_key_spec", "KeySpec"), Property("key_usage", "KeyUsage")),
            on_create=True,
        ),
        Facet((Property("description", "Description"),), put="update_key_description", scope={"KeyId": "id"}),
        Facet(
            (Property("policy", "Policy", codec=DOCUMENT),),
            put="put_key_policy",
            get="get_key_policy",
            scope={"KeyId": "id", "PolicyName": "=default"},
        ),
        Facet(
            (Property("enable_key_rotation", "-", "KeyRotationEnabled"),),
            put_by=_rotate,
            get="get_key_rotation_status",
            scope={"KeyId": "id"},
        ),
        Facet(
            (Property("tags", "Tags", codec=tag_list("TagKey", "TagValue")),),
            put="tag_resource",
            get="list_resource_tags",
            scope={"KeyId": "id"},
        ),
    ),
    outputs={"arn": "Arn", "key_id": "KeyId"},
    replaces=frozenset(("customer_master_key_spec", "key_usage")),
    ignored=frozenset(("deletion_window_in_days",)),
    unread={"deletion_window_in_days": "given when the key is deleted"},
)


def _read_alias(client: Any, identifier: str) -> dict[str, Any] | None:
    for page in client.get_paginator("list_aliases").paginate():
        for found in page["Aliases"]:
            if found["AliasName"] == identifier and found.get("TargetKeyId"):
                return {"name": identifier, "target_key_id": found["TargetKeyId"], "arn": found["AliasArn"]}
    return None


def _create_alias(client: Any, inputs: Inputs) -> str:
    client.create_alias(AliasName=inputs["name"], TargetKeyId=inputs["target_key_id"])
    return str(inputs["name"])


ALIAS = Adapter(
    type="aws:kms/alias:Alias",
    service="kms",
    custom=Custom(
        create=lambda client, inputs: (
            client.create_alias(AliasName=inputs["name"], TargetKeyId=inputs["target_key_id"])
            and str(inputs["name"])
        ),
        read=lambda client, identifier, _inputs: _read_alias(client, identifier),
        update=lambda client, identifier, _old, new: client.update_alias(
            AliasName=identifier, TargetKeyId=new["target_key_id"]
        ),
        delete=lambda client, identifier, _inputs: client.delete_alias(AliasName=identifier),
        properties=frozenset(("name", "target_key_id")),
        settable=frozenset(("target_key_id",)),
    ),
    replaces=frozenset(("name",)),
)


ADAPTERS = (KEY, ALIAS)
