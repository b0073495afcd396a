"""Records of an e-office: what comes in is scanned first; what is filed nobody can delete before its time."""

from __future__ import annotations

from egov_infra.plan.alarms import Alarm, add_alarm
from egov_infra.plan.arn import bucket_arn
from egov_infra.plan.bucket_set import BucketSet, add_bucket_set, bucket_may_tell
from egov_infra.plan.names import logical
from egov_infra.plan.office.place import log_bucket
from egov_infra.plan.office.scope import OfficeScope
from egov_infra.plan.queue_set import QueueSet, add_queue_set, queue_arn
from egov_infra.plan.resource import Options, PlannedResource

INCOMING = "incoming"
INCOMING_DAYS = 30
"""How long a document waits that was never filed, or found infected."""
SCAN = "scan"
SCAN_SECONDS = 300
"""How long the scanner has for one document."""
SCAN_TRIES = 3
MAX_LOCK_DAYS = 36_500
"""Longest lock that S3 takes (S3 user guide, Object Lock)."""
_GIB = 1024**3
_DAY_SECONDS = 86_400


def locked_days(years: int) -> int:
    """Days of a lock that holds for so many years, however many of them are leap years."""
    return min(years * 366, MAX_LOCK_DAYS)


def record_buckets(scope: OfficeScope) -> dict[str, str]:
    """Series of files to the bucket that keeps it."""
    return {series.name: scope.bucket(f"records-{series.name}") for series in scope.office.all_series}


def add_records(scope: OfficeScope) -> None:
    """Plan a locked bucket for each series of files; people are told when there is more in it than officers are granted."""
    granted_gib = scope.office.users * scope.estate.e_office.storage_gib_per_user
    for number, series in enumerate(scope.office.all_series):
        add = scope.add("series", number - 1) if number else scope.add("records_retention_years")
        role = f"records-{series.name}"
        bucket = add_bucket_set(
            add,
            BucketSet(
                role,
                scope.bucket(role),
                scope.tags,
                key_arn=scope.key.arn,
                locked_days=locked_days(series.retention_years),
                log_bucket=log_bucket(scope.estate),
                log_prefix=f"{scope.slug}/{role}",
            ),
        )
        full = Alarm(
            name=f"{scope.name}-{role}-full",
            description=f"More than {granted_gib} GiB, which {scope.office.users} officers are granted",
            namespace="AWS/S3",
            metric="BucketSizeBytes",
            threshold=granted_gib * _GIB,
            dimensions={"BucketName": bucket.id, "StorageType": "StandardStorage"},
            period_seconds=_DAY_SECONDS,
        )
        add_alarm(scope.add("users"), f"{role}-full-alarm", full, scope.alarms, scope.tags)


def add_incoming(scope: OfficeScope) -> PlannedResource:
    """Plan the bucket of what comes in, and the queue that tells the scanner of each document; returns the queue."""
    add, name = scope.add(), scope.bucket(INCOMING)
    bucket = add_bucket_set(
        add,
        BucketSet(
            INCOMING,
            name,
            scope.tags,
            key_arn=scope.key.arn,
            expire_days=INCOMING_DAYS,
            log_bucket=log_bucket(scope.estate),
            log_prefix=f"{scope.slug}/{INCOMING}",
        ),
    )
    queue = add_queue_set(
        add,
        QueueSet(
            prefix=scope.name,
            role=SCAN,
            key=scope.key.arn,
            tries=SCAN_TRIES,
            retry_seconds=SCAN_SECONDS,
            alarms=scope.alarms,
            tags=scope.tags,
            statements=(bucket_may_tell(name, scope.stack.account, scan_arn(scope)),),
        ),
    )
    add(
        "s3.BucketNotification",
        f"{INCOMING}-notification",
        opts=Options(depends_on=(logical(scope.stack.name, f"{SCAN}-queue-policy"),)),
        bucket=bucket.id,
        queues=({"id": SCAN, "queue_arn": queue.arn, "events": ("s3:ObjectCreated:*",)},),
    )
    return queue


def scan_arn(scope: OfficeScope) -> str:
    """The queue of documents to be scanned."""
    return queue_arn(scope.stack.account, scope.stack.region, scope.name, SCAN)


def incoming_arn(scope: OfficeScope) -> str:
    """The bucket of what comes in."""
    return bucket_arn(scope.bucket(INCOMING))
