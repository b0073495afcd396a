"""Backups that nobody can delete, as often as the manifest says, with a copy elsewhere where the tier asks for it."""

from __future__ import annotations

from egov_infra.model.estate import SharedAccount
from egov_infra.plan.access_policy import account, allow, policy, service_trust, statement
from egov_infra.plan.account.baseline import BACKUP_ACTIONS, boundary_arn
from egov_infra.plan.arn import arn, bucket_arn
from egov_infra.plan.builder import Adder
from egov_infra.plan.key import USE, add_symmetric_key, kept_by
from egov_infra.plan.names import logical
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.tenancy.data import bucket_name
from egov_infra.plan.tenancy.scope import TenancyScope
from egov_infra.plan.value import Document, Value

CONTINUOUS_TIERS = frozenset(("T0", "T1"))
"""Tiers that lose less than the hour between two backups: restore to any point in time."""
CONTINUOUS_DAYS = 35
"""How long AWS Backup keeps continuous backups at most."""
_FOREVER_DAYS = 36500


def add_backup(scope: TenancyScope, key: PlannedResource) -> PlannedResource:
    """Plan vault with its lock, and plan and selection; for tiers with copies a vault in the platform's account.

    Returns the backup plan.
    """
    add = scope.add("backup")
    vault = _add_vault(scope, add, "vault", scope.dashed, key)
    copies = _add_copy_vault(scope) if scope.estate.tiers[scope.tenancy.tier].copies > 1 else None
    plan = add(
        "backup.Plan", "backup-plan", name=scope.dashed, rules=_rules(scope, vault, copies), tags=scope.tags
    )
    if not scope.tenancy.buckets:
        return plan  # nothing to copy yet, and AWS refuses an empty selection
    role = _add_role(scope, key)
    add(
        "backup.Selection",
        "backup-selection",
        name=scope.dashed,
        plan_id=plan.id,
        iam_role_arn=role.arn,
        resources=_buckets(scope),
    )
    return plan


def _buckets(scope: TenancyScope) -> tuple[str, ...]:
    return tuple(bucket_arn(bucket_name(scope, bucket.name)) for bucket in scope.tenancy.buckets)


def _is_continuous(scope: TenancyScope) -> bool:
    return scope.tenancy.tier in CONTINUOUS_TIERS


def _rules(
    scope: TenancyScope, vault: PlannedResource, copies: PlannedResource | None
) -> tuple[dict[str, Value], ...]:
    days = scope.tenancy.backup.retention_days
    snapshot: dict[str, Value] = {
        "rule_name": "interval",
        "target_vault_name": vault.output("name"),
        "schedule": schedule(scope.tenancy.backup.interval_minutes),
        "lifecycle": {"delete_after": days},
    }
    if copies is not None:
        snapshot["copy_actions"] = (
            {"destination_vault_arn": copies.arn, "lifecycle": {"delete_after": days}},
        )
    if not _is_continuous(scope):
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


def _add_vault(
    scope: TenancyScope, add: Adder, role: str, name: str, key: PlannedResource
) -> PlannedResource:
    """A vault with a lock in governance mode, which keeps every recovery point for its time (NIST CP-9(8))."""
    days = scope.tenancy.backup.retention_days
    vault = add(
        "backup.Vault", role, opts=Options(protect=True), name=name, kms_key_arn=key.arn, tags=scope.tags
    )
    add(
        "backup.VaultLockConfiguration",
        f"{role}-lock",
        backup_vault_name=vault.output("name"),
        min_retention_days=min(days, CONTINUOUS_DAYS) if _is_continuous(scope) else days,
        max_retention_days=_FOREVER_DAYS,
    )
    return vault


def _add_copy_vault(scope: TenancyScope) -> PlannedResource:
    """The institution's vault in the platform's account, out of reach of whoever holds the environment's account."""
    platform = scope.estate.accounts["platform"]
    add = scope.stack.at("tenancy", "backup", account=platform.account, region=platform.region)
    description = f"Copies of the backups of {scope.stack.name}"
    days = scope.estate.network.classes[scope.name].key_deletion_days
    source = account(scope.stack.account)
    key_policy = _copy_key_policy(platform, source)
    key = add_symmetric_key(add, "copy-key", description, days, key_policy, scope.tags)
    vault = _add_vault(scope, add, "copy-vault", scope.dashed, key)
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


def _add_role(scope: TenancyScope, key: PlannedResource) -> PlannedResource:
    """What AWS Backup may do: read the declared buckets, and watch them change (AWS Backup, S3 backups)."""
    add, number, region = scope.add("backup"), scope.stack.account, scope.stack.region
    role = add(
        "iam.Role",
        "role-backup",
        opts=Options(depends_on=(logical(scope.stack.name, "boundary"),)),
        name="egov-backup",
        description=f"Backups of {scope.stack.name}",
        assume_role_policy=service_trust("backup", number),
        permissions_boundary=boundary_arn(number),
        tags=scope.tags,
    )
    buckets = _buckets(scope)
    resources: tuple[Value, ...] = (
        *buckets,
        *(f"{bucket}/*" for bucket in buckets),
        key.arn,
        arn("events", number, region, "rule/AwsBackupManagedRule*"),
    )
    add(
        "iam.RolePolicy",
        "role-backup-policy",
        role=role.output("name"),
        name="backup",
        policy=allow(BACKUP_ACTIONS, resources),
    )
    return role
