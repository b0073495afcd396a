"""AWS Backup and AWS Budgets."""

from __future__ import annotations

from typing import Any

from egov_infra.cloud.adapter import Adapter, Custom, Inputs

_SINGLE = "the rehearsal cloud does not give it back"


def _create_vault(client: Any, inputs: Inputs) -> str:
    key = {"EncryptionKeyArn": inputs["kms_key_arn"]} if inputs.get("kms_key_arn") else {}
    client.create_backup_vault(
        BackupVaultName=inputs["name"], BackupVaultTags=inputs.get("tags") or {}, **key
    )
    return str(inputs["name"])


def _describe(client: Any, identifier: str) -> dict[str, Any] | None:
    try:
        return dict(client.describe_backup_vault(BackupVaultName=identifier))
    except client.exceptions.ResourceNotFoundException:
        return None


def _read_vault(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    found = _describe(client, identifier)
    if found is None:
        return None
    arn = found["BackupVaultArn"]
    return {
        "name": identifier,
        "kms_key_arn": found.get("EncryptionKeyArn"),
        "tags": client.list_tags(ResourceArn=arn)["Tags"],
        "arn": arn,
    }


def _update_vault(client: Any, identifier: str, _old: Inputs, new: Inputs) -> None:
    arn = client.describe_backup_vault(BackupVaultName=identifier)["BackupVaultArn"]
    wanted = new.get("tags") or {}
    if gone := sorted(client.list_tags(ResourceArn=arn)["Tags"].keys() - wanted.keys()):
        client.untag_resource(ResourceArn=arn, TagKeyList=gone)
    client.tag_resource(ResourceArn=arn, Tags=wanted)


VAULT = Adapter(
    type="aws:backup/vault:Vault",
    service="backup",
    custom=Custom(
        _create_vault,
        _read_vault,
        _update_vault,
        lambda client, identifier, _inputs: client.delete_backup_vault(BackupVaultName=identifier),
        frozenset(("name", "kms_key_arn", "tags")),
        frozenset(("tags",)),
    ),
    find=lambda client, inputs: inputs["name"] if _describe(client, inputs["name"]) else None,
    delete_first=True,
)


def _lock(client: Any, inputs: Inputs) -> str:
    client.put_backup_vault_lock_configuration(
        BackupVaultName=inputs["backup_vault_name"],
        MinRetentionDays=inputs["min_retention_days"],
        MaxRetentionDays=inputs["max_retention_days"],
    )
    return str(inputs["backup_vault_name"])


def _read_lock(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    found = _describe(client, identifier)
    if found is None or not found.get("Locked"):
        return None
    return {
        "backup_vault_name": identifier,
        "min_retention_days": found["MinRetentionDays"],
        "max_retention_days": found["MaxRetentionDays"],
    }


_LOCK = frozenset(("min_retention_days", "max_retention_days"))
VAULT_LOCK = Adapter(
    type="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    service="backup",
    custom=Custom(
        _lock,
        _read_lock,
        lambda client, _identifier, _old, new: _lock(client, new),
        lambda client, identifier, _inputs: client.delete_backup_vault_lock_configuration(
            BackupVaultName=identifier
        ),
        _LOCK | {"backup_vault_name"},
        _LOCK,
    ),
    replaces=frozenset(("backup_vault_name",)),
)


def _create_budget(client: Any, inputs: Inputs) -> str:
    client.create_budget(
        AccountId=inputs["account_id"],
        Budget={
            "BudgetName": inputs["name"],
            "BudgetType": inputs["budget_type"],
            "TimeUnit": inputs["time_unit"],
            "BudgetLimit": {"Amount": inputs["limit_amount"], "Unit": inputs["limit_unit"]},
        },
        NotificationsWithSubscribers=[
            {
                "Notification": {
                    "NotificationType": item["notification_type"],
                    "ComparisonOperator": item["comparison_operator"],
                    "Threshold": item["threshold"],
                    "ThresholdType": item["threshold_type"],
                },
                "Subscribers": [
                    {"SubscriptionType": "EMAIL", "Address": address}
                    for address in item["subscriber_email_addresses"]
                ],
            }
            for item in inputs.get("notifications") or ()
        ],
    )
    return f"{inputs['account_id']}:{inputs['name']}"


def _read_budget(client: Any, identifier: str, inputs: Inputs) -> dict[str, Any] | None:
    account, _, name = identifier.partition(":")
    try:
        found = client.describe_budget(AccountId=account, BudgetName=name)["Budget"]
    except client.exceptions.NotFoundException:
        return None
    listed = client.describe_notifications_for_budget(AccountId=account, BudgetName=name)["Notifications"]
    declared = {item["threshold"]: item for item in inputs.get("notifications") or ()}
    return {
        "account_id": account,
        "name": name,
        "budget_type": found["BudgetType"],
        "time_unit": found["TimeUnit"],
        "limit_amount": found["BudgetLimit"]["Amount"],
        "limit_unit": found["BudgetLimit"]["Unit"],
        "notifications": [
            {
                "comparison_operator": item["ComparisonOperator"],
                "notification_type": item["NotificationType"],
                "threshold": item["Threshold"],
                "threshold_type": item["ThresholdType"],
                # not given back by moto: what was declared stands in, and `unread` says so
                "subscriber_email_addresses": declared.get(item["Threshold"], {}).get(
                    "subscriber_email_addresses"
                ),
            }
            for item in listed
        ],
    }


def _delete_budget(client: Any, identifier: str, _inputs: Inputs) -> None:
    account, _, name = identifier.partition(":")
    client.delete_budget(AccountId=account, BudgetName=name)


def _found_budget(client: Any, inputs: Inputs) -> str | None:
    identifier = f"{inputs['account_id']}:{inputs['name']}"
    return identifier if _read_budget(client, identifier, inputs) else None


# moto has no UpdateBudget, so that every change replaces it
BUDGET = Adapter(
    type="aws:budgets/budget:Budget",
    service="budgets",
    custom=Custom(
        _create_budget,
        _read_budget,
        None,
        _delete_budget,
        frozenset(
            (
                "account_id",
                "name",
                "budget_type",
                "time_unit",
                "limit_amount",
                "limit_unit",
                "notifications",
                "tags",
            )
        ),
        frozenset(),
    ),
    unread={"tags": _SINGLE, "notifications.subscriber_email_addresses": _SINGLE},
    find=_found_budget,
    delete_first=True,
)


ADAPTERS = (VAULT, VAULT_LOCK, BUDGET)
