"""AWS Backup."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Step, Tags

VAULT = Adapter(
    type="aws:backup/vault:Vault",
    service="backup",
    properties="name kms_key_arn tags",
    local="force_destroy",
    id="{name}",
    names={"name": "BackupVaultName", "kms_key_arn": "EncryptionKeyArn", "tags": "BackupVaultTags"},
    create=Call("create_backup_vault"),
    reads=(Call("describe_backup_vault"),),
    tags=Tags(read="list_tags"),
    delete=Call("delete_backup_vault"),
    outputs={"arn": "BackupVaultArn"},
)

_LOCK = "min_retention_days max_retention_days"
VAULT_LOCK = Adapter(
    type="aws:backup/vaultLockConfiguration:VaultLockConfiguration",
    service="backup",
    properties=f"backup_vault_name {_LOCK}",
    local="changeable_for_days",
    id="{backup_vault_name}",
    create=Call("put_backup_vault_lock_configuration"),
    reads=(Call("describe_backup_vault"),),
    steps=(Step(_LOCK, Call("put_backup_vault_lock_configuration")),),
    delete=Call("delete_backup_vault_lock_configuration"),
    gone="Locked != `true`",
    outputs={"backup_vault_arn": "arn:aws:backup:{region}:{account}:backup-vault:{backup_vault_name}"},
)

_PLAN = "merge(BackupPlan, {BackupPlanId: BackupPlanId, BackupPlanArn: BackupPlanArn, VersionId: VersionId})"
# moto has no UpdateBackupPlan, so that every change replaces it
PLAN = Adapter(
    type="aws:backup/plan:Plan",
    service="backup",
    properties="name rules tags",
    id="{backup_plan_id}",
    names={
        "name": "BackupPlanName",
        "rules.target_vault_name": "TargetBackupVaultName",
        "rules.schedule": "ScheduleExpression",
        "rules.start_window": "StartWindowMinutes",
        "rules.completion_window": "CompletionWindowMinutes",
        "rules.lifecycle.delete_after": "DeleteAfterDays",
        "rules.lifecycle.cold_storage_after": "MoveToColdStorageAfterDays",
        "rules.copy_actions.destination_vault_arn": "DestinationBackupVaultArn",
        "rules.copy_actions.lifecycle.delete_after": "DeleteAfterDays",
    },
    create=Call("create_backup_plan", inside="BackupPlan"),
    reads=(Call("get_backup_plan", at=_PLAN),),
    tags=Tags(read="list_tags"),
    delete=Call("delete_backup_plan"),
    outputs={"arn": "BackupPlanArn", "version": "VersionId"},
    sets="rules",
    gone="DeletionDate",
    listing=Call("list_backup_plans", at="BackupPlansList[].BackupPlanId", is_paged=True),
)

ADAPTERS = (VAULT, VAULT_LOCK, PLAN)
