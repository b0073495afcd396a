"""Amazon S3."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from tests.cloud.lifecycle import TAGS, LifeCycle, World, call

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


EXPIRE = {
    "id": "expire",
    "status": "Enabled",
    "filter": {"prefix": "tmp/"},
    "expiration": {"days": 30},
    "abort_incomplete_multipart_upload": {"days_after_initiation": 7},
}
ARCHIVE = {
    "id": "archive",
    "status": "Enabled",
    "filter": {"prefix": ""},
    "noncurrent_version_expiration": {"noncurrent_days": 90},
    "transitions": ({"days": 60, "storage_class": "STANDARD_IA"},),
}


def _with_log_bucket(world: World) -> Mapping[str, Any]:
    world.make("aws:s3/bucket:Bucket", bucket=BUCKET)
    world.make("aws:s3/bucket:Bucket", bucket="logs-1")
    statement = {"Effect": "Allow", "Principal": {"Service": "logging.s3.amazonaws.com"}}
    statement |= {"Action": "s3:PutObject"}
    for bucket in ("logs-1", BUCKET):
        text = json.dumps(
            {"Version": "2012-10-17", "Statement": [{**statement, "Resource": f"arn:aws:s3:::{bucket}/*"}]}
        )
        world.make("aws:s3/bucketPolicy:BucketPolicy", bucket=bucket, policy=text)
    return {"bucket": BUCKET, "target_bucket": "logs-1", "target_prefix": f"{BUCKET}/"}


def _with_locked_bucket(world: World) -> Mapping[str, Any]:
    world.make("aws:s3/bucket:Bucket", bucket=BUCKET, object_lock_enabled=True)
    retention = {"mode": "GOVERNANCE", "days": 30}
    return {"bucket": BUCKET, "object_lock_enabled": "Enabled", "rule": {"default_retention": retention}}


def _with_replica(world: World) -> Mapping[str, Any]:
    for bucket in (BUCKET, "replica"):
        world.make("aws:s3/bucket:Bucket", bucket=bucket)
        versioning = {"status": "Enabled"}
        world.make(
            "aws:s3/bucketVersioning:BucketVersioning", bucket=bucket, versioning_configuration=versioning
        )
    return {"bucket": BUCKET, "role": "arn:aws:iam::110000000002:role/r", "rules": (_replication("all"),)}


def _replication(name: str) -> Mapping[str, Any]:
    return {
        "id": name,
        "status": "Enabled",
        "priority": 1,
        "destination": {"bucket": "arn:aws:s3:::replica"},
    }


BLOCKS = dict.fromkeys(
    ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), True
)
OPEN = dict.fromkeys(
    ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets"), False
)

LIFE_CYCLES = (
    LifeCycle(
        "aws:s3/bucket:Bucket",
        lambda _world: {"bucket": BUCKET, "object_lock_enabled": True, "force_destroy": False, "tags": TAGS},
        {"tags": {"owner": "other"}},
        _call("delete_bucket_tagging"),
        "tags",
    ),
    LifeCycle(
        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
        _with_bucket(rules=(EXPIRE, ARCHIVE)),
        {"rules": ({**ARCHIVE, "status": "Disabled"},)},
        _call("delete_bucket_lifecycle"),
        "",
    ),
    LifeCycle(
        "aws:s3/bucketLogging:BucketLogging",
        _with_log_bucket,
        {"target_prefix": "other/", "target_bucket": BUCKET},
        _call("put_bucket_logging", BucketLoggingStatus={}),
        "",
    ),
    LifeCycle(
        "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
        _with_locked_bucket,
        {"rule": {"default_retention": {"mode": "COMPLIANCE", "years": 1}}},
        _call(
            "put_object_lock_configuration",
            ObjectLockConfiguration={
                "ObjectLockEnabled": "Enabled",
                "Rule": {"DefaultRetention": {"Mode": "GOVERNANCE", "Days": 1}},
            },
        ),
        "rule.default_retention.days",
    ),
    LifeCycle(
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        _with_replica,
        {"role": "arn:aws:iam::110000000002:role/other", "rules": (_replication("other"),)},
        _call("delete_bucket_replication"),
        "",
    ),
    LifeCycle(
        "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
        lambda world: {"account_id": world.account, **BLOCKS},
        dict.fromkeys(BLOCKS, False),
        call("s3control", "put_public_access_block", AccountId="{id}", PublicAccessBlockConfiguration=OPEN),
        "block_public_acls",
    ),
    LifeCycle(
        "aws:s3/bucketVersioning:BucketVersioning",
        _with_bucket(versioning_configuration={"status": "Enabled"}),
        {"versioning_configuration": {"status": "Suspended"}},
        _call("put_bucket_versioning", VersioningConfiguration={"Status": "Suspended"}),
        "versioning_configuration.status",
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
        dict.fromkeys(BLOCKS, False),
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
        "aws:s3/bucketObjectv2:BucketObjectv2",
        _with_bucket(
            key="a/b.txt",
            content="hello",
            content_type="text/plain",
            cache_control="no-store",
            server_side_encryption="AES256",
            tags=TAGS,
        ),
        {
            "content": "other",
            "content_type": "text/html",
            "cache_control": "no-cache",
            "server_side_encryption": "aws:kms",
            "kms_key_id": "arn:aws:kms:af-south-1:110000000002:key/k",
            "tags": {"owner": "other"},
        },
        _call("put_object", Key="a/b.txt", Body=b"meddled", ContentType="text/plain"),
        "content",
    ),
)
