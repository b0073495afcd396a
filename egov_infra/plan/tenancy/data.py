"""What holds data: the tenant's key, buckets, logs, and backups that nobody can delete."""

from __future__ import annotations

from egov_infra.model.tenancy import Bucket
from egov_infra.plan import names
from egov_infra.plan.arn import account_root, arn
from egov_infra.plan.bucket_set import BucketSet, add_bucket_set
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.tenancy.scope import TenancyScope
from egov_infra.plan.value import Document, Value

LOG_DAYS = {"public": 365, "internal": 400, "confidential": 731, "secret": 1096}
ACCESS_LOG_DAYS = 400


def add_data(scope: TenancyScope) -> None:
    """Key and alias, log group, bucket sets with a log bucket, backup vault with its lock."""
    key = _add_key(scope)
    _add_log_group(scope, key)
    log_bucket = add_bucket_set(
        scope.add("buckets"),
        BucketSet(
            "access-logs",
            _bucket_name(scope, "access-logs"),
            scope.tags,
            expire_days=ACCESS_LOG_DAYS,
            statements=(_log_delivery(scope),),
        ),
    )
    for index, bucket in enumerate(scope.tenancy.buckets):
        _add_bucket(scope, index, bucket, key, log_bucket)
    _add_vault(scope, key)


def _bucket_name(scope: TenancyScope, role: str) -> str:
    return names.bucket(scope.stack.account, scope.institution.slug, scope.name, role)


def _add_key(scope: TenancyScope) -> PlannedResource:
    add = scope.add()
    days = scope.estate.network.classes[scope.name].key_deletion_days
    key = add(
        "kms.Key",
        "key",
        opts=Options(protect=True),
        description=f"Data of {scope.stack.name}",
        enable_key_rotation=True,
        deletion_window_in_days=days,
        policy=_key_policy(scope),
        tags=scope.tags,
    )
    alias = f"alias/{scope.stack.name.replace('.', '-')}"
    add("kms.Alias", "key-alias", name=alias, target_key_id=key.output("key_id"))
    return key


def _key_policy(scope: TenancyScope) -> Document:
    """The account keeps the key; the log service may use it for this account's log groups only."""
    account, region = scope.stack.account, scope.stack.region
    groups = arn("logs", account, region, "log-group:*")
    return Document(
        {
            "Version": "2012-10-17",
            "Statement": (
                {
                    "Sid": "Account",
                    "Effect": "Allow",
                    "Principal": {"AWS": account_root(account)},
                    "Action": "kms:*",
                    "Resource": "*",
                },
                {
                    "Sid": "Logs",
                    "Effect": "Allow",
                    "Principal": {"Service": f"logs.{region}.amazonaws.com"},
                    "Action": (
                        "kms:Decrypt",
                        "kms:DescribeKey",
                        "kms:Encrypt",
                        "kms:GenerateDataKey*",
                        "kms:ReEncrypt*",
                    ),
                    "Resource": "*",
                    "Condition": {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
                },
            ),
        }
    )


def _add_log_group(scope: TenancyScope, key: PlannedResource) -> None:
    classification = scope.institution.institution.classification
    scope.add()(
        "cloudwatch.LogGroup",
        "logs",
        name=f"/egov/{scope.institution.slug}/{scope.name}",
        retention_in_days=LOG_DAYS[classification],
        kms_key_id=key.arn,
        tags=scope.tags,
    )


def _log_delivery(scope: TenancyScope) -> dict[str, Value]:
    """S3 may deliver access logs of this account's buckets."""
    return {
        "Sid": "AccessLogs",
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": f"arn:aws:s3:::{_bucket_name(scope, 'access-logs')}/*",
        "Condition": {"StringEquals": {"aws:SourceAccount": scope.stack.account}},
    }


def _add_bucket(
    scope: TenancyScope, index: int, bucket: Bucket, key: PlannedResource, log_bucket: PlannedResource
) -> None:
    role = f"data-{bucket.name}"
    wanted = BucketSet(
        role,
        _bucket_name(scope, bucket.name),
        scope.tags,
        key_arn=key.arn,
        locked_days=bucket.retention_days if bucket.locked else None,
        expire_days=bucket.retention_days,
        log_bucket=log_bucket,
    )
    add_bucket_set(scope.add("buckets", index), wanted)


def _add_vault(scope: TenancyScope, key: PlannedResource) -> None:
    add = scope.add("backup")
    days = scope.tenancy.backup.retention_days
    vault = add(
        "backup.Vault",
        "vault",
        opts=Options(protect=True),
        name=scope.stack.name.replace(".", "-"),
        kms_key_arn=key.arn,
        tags=scope.tags,
    )
    add(
        "backup.VaultLockConfiguration",
        "vault-lock",
        backup_vault_name=vault.output("name"),
        min_retention_days=days,
        max_retention_days=36500,
    )
