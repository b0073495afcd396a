"""Copies of what an application holds, beside its restore to any minute: by the backup plan of what it runs in."""

from __future__ import annotations

from egov_infra.plan.access_policy import policy, service_trust, statement
from egov_infra.plan.account.baseline import boundary_arn
from egov_infra.plan.application.ground import Ground
from egov_infra.plan.resource import Options
from egov_infra.plan.value import Value

DATABASE_ACTIONS = (
    "rds:AddTagsToResource",
    "rds:CopyDBSnapshot",
    "rds:CreateDBSnapshot",
    "rds:DeleteDBSnapshot",
    "rds:DescribeDBInstances",
    "rds:DescribeDBSnapshots",
    "rds:ListTagsForResource",
)
TABLE_ACTIONS = (
    "dynamodb:DescribeTable",
    "dynamodb:ListTagsOfResource",
    "dynamodb:StartAwsBackupJob",
)
"""What AWS Backup does to databases and tables (AWS managed policy AWSBackupServiceRolePolicyForBackup)."""


def add_backup(ground: Ground, databases: tuple[str, ...], tables: tuple[str, ...] = ()) -> None:
    """Plan role and selection: `databases` and `tables` by their ARNs."""
    number = ground.add.account
    role = ground.add(
        "iam.Role",
        "backup-role",
        opts=Options(depends_on=ground.after),
        name=ground.called("backup"),
        description=f"Backups of {ground.name}",
        assume_role_policy=service_trust("backup", number),
        permissions_boundary=boundary_arn(number),
        tags=ground.tags,
    )
    snapshots = ground.arn("rds", "snapshot:awsbackup:*")
    statements: list[dict[str, Value]] = [statement(None, DATABASE_ACTIONS, (*databases, snapshots))]
    if tables:
        statements.append(statement(None, TABLE_ACTIONS, tables))
    statements.append(statement(None, ("kms:Decrypt", "kms:DescribeKey"), (ground.key_arn,)))
    ground.add(
        "iam.RolePolicy",
        "backup-role-policy",
        role=role.output("name"),
        name="backup",
        policy=policy(*statements),
    )
    ground.add(
        "backup.Selection",
        "backup-selection",
        name=ground.called("data", limit=50),
        plan_id=ground.backup_plan_id,
        iam_role_arn=role.arn,
        resources=(*databases, *tables),
    )
