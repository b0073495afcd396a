"""AWS Key Management Service."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Step, Tags

KEY = Adapter(
    type="aws:kms/key:Key",
    service="kms",
    properties="description key_usage customer_master_key_spec multi_region policy "
    "enable_key_rotation rotation_period_in_days is_enabled tags",
    local="deletion_window_in_days bypass_policy_lockout_safety_check",
    id="{key_id}",
    names={
        "customer_master_key_spec": "KeySpec",
        "is_enabled": "Enabled",
        "enable_key_rotation": "KeyRotationEnabled",
    },
    create=Call("create_key", at="KeyMetadata"),
    reads=(
        Call("describe_key", at="KeyMetadata"),
        Call("get_key_policy", {"PolicyName": "default"}),
        Call("get_key_rotation_status", absent=("UnsupportedOperationException",)),
    ),
    steps=(
        Step("description", Call("update_key_description")),
        Step("policy", Call("put_key_policy", {"PolicyName": "default"})),
        Step("is_enabled", Call("enable_key"), off=Call("disable_key")),
        Step(
            "enable_key_rotation rotation_period_in_days",
            Call("enable_key_rotation"),
            off=Call("disable_key_rotation"),
        ),
    ),
    tags=Tags(read="list_resource_tags", params={"KeyId": "{key_id}"}),
    delete=Call("schedule_key_deletion", {"PendingWindowInDays": "{deletion_window_in_days}"}),
    outputs={"arn": "Arn", "key_id": "KeyId"},
    defaults={
        "customer_master_key_spec": "SYMMETRIC_DEFAULT",
        "key_usage": "ENCRYPT_DECRYPT",
        "enable_key_rotation": False,
        "is_enabled": True,
        "multi_region": False,
    },
    unread={"rotation_period_in_days": "moto keeps no rotation period"},
    gone="KeyMetadata.KeyState == 'PendingDeletion'",
    listing=Call("list_keys", at="Keys[].KeyId", is_paged=True),
)

ALIAS = Adapter(
    type="aws:kms/alias:Alias",
    service="kms",
    properties="name target_key_id",
    id="{name}",
    names={"name": "AliasName"},
    create=Call("create_alias"),
    reads=(Call("list_aliases", at="Aliases[?AliasName=='{name}'] | [0]", is_paged=True),),
    steps=(Step("target_key_id", Call("update_alias")),),
    delete=Call("delete_alias"),
    outputs={"arn": "arn:aws:kms:{region}:{account}:{name}"},
)

ADAPTERS = (KEY, ALIAS)
