"""AWS Key Management Service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import TAGS, LifeCycle, World, call, document, given

POLICY, OTHER_POLICY = document("kms:*"), document("kms:Describe*")


def _alias(world: World) -> Mapping[str, Any]:
    return {"name": "alias/erb", "target_key_id": world.make("aws:kms/key:Key", description="one")}


def _other_target(world: World) -> Mapping[str, Any]:
    return {"target_key_id": world.make("aws:kms/key:Key", description="two")}


def _swap(world: World, _identifier: str, _inputs: Mapping[str, Any]) -> object:
    other = world.make("aws:kms/key:Key", description="three")
    return world.client("kms").update_alias(AliasName="alias/erb", TargetKeyId=other)


LIFE_CYCLES = (
    LifeCycle(
        "aws:kms/key:Key",
        given(
            description="records",
            policy=POLICY,
            enable_key_rotation=True,
            rotation_period_in_days=180,
            is_enabled=True,
            deletion_window_in_days=30,
            tags=TAGS,
        ),
        {
            "description": "other",
            "policy": OTHER_POLICY,
            "enable_key_rotation": False,
            "rotation_period_in_days": None,
            "is_enabled": False,
            "tags": {"owner": "other"},
        },
        call("kms", "put_key_policy", KeyId="{id}", PolicyName="default", Policy=OTHER_POLICY),
        "policy",
    ),
    LifeCycle(
        "aws:kms/key:Key",
        given(description="signs", customer_master_key_spec="ECC_NIST_P256", key_usage="SIGN_VERIFY"),
        {"multi_region": True},
        call("kms", "schedule_key_deletion", KeyId="{id}", PendingWindowInDays=7),
        "",
        case="signing",
    ),
    LifeCycle("aws:kms/alias:Alias", _alias, _other_target, _swap, "target_key_id"),
)
