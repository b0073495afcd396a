"""The tenant's own key: who administers it, who uses it, and nobody both ways."""

from __future__ import annotations

from egov_infra.plan.account.baseline import trail_arn
from egov_infra.plan.arn import account_root, arn, role_arn
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.tenancy.scope import TenancyScope
from egov_infra.plan.value import Document, Value

DEPLOY_ROLE = "egov-deploy"
"""The role that applies stacks; it administers keys."""

_ADMINISTER = (
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
)
_USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
_READ = ("kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


def add_key(scope: TenancyScope) -> PlannedResource:
    """Plan the key that encrypts everything in the environment, and its alias; returns the key."""
    add = scope.add()
    key = add(
        "kms.Key",
        "key",
        opts=Options(protect=True),
        description=f"Data of {scope.stack.name}",
        enable_key_rotation=True,
        deletion_window_in_days=scope.estate.network.classes[scope.name].key_deletion_days,
        policy=_policy(scope),
        tags=scope.tags,
    )
    add("kms.Alias", "key-alias", name=f"alias/{scope.dashed}", target_key_id=key.output("key_id"))
    return key


def _policy(scope: TenancyScope) -> Document:
    """The account keeps the key; people use it through services only, and whoever administers it reads nothing.

    The platform reads the trail that its archive keeps, and nothing else.

    The deploy role makes backup vaults, for which AWS Backup needs its word on the key (AWS Backup developer guide,
    CreateBackupVault); any other use by it is denied.
    """
    account, region = scope.stack.account, scope.stack.region
    root: Value = {"AWS": account_root(account)}
    deployer: Value = {"aws:PrincipalArn": role_arn(account, DEPLOY_ROLE)}
    through = tuple(f"{service}.{region}.amazonaws.com" for service in ("backup", "s3", "sns"))
    return Document(
        {
            "Version": "2012-10-17",
            "Statement": (
                _statement("Account", root, ("kms:*",), None),
                _statement("Administrators", root, _ADMINISTER, {"ArnEquals": deployer}),
                {
                    **_statement("AdministratorsReadNothing", {"AWS": "*"}, _READ, None),
                    "Effect": "Deny",
                    "Condition": {
                        "ArnEquals": deployer,
                        "StringNotEqualsIfExists": {"kms:ViaService": through[0]},
                    },
                },
                _statement(
                    "Users",
                    root,
                    _USE,
                    {"StringEquals": {"kms:CallerAccount": account, "kms:ViaService": through}},
                ),
                *_services(account, region),
                _statement(
                    "ArchiveReaders",
                    {"AWS": account_root(scope.estate.accounts["platform"].account)},
                    ("kms:Decrypt",),
                    {
                        "StringEquals": {
                            "kms:EncryptionContext:aws:cloudtrail:arn": trail_arn(account, region)
                        }
                    },
                ),
            ),
        }
    )


def _services(account: str, region: str) -> tuple[dict[str, Value], ...]:
    """Services that write with the key, each for what is this account's only (confused deputy)."""
    groups = arn("logs", account, region, "log-group:*")
    trail = trail_arn(account, region)
    own: Value = {"aws:SourceAccount": account}
    return (
        _statement(
            "Logs",
            {"Service": f"logs.{region}.amazonaws.com"},
            _USE,
            {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}},
        ),
        _statement(
            "Trail",
            {"Service": "cloudtrail.amazonaws.com"},
            ("kms:DescribeKey", "kms:GenerateDataKey*"),
            {"StringEquals": {"aws:SourceArn": trail}},
        ),
        _statement(
            "Alarms",
            {"Service": "cloudwatch.amazonaws.com"},
            ("kms:Decrypt", "kms:GenerateDataKey*"),
            {"StringEquals": own},
        ),
    )


def _statement(sid: str, principal: Value, actions: tuple[str, ...], condition: Value) -> dict[str, Value]:
    statement: dict[str, Value] = {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": principal,
        "Action": actions,
        "Resource": "*",
    }
    return statement if condition is None else {**statement, "Condition": condition}
