"""The tenant's own key: who administers it, who uses it, and nobody both ways."""

from __future__ import annotations

from egov_infra.plan.access_policy import ANYONE, account, policy, service, statement
from egov_infra.plan.account.baseline import trail_arn
from egov_infra.plan.arn import role_arn
from egov_infra.plan.key import USE, add_symmetric_key, used_by_alarms, used_by_logs
from egov_infra.plan.resource import PlannedResource
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
_READ = ("kms:Decrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")


def add_key(scope: TenancyScope) -> PlannedResource:
    """Plan the key that encrypts everything in the environment, and its alias; returns the key."""
    add = scope.add()
    days = scope.estate.network.classes[scope.name].key_deletion_days
    key = add_symmetric_key(add, "key", f"Data of {scope.stack.name}", days, _policy(scope), scope.tags)
    add("kms.Alias", "key-alias", name=f"alias/{scope.dashed}", target_key_id=key.output("key_id"))
    return key


def _policy(scope: TenancyScope) -> Document:
    """The account keeps the key; people use it through services only, and whoever administers it reads nothing.

    The platform reads the trail that its archive keeps, and nothing else.

    The deploy role makes backup vaults, for which AWS Backup needs its word on the key (AWS Backup developer guide,
    CreateBackupVault); any other use by it is denied. Where applications run, it makes what they keep likewise.
    """
    number, region = scope.stack.account, scope.stack.region
    platform = scope.estate.accounts["platform"].account
    own = account(number)
    deployer: Value = {"aws:PrincipalArn": role_arn(number, DEPLOY_ROLE)}
    through = _services(region, "backup", "s3", "sns", *scope.needs.key_users)
    making = _services(region, "backup", *scope.needs.key_makers)
    reading: dict[str, Value] = {
        "ArnEquals": deployer,
        "StringNotEqualsIfExists": {"kms:ViaService": making if len(making) > 1 else making[0]},
    }
    using: dict[str, Value] = {"StringEquals": {"kms:CallerAccount": number, "kms:ViaService": through}}
    trail = trail_arn(number, region)
    writing: dict[str, Value] = {"StringEquals": {"aws:SourceArn": trail}}
    archived: dict[str, Value] = {"StringEquals": {"kms:EncryptionContext:aws:cloudtrail:arn": trail}}
    return policy(
        statement(own, ("kms:*",), sid="Account"),
        statement(own, _ADMINISTER, condition={"ArnEquals": deployer}, sid="Administrators"),
        statement(ANYONE, _READ, condition=reading, sid="AdministratorsReadNothing", effect="Deny"),
        statement(own, USE, condition=using, sid="Users"),
        used_by_logs(number, region),
        statement(
            service("cloudtrail"), ("kms:DescribeKey", "kms:GenerateDataKey*"), condition=writing, sid="Trail"
        ),
        used_by_alarms(number),
        statement(account(platform), ("kms:Decrypt",), condition=archived, sid="ArchiveReaders"),
        *((_granting(own, making),) if scope.needs.key_makers else ()),
    )


def _services(region: str, *names: str) -> tuple[str, ...]:
    return tuple(f"{name}.{region}.amazonaws.com" for name in names)


def _granting(own: dict[str, Value], through: tuple[str, ...]) -> dict[str, Value]:
    """Databases and tables use the key by grants, which only these services may make for themselves."""
    condition: dict[str, Value] = {
        "Bool": {"kms:GrantIsForAWSResource": True},
        "StringEquals": {"kms:ViaService": through},
    }
    return statement(own, "kms:CreateGrant", condition=condition, sid="Grants")
