"""Backups that nobody can delete, as often as the manifest says, with a copy elsewhere where the tier asks for it."""

from __future__ import annotations

from egov_infra.plan.access_policy import allow, service_trust
from egov_infra.plan.account.baseline import BACKUP_ACTIONS, boundary_arn
from egov_infra.plan.arn import arn, bucket_arn
from egov_infra.plan.backup_set import BackupSet, add_backup_set
from egov_infra.plan.names import logical
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.tenancy.data import bucket_name
from egov_infra.plan.tenancy.scope import TenancyScope
from egov_infra.plan.value import Value


def add_backup(scope: TenancyScope, key: PlannedResource) -> PlannedResource:
    """Plan vault with its lock, and plan and selection; for tiers with copies a vault in the platform's account.

    Returns the backup plan.
    """
    add, backup = scope.add("backup"), scope.tenancy.backup
    wanted = BackupSet(
        stack=scope.stack,
        path=("tenancy", "backup"),
        name=scope.dashed,
        tier=scope.tenancy.tier,
        interval_minutes=backup.interval_minutes,
        retention_days=backup.retention_days,
        key_deletion_days=scope.estate.network.classes[scope.name].key_deletion_days,
        estate=scope.estate,
        tags=scope.tags,
    )
    plan = add_backup_set(wanted, key)
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
