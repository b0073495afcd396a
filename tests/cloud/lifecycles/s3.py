"""Amazon S3."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.cloud.lifecycle import ACCOUNT, TAGS, LifeCycle, World

BUCKET = "erb-records-110000000002"


def _policy(effect: str) -> str:
    statement = {
        "Sid": "TlsOnly",
        "Effect": effect,
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{BUCKET}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _with_bucket(**inputs: Any) -> Callable[[World], Mapping[str, Any]]:
    def make(world: World) -> Mapping[str, Any]:
        world.make("aws:s3/bucket:Bucket", bucket=BUCKET)
        return {"bucket": BUCKET, **inputs}

    return make


def _call(operation: str, **params: Any) -> Callable[[World, str, Mapping[str, Any]], object]:
    return lambda world, _identifier, _inputs: getattr(world.client("s3"), operation)(Bucket=BUCKET, **params)


def _encryption(algorithm: str) -> list[dict[str, Any]]:
    return [
        {"apply_server_side_encryption_by_default": {"sse_algorithm": algorithm}, "bucket_key_enabled": False}
    ]


def _expiry(days: int) -> list[dict[str, Any]]:
    return [
        {
            "id": "retention",
            "status": "Enabled",
            "filter": {"prefix": ""},
            "expiration": {"days": days},
            "noncurrent_version_expiration": {"noncurrent_days": 30},
            "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
        }
    ]


def _logged(world: World) -> Mapping[str, Any]:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "logging.s3.amazonaws.com"},
        "Action": "s3:PutObject",
        "Resource": "arn:aws:s3:::erb-logs/*",
    }
    world.make("aws:s3/bucket:Bucket", bucket="erb-logs")
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    world.make("aws:s3/bucketPolicy:BucketPolicy", bucket="erb-logs", policy=policy)
    world.make("aws:s3/bucket:Bucket", bucket=BUCKET)
    return {"bucket": BUCKET, "target_bucket": "erb-logs", "target_prefix": "erb/"}


def _lockable(world: World) -> Mapping[str, Any]:
    world.make("aws:s3/bucket:Bucket", bucket=BUCKET, object_lock_enabled=True)
    rule = {"default_retention": {"mode": "GOVERNANCE", "days": 10}}
    return {"bucket": BUCKET, "object_lock_enabled": "Enabled", "rule": rule}


BLOCKS = dict.fromkeys(
    ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
)
OPEN = dict.fromkeys(
    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False
)

LIFE_CYCLES = (
    LifeCycle(
        "aws:s3/bucket:Bucket",
        lambda _world: {"bucket": BUCKET, "force_destroy": False, "tags": TAGS},
        {"tags": {**TAGS, "owner": "other"}},
        _call("delete_bucket_tagging"),
        "tags",
    ),
    LifeCycle(
        "aws:s3/bucketVersioning:BucketVersioning",
        _with_bucket(versioning_configuration={"status": "Enabled"}),
        {"versioning_configuration": {"status": "Suspended"}},
        _call("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
        "versioning_configuration",
    ),
    LifeCycle(
        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
        _with_bucket(rules=_encryption("AES256")),
        {"rules": _encryption("aws:kms")},
        _call("delete_bucket_encryption"),
        "",
    ),
    LifeCycle(
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
        _with_bucket(**BLOCKS),
        {"block_public_acls": False},
        _call("put_public_access_block", PublicAccessBlockConfiguration=OPEN),
        "block_public_acls",
    ),
    LifeCycle(
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
        _with_bucket(rule={"object_ownership": "BucketOwnerEnforced"}),
        {"rule": {"object_ownership": "BucketOwnerPreferred"}},
        _call("delete_bucket_ownership_controls"),
        "",
    ),
    LifeCycle(
        "aws:s3/bucketPolicy:BucketPolicy",
        _with_bucket(policy=_policy("Deny")),
        {"policy": _policy("Allow")},
        _call("put_bucket_policy", Policy=_policy("Allow")),
        "policy",
    ),
    LifeCycle(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        _with_bucket(rules=_expiry(90)),
        {"rules": _expiry(30)},
        _call("delete_bucket_lifecycle"),
        "",
    ),
    LifeCycle(
        "aws:s3/bucketLogging:BucketLogging",
        _logged,
        {"target_prefix": "other/"},
        _call("put_bucket_logging", BucketLoggingStatus={}),
        "",
    ),
    LifeCycle(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        _lockable,
        {"rule": {"default_retention": {"mode": "GOVERNANCE", "days": 30}}},
        _call(
            "put_object_lock_configuration",
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        ),
        "rule",
    ),
    LifeCycle(
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        lambda _world: {"account_id": ACCOUNT, **BLOCKS},
        {"block_public_acls": False},
        lambda world, _identifier, _inputs: world.client("s3control").put_public_access_block(
            AccountId=ACCOUNT, PublicAccessBlockConfiguration=OPEN
        ),
        "block_public_acls",
    ),
    LifeCycle(
        "aws:s3/bucketObjectv2:BucketObjectv2",
        _with_bucket(key="a/b.txt", content="hello", content_type="text/plain", tags=TAGS),
        {"content": "other"},
        _call("put_object", Key="a/b.txt", Body=b"meddled", ContentType="text/plain"),
        "content",
    ),
)
