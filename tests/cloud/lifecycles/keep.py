"""Backups, budgets and events."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, REGION, TAGS, LifeCycle, World, call, document, given

OTHER = {"owner": "other"}
PATTERN = '{"source": ["aws.guardduty"]}'
BUS = f"arn:aws:events:{REGION}:{ACCOUNT}:event-bus/findings"
KEY = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/a"
DAILY = {
    "rule_name": "daily",
    "target_vault_name": "vault",
    "schedule": "cron(0 1 * * ? *)",
    "start_window": 60,
    "completion_window": 180,
    "lifecycle": {"delete_after": 35},
}


def _vault_lock(world: World) -> Mapping[str, Any]:
    world.make("aws:backup/vault:Vault", name="vault")
    return {"backup_vault_name": "vault", "min_retention_days": 35, "max_retention_days": 36500}


def _plan(world: World) -> Mapping[str, Any]:
    world.make("aws:backup/vault:Vault", name="vault")
    return {"name": "daily", "rules": (DAILY,), "tags": TAGS}


def _bus_policy(world: World) -> Mapping[str, Any]:
    world.make("aws:cloudwatch/eventBus:EventBus", name="findings")
    return {"event_bus_name": "findings", "policy": document("events:PutEvents", Sid="Org", Resource=BUS)}


def _rule(world: World) -> Mapping[str, Any]:
    world.make("aws:cloudwatch/eventBus:EventBus", name="findings")
    return {
        "event_bus_name": "findings",
        "name": "route",
        "description": "d",
        "event_pattern": PATTERN,
        "state": "ENABLED",
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/a",
        "tags": TAGS,
    }


def _target(world: World) -> Mapping[str, Any]:
    world.make("aws:cloudwatch/eventRule:EventRule", name="route", event_pattern=PATTERN)
    return {
        "event_bus_name": "default",
        "rule": "route",
        "target_id": "platform",
        "arn": BUS,
        "role_arn": f"arn:aws:iam::{ACCOUNT}:role/router",
        "dead_letter_config": {"arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:dead"},
        "retry_policy": {"maximum_event_age_in_seconds": 3600, "maximum_retry_attempts": 5},
        "input_transformer": {"input_paths": {"a": "$.detail"}, "input_template": "<a>"},
    }


LIFE_CYCLES = (
    LifeCycle(
        "aws:backup/vault:Vault",
        given(name="vault", kms_key_arn=KEY, tags=TAGS),
        {"tags": OTHER},
        call("backup", "delete_backup_vault", BackupVaultName="{id}"),
        "",
    ),
    LifeCycle(
        "aws:backup/vaultLockConfiguration:VaultLockConfiguration",
        _vault_lock,
        {"min_retention_days": 70, "max_retention_days": 3650},
        call("backup", "delete_backup_vault_lock_configuration", BackupVaultName="{id}"),
        "",
    ),
    LifeCycle(
        "aws:backup/plan:Plan",
        _plan,
        {"tags": OTHER},
        call("backup", "delete_backup_plan", BackupPlanId="{id}"),
        "",
    ),
    LifeCycle(
        "aws:backup/plan:Plan",
        _plan,
        {"rules": ({**DAILY, "schedule": "cron(0 2 * * ? *)"},)},
        call("backup", "delete_backup_plan", BackupPlanId="{id}"),
        "",
        case="other rules, same name",
    ),
    LifeCycle(
        "aws:budgets/budget:Budget",
        given(
            account_id=ACCOUNT,
            name="erb",
            budget_type="COST",
            time_unit="MONTHLY",
            limit_amount="450",
            limit_unit="USD",
            notifications=(
                {
                    "comparison_operator": "GREATER_THAN",
                    "notification_type": "ACTUAL",
                    "threshold": 80,
                    "threshold_type": "PERCENTAGE",
                    "subscriber_email_addresses": ("ict@erb.go.tz",),
                },
            ),
            tags=TAGS,
        ),
        {"limit_amount": "900"},
        call("budgets", "delete_budget", AccountId=ACCOUNT, BudgetName="erb"),
        "",
    ),
    LifeCycle(
        "aws:cloudwatch/eventBus:EventBus",
        given(name="findings", description="d", kms_key_identifier=KEY, tags=TAGS),
        {"tags": OTHER},
        call("events", "delete_event_bus", Name="{id}"),
        "",
    ),
    LifeCycle(
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy",
        _bus_policy,
        {"policy": document("events:PutEvents", Sid="Other", Resource=BUS)},
        call("events", "remove_permission", EventBusName="{id}", RemoveAllPermissions=True),
        "",
    ),
    LifeCycle(
        "aws:cloudwatch/eventRule:EventRule",
        _rule,
        {
            "description": "other",
            "event_pattern": '{"source": ["aws.securityhub"]}',
            "state": "DISABLED",
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/b",
            "tags": OTHER,
        },
        call("events", "disable_rule", Name="route", EventBusName="findings"),
        "state",
    ),
    LifeCycle(
        "aws:cloudwatch/eventRule:EventRule",
        given(name="nightly", schedule_expression="rate(1 day)"),
        {"schedule_expression": "rate(2 days)"},
        call("events", "delete_rule", Name="nightly"),
        "",
        case="schedule",
    ),
    LifeCycle(
        "aws:cloudwatch/eventTarget:EventTarget",
        _target,
        {
            "arn": f"{BUS}-elsewhere",
            "role_arn": f"arn:aws:iam::{ACCOUNT}:role/other",
            "dead_letter_config": {"arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:other"},
            "retry_policy": {"maximum_event_age_in_seconds": 60, "maximum_retry_attempts": 1},
            "input_transformer": None,
            "input": '{"a": 1}',
        },
        call("events", "put_targets", Rule="route", Targets=[{"Id": "platform", "Arn": f"{BUS}-meddled"}]),
        "arn",
        case="transformed",
    ),
    LifeCycle(
        "aws:cloudwatch/eventTarget:EventTarget",
        lambda world: {
            key: item for key, item in _target(world).items() if key in ("rule", "target_id", "arn")
        },
        {"input_path": "$.detail", "sqs_target": {"message_group_id": "g"}},
        call("events", "remove_targets", Rule="route", Ids=["platform"]),
        "",
        case="plain",
    ),
)
