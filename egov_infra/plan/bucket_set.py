"""A bucket with everything that belongs to it: one function, so that no bucket misses a setting."""

from __future__ import annotations

from egov_infra.plan.access_policy import ANYONE, WITHOUT_TLS, policy, service, statement
from egov_infra.plan.arn import bucket_arn
from egov_infra.plan.builder import Adder
from egov_infra.plan.resource import NO_OPTIONS, Options, PlannedResource
from egov_infra.plan.value import Document, Value
from egov_infra.source.frozen import frozen

OLD_VERSION_DAYS = 30


@frozen
class BucketSet:
    """What to plan. `key_arn` None encrypts with S3's own key, as public sites and log targets need."""

    role: str
    name: str
    tags: dict[str, str]
    key_arn: Value = None
    locked_days: int | None = None
    """Days for which nobody can delete an object (S3 Object Lock, governance mode)."""
    expire_days: int | None = None
    """Days after which objects go; None keeps them."""
    log_bucket: PlannedResource | str | None = None
    """Bucket that takes the access logs, or the name of one of another stack; its policy must let S3 deliver them."""
    log_prefix: str | None = None
    """Begins the names of its access logs, where its role alone tells it from no other bucket."""
    statements: tuple[dict[str, Value], ...] = ()
    """Further statements of the bucket's policy."""
    is_emptied: bool = False
    """Whether what it holds goes with it: never for data."""
    has_policy: bool = True
    """False where the policy is added later, since it names what reads the bucket."""


def add_bucket_set(add: Adder, wanted: BucketSet) -> PlannedResource:
    """Plan a bucket, versioned, encrypted, closed to the public and to requests without TLS; returns the bucket."""
    role = wanted.role
    bucket = add(
        "s3.Bucket",
        f"{role}-bucket",
        opts=Options(protect=True),
        bucket=wanted.name,
        force_destroy=wanted.is_emptied,
        object_lock_enabled=True if wanted.locked_days else None,
        tags=wanted.tags,
    )
    versioning = add(
        "s3.BucketVersioning",
        f"{role}-versioning",
        bucket=bucket.id,
        versioning_configuration={"status": "Enabled"},
    )
    add(
        "s3.BucketServerSideEncryptionConfiguration",
        f"{role}-encryption",
        bucket=bucket.id,
        rules=(_encryption(wanted.key_arn),),
    )
    add(
        "s3.BucketPublicAccessBlock",
        f"{role}-public-access-block",
        bucket=bucket.id,
        block_public_acls=True,
        block_public_policy=True,
        ignore_public_acls=True,
        restrict_public_buckets=True,
    )
    add(
        "s3.BucketOwnershipControls",
        f"{role}-ownership",
        bucket=bucket.id,
        rule={"object_ownership": "BucketOwnerEnforced"},
    )
    if wanted.locked_days:
        rule: Value = {"default_retention": {"mode": "GOVERNANCE", "days": wanted.locked_days}}
        add(
            "s3.BucketObjectLockConfiguration",
            f"{role}-lock",
            opts=Options(depends_on=(versioning.name,)),  # S3 changes no lock of a bucket without versions
            bucket=bucket.id,
            object_lock_enabled="Enabled",
            rule=rule,
        )
    if wanted.expire_days:
        add(
            "s3.BucketLifecycleConfiguration",
            f"{role}-lifecycle",
            bucket=bucket.id,
            rules=(_expiry(wanted.expire_days),),
        )
    if wanted.log_bucket is not None:
        add(
            "s3.BucketLogging",
            f"{role}-logging",
            opts=_after_policy(wanted.log_bucket),
            bucket=bucket.id,
            target_bucket=wanted.log_bucket if isinstance(wanted.log_bucket, str) else wanted.log_bucket.id,
            target_prefix=f"{wanted.log_prefix or role}/",
        )
    if wanted.has_policy:
        add(
            "s3.BucketPolicy",
            f"{role}-policy",
            bucket=bucket.id,
            policy=bucket_policy(wanted.name, *wanted.statements),
        )
    return bucket


def log_delivery(
    name: str, account: str, deliverer: str = "logging.s3", sid: str = "AccessLogs"
) -> dict[str, Value]:
    """A service may deliver access logs of an account to the bucket of this name: S3, or a load balancer's."""
    own: dict[str, Value] = {"StringEquals": {"aws:SourceAccount": account}}
    return statement(service(deliverer), "s3:PutObject", f"{bucket_arn(name)}/*", own, sid=sid)


def bucket_may_tell(bucket: str, account: str, queue: str) -> dict[str, Value]:
    """A bucket of this account may send what happens in it to a queue (S3 user guide, event notifications)."""
    own: dict[str, Value] = {
        "StringEquals": {"aws:SourceAccount": account},
        "ArnEquals": {"aws:SourceArn": bucket_arn(bucket)},
    }
    return statement(service("s3"), "sqs:SendMessage", queue, own, sid="Bucket")


def balancer_delivery(name: str, account: str) -> dict[str, Value]:
    """Load balancers of an account may deliver access logs to the bucket of this name."""
    return log_delivery(name, account, "logdelivery.elasticloadbalancing", "BalancerLogs")


def policy_of(bucket: PlannedResource) -> str:
    """The logical name of a planned bucket's policy."""
    return f"{bucket.name.removesuffix('-bucket')}-policy"


def _after_policy(log_bucket: PlannedResource | str) -> Options:
    """What S3 is to deliver there its policy must let in first."""
    if isinstance(log_bucket, str):
        return NO_OPTIONS
    return Options(depends_on=(policy_of(log_bucket),))


def _encryption(key_arn: Value) -> dict[str, Value]:
    if key_arn is None:
        return {
            "apply_server_side_encryption_by_default": {"sse_algorithm": "AES256"},
            "bucket_key_enabled": False,
        }
    algorithm = {"sse_algorithm": "aws:kms", "kms_master_key_id": key_arn}
    return {"apply_server_side_encryption_by_default": algorithm, "bucket_key_enabled": True}


def _expiry(days: int) -> dict[str, Value]:
    """Objects go after their time; replaced versions and broken uploads sooner."""
    return {
        "id": "retention",
        "status": "Enabled",
        "filter": {"prefix": ""},
        "expiration": {"days": days},
        "noncurrent_version_expiration": {"noncurrent_days": max(days, OLD_VERSION_DAYS)},
        "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
    }


def bucket_policy(name: str, *statements: dict[str, Value]) -> Document:
    """A bucket's policy: nothing without TLS (CIS AWS 2.1.1), and what else is said."""
    target = bucket_arn(name)
    everything = (target, f"{target}/*")
    tls_only = statement(ANYONE, "s3:*", everything, WITHOUT_TLS, sid="TlsOnly", effect="Deny")
    return policy(tls_only, *statements)
