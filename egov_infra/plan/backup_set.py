"""Backups that nobody can delete: a vault with its lock, a plan, and a vault elsewhere where the tier asks for copies."""

from __future__ import annotations

from egov_infra.model.estate import Estate, SharedAccount
from egov_infra.model.workload import Tier
from egov_infra.plan.access_policy import account, policy, statement
from egov_infra.plan.builder import Adder, StackBuilder
from egov_infra.plan.key import USE, add_symmetric_key, kept_by
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Document, Value
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen

CONTINUOUS_TIERS = frozenset(("T0", "T1"))
"""Tiers that lose less than the hour between two backups: restore to any point in time."""
CONTINUOUS_DAYS = 35
"""How long AWS Backup keeps continuous backups at most."""
_FOREVER_DAYS = 36500


@frozen
class BackupSet:
    """What to plan."""

    stack: StackBuilder
    path: Path
    """Where what causes it stands in the manifest."""
    name: str
    """Name of vaults and plan in their accounts, 50 characters at most, as AWS Backup wants it."""
    tier: Tier
    interval_minutes: int
    """Minutes between two backups, 60 or more."""
    retention_days: int
    key_deletion_days: int
    """Waiting time before the deleted key of copies is gone."""
    estate: Estate
    tags: dict[str, str]

    @property
    def is_continuous(self) -> bool:
        """Whether its tier asks for restore to any point in time."""
        return self.tier in CONTINUOUS_TIERS


def add_backup_set(wanted: BackupSet, key: PlannedResource) -> PlannedResource:
    """Plan vault with its lock, and plan; for tiers with copies a vault in the platform's account. Returns the plan."""
    add = wanted.stack.at(*wanted.path)
    vault = _add_vault(wanted, add, "vault", key)
    copies = _add_copy_vault(wanted) if wanted.estate.tiers[wanted.tier].copies > 1 else None
    return add(
        "backup.Plan", "backup-plan", name=wanted.name, rules=_rules(wanted, vault, copies), tags=wanted.tags
    )


def _rules(
    wanted: BackupSet, vault: PlannedResource, copies: PlannedResource | None
) -> tuple[dict[str, Value], ...]:
    days = wanted.retention_days
    snapshot: dict[str, Value] = {
        "rule_name": "interval",
        "target_vault_name": vault.output("name"),
        "schedule": schedule(wanted.interval_minutes),
        "lifecycle": {"delete_after": days},
    }
    if copies is not None:
        snapshot["copy_actions"] = (
            {"destination_vault_arn": copies.arn, "lifecycle": {"delete_after": days}},
        )
    if not wanted.is_continuous:
        return (snapshot,)
    continuous: dict[str, Value] = {
        "rule_name": "continuous",
        "target_vault_name": vault.output("name"),
        "schedule": schedule(24 * 60),
        "enable_continuous_backup": True,
        "lifecycle": {"delete_after": min(days, CONTINUOUS_DAYS)},
    }
    return snapshot, continuous


def schedule(interval_minutes: int) -> str:
    """An EventBridge schedule in UTC whose backups are never farther apart than this; 60 minutes or more.

    Hours that do not divide the day begin anew at midnight; more than a day becomes a day.
    """
    hours = min(interval_minutes // 60, 24)
    return "cron(0 1 ? * * *)" if hours == 24 else f"cron(0 0/{hours} ? * * *)"  # noqa: PLR2004 - hours of a day


def _add_vault(wanted: BackupSet, add: Adder, role: str, key: PlannedResource) -> PlannedResource:
    """A vault with a lock in governance mode, which keeps every recovery point for its time (NIST CP-9(8))."""
    days = wanted.retention_days
    vault = add(
        "backup.Vault",
        role,
        opts=Options(protect=True),
        name=wanted.name,
        kms_key_arn=key.arn,
        tags=wanted.tags,
    )
    add(
        "backup.VaultLockConfiguration",
        f"{role}-lock",
        backup_vault_name=vault.output("name"),
        min_retention_days=min(days, CONTINUOUS_DAYS) if wanted.is_continuous else days,
        max_retention_days=_FOREVER_DAYS,
    )
    return vault


def _add_copy_vault(wanted: BackupSet) -> PlannedResource:
    """The institution's vault in the platform's account, out of reach of whoever holds the environment's account."""
    platform = wanted.estate.accounts["platform"]
    add = wanted.stack.at(*wanted.path, account=platform.account, region=platform.region)
    description = f"Copies of the backups of {wanted.stack.name}"
    source = account(wanted.stack.account)
    key_policy = _copy_key_policy(platform, source)
    key = add_symmetric_key(add, "copy-key", description, wanted.key_deletion_days, key_policy, wanted.tags)
    vault = _add_vault(wanted, add, "copy-vault", key)
    add(
        "backup.VaultPolicy",
        "copy-vault-policy",
        backup_vault_name=vault.output("name"),
        policy=policy(statement(source, "backup:CopyIntoBackupVault", sid="Copies")),
    )
    return vault


def _copy_key_policy(platform: SharedAccount, source: dict[str, Value]) -> Document:
    """The platform's account keeps the key; the environment's uses it through AWS Backup only."""
    through: dict[str, Value] = {
        "StringEquals": {"kms:ViaService": f"backup.{platform.region}.amazonaws.com"}
    }
    return policy(kept_by(platform.account), statement(source, USE, condition=through, sid="Source"))
