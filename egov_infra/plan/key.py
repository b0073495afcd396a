"""Customer keys of AWS KMS: the key itself, and statements that many key policies share."""

from __future__ import annotations

from egov_infra.plan.access_policy import account, service, statement
from egov_infra.plan.arn import arn
from egov_infra.plan.builder import Adder
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Document, Value

USE = ("kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*")
"""Encrypt and decrypt with a key (KMS developer guide, key users)."""


def add_symmetric_key(
    add: Adder, role: str, description: str, deletion_days: int, policy: Document, tags: dict[str, str]
) -> PlannedResource:
    """Plan a key that rotates every year, is protected, and waits so many days before it is gone."""
    return add(
        "kms.Key",
        role,
        opts=Options(protect=True),
        description=description,
        enable_key_rotation=True,
        deletion_window_in_days=deletion_days,
        policy=policy,
        tags=tags,
    )


def kept_by(number: str) -> dict[str, Value]:
    """The account keeps the key: without this nobody could rescue it (KMS developer guide, default key policy)."""
    return statement(account(number), "kms:*", sid="Account")


def used_by_logs(number: str, region: str) -> dict[str, Value]:
    """CloudWatch Logs may use the key for this account's log groups."""
    groups = arn("logs", number, region, "log-group:*")
    own: dict[str, Value] = {"ArnLike": {"kms:EncryptionContext:aws:logs:arn": groups}}
    return statement(service(f"logs.{region}"), USE, condition=own, sid="Logs")


def used_by(name: str, number: str, sid: str) -> dict[str, Value]:
    """A service such as `s3` may use the key for what it does for this account."""
    own: dict[str, Value] = {"StringEquals": {"aws:SourceAccount": number}}
    return statement(service(name), ("kms:Decrypt", "kms:GenerateDataKey*"), condition=own, sid=sid)


def used_by_alarms(number: str) -> dict[str, Value]:
    """This account's alarms may reach topics that the key encrypts."""
    return used_by("cloudwatch", number, "Alarms")
