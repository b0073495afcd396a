"""What holds data: logs and buckets."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.model.tenancy import Bucket
from egov_infra.plan import names
from egov_infra.plan.bucket_set import BucketSet, add_bucket_set, balancer_delivery, log_delivery
from egov_infra.plan.log_retention import LOG_DAYS
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.tenancy.scope import TenancyScope
from egov_infra.plan.value import Value

ACCESS_LOG_DAYS = 400


def add_data(scope: TenancyScope, key: PlannedResource) -> None:
    """Log group, and the declared buckets with a log bucket."""
    add_log_group(scope, key, "logs", f"/egov/{scope.institution.slug}/{scope.name}")
    log_bucket = add_bucket_set(
        scope.add("buckets"),
        BucketSet(
            "access-logs",
            access_log_bucket(scope.stack.account, scope.institution.slug, scope.name),
            scope.tags,
            expire_days=ACCESS_LOG_DAYS,
            statements=tuple(_log_delivery(scope)),
            is_emptied=scope.institution.institution.state == "closed",
        ),
    )
    for index, bucket in enumerate(scope.tenancy.buckets):
        _add_bucket(scope, index, bucket, key, log_bucket)


def bucket_name(scope: TenancyScope, role: str) -> str:
    """The name of one of the environment's buckets."""
    return names.bucket(scope.stack.account, scope.institution.slug, scope.name, role)


def add_log_group(scope: TenancyScope, key: PlannedResource, role: str, name: str) -> PlannedResource:
    """Plan a log group that keeps its events as long as the classification asks, with the tenant's key."""
    return scope.add()(
        "cloudwatch.LogGroup",
        role,
        name=name,
        retention_in_days=LOG_DAYS[scope.institution.institution.classification],
        kms_key_id=key.arn,
        tags=scope.tags,
    )


def access_log_bucket(account: str, slug: str, environment: str) -> str:
    """The name of the bucket that takes the access logs of an environment."""
    return names.bucket(account, slug, environment, "access-logs")


def _log_delivery(scope: TenancyScope) -> Iterator[dict[str, Value]]:
    """S3 may deliver access logs of this account's buckets, and load balancers theirs where applications run."""
    name, account = (
        access_log_bucket(scope.stack.account, scope.institution.slug, scope.name),
        scope.stack.account,
    )
    yield log_delivery(name, account)
    if scope.needs.actions:
        yield balancer_delivery(name, account)


def _add_bucket(
    scope: TenancyScope, index: int, bucket: Bucket, key: PlannedResource, log_bucket: PlannedResource
) -> None:
    role = f"data-{bucket.name}"
    wanted = BucketSet(
        role,
        bucket_name(scope, bucket.name),
        scope.tags,
        key_arn=key.arn,
        locked_days=bucket.retention_days if bucket.locked else None,
        expire_days=bucket.retention_days,
        log_bucket=log_bucket,
    )
    add_bucket_set(scope.add("buckets", index), wanted)
