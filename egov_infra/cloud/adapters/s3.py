"""Amazon S3: a bucket, and the settings that are resources of their own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Inputs, Members, Step, Tags
from egov_infra.cloud.handle import Handle


def _empty(handle: Handle, identifier: str, inputs: Inputs) -> None:
    """Delete every version of every object, where the manifest allowed it."""
    if not inputs.get("force_destroy"):
        return
    listed = handle.call("list_object_versions", {"Bucket": identifier}, is_paged=True)
    for found in (*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())):
        handle.call(
            "delete_object",
            {"Bucket": identifier, "Key": found["Key"], "VersionId": found["VersionId"]},
        )


def _location(inputs: Inputs) -> dict[str, Any]:
    return {"location": None if inputs["region"] == "us-east-1" else inputs["region"]}


BUCKET = Adapter(
    type="aws:s3/bucket:Bucket",
    service="s3",
    properties="bucket object_lock_enabled tags",
    local="force_destroy",
    id="{bucket}",
    names={"object_lock_enabled": "ObjectLockEnabledForBucket"},
    create=Call("create_bucket", {"CreateBucketConfiguration": {"LocationConstraint": "{location}"}}),
    derive=_location,
    reads=(
        Call("head_bucket"),
        Call(
            "get_object_lock_configuration",
            at="{ObjectLockEnabledForBucket: ObjectLockConfiguration.ObjectLockEnabled == 'Enabled'}",
            absent=("ObjectLockConfigurationNotFoundError",),
        ),
    ),
    tags=Tags(
        "put_bucket_tagging", "", "get_bucket_tagging", {"Bucket": "{bucket}"}, absent=("NoSuchTagSet",)
    ),
    delete=Call("delete_bucket"),
    before_delete=_empty,
    outputs={
        "arn": "arn:aws:s3:::{bucket}",
        "bucket_domain_name": "{bucket}.s3.amazonaws.com",
        "bucket_regional_domain_name": "{bucket}.s3.{region}.amazonaws.com",
    },
    defaults={"object_lock_enabled": False},
)


def _setting(
    token: str,
    properties: str,
    operation: str,
    *,
    inside: str = "",
    at: str = "",
    delete: Call | None = None,
    **more: Any,
) -> Adapter:
    """A setting of a bucket: its id is the bucket's name."""
    put = Call(f"put_{operation}", inside=inside)
    return Adapter(
        type=token,
        service="s3",
        properties=f"bucket {properties}",
        id="{bucket}",
        create=put,
        reads=(Call(f"get_{operation}", at=at or inside),),
        steps=(Step(properties, put),),
        delete=delete or Call(f"delete_{operation}"),
        **more,
    )


VERSIONING = _setting(
    "aws:s3/bucketVersioning:BucketVersioning",
    "versioning_configuration",
    "bucket_versioning",
    at="{VersioningConfiguration: {Status: Status, MFADelete: MFADelete}}",
    delete=Call("put_bucket_versioning", {"VersioningConfiguration": {"Status": "Suspended"}}),
    gone="!Status",
    stays="versioning of a bucket can be suspended, never removed",
)
ENCRYPTION = _setting(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "rules",
    "bucket_encryption",
    inside="ServerSideEncryptionConfiguration",
    defaults={"rules.bucket_key_enabled": False},
)
PUBLIC_ACCESS_BLOCK = _setting(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "block_public_acls block_public_policy ignore_public_acls restrict_public_buckets",
    "public_access_block",
    inside="PublicAccessBlockConfiguration",
    local="skip_destroy",
    defaults=dict.fromkeys(
        ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"), False
    ),
)
OWNERSHIP = _setting(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "rule",
    "bucket_ownership_controls",
    inside="OwnershipControls",
    names={"rule": "Rules"},
)
POLICY = _setting(
    "aws:s3/bucketPolicy:BucketPolicy",
    "policy",
    "bucket_policy",
    members=(Members(BUCKET.type, id="{bucket}"),),
)
LIFECYCLE = _setting(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "rules",
    "bucket_lifecycle_configuration",
    inside="LifecycleConfiguration",
    at="{Rules: Rules}",
    delete=Call("delete_bucket_lifecycle"),
    sets="rules rules.transitions rules.noncurrent_version_transitions",
)
LOGGING = _setting(
    "aws:s3/bucketLogging:BucketLogging",
    "target_bucket target_prefix",
    "bucket_logging",
    inside="BucketLoggingStatus.LoggingEnabled",
    at="LoggingEnabled",
    delete=Call("put_bucket_logging", {"BucketLoggingStatus": {}}),
)
OBJECT_LOCK = _setting(
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "object_lock_enabled rule",
    "object_lock_configuration",
    replaces="object_lock_enabled",
    inside="ObjectLockConfiguration",
    delete=Call(
        "put_object_lock_configuration", {"ObjectLockConfiguration": {"ObjectLockEnabled": "Enabled"}}
    ),
    defaults={"object_lock_enabled": "Enabled"},
    gone="ObjectLockConfiguration.Rule == `null`",
)
REPLICATION = _setting(
    "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
    "role rules",
    "bucket_replication",
    inside="ReplicationConfiguration",
    unread={"rules.filter": "moto loses the prefix of a filter"},
)

NOTIFICATION = _setting(
    "aws:s3/bucketNotification:BucketNotification",
    "queues",
    "bucket_notification_configuration",
    inside="NotificationConfiguration",
    at="@",
    names={"queues": "QueueConfigurations"},
    delete=Call("put_bucket_notification_configuration", {"NotificationConfiguration": {}}),
    gone="!QueueConfigurations",
    sets="queues queues.events",
)


def _delete_versions(handle: Handle, _identifier: str, inputs: Inputs) -> None:
    """Versions of an object outlive its deletion, and would hold its bucket back; pulumi_aws deletes them too."""
    bucket, key = inputs["bucket"], inputs["key"]
    listed = handle.call("list_object_versions", {"Bucket": bucket, "Prefix": key}, is_paged=True)
    for found in (*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())):
        if found["Key"] == key:
            handle.call("delete_object", {"Bucket": bucket, "Key": key, "VersionId": found["VersionId"]})


def _text_body(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    body = answer.get("Body")
    if body is None or isinstance(body, str):
        return answer
    return {**answer, "Body": body.read().decode(errors="replace")}


_PUT = Call("put_object")
OBJECT = Adapter(
    type="aws:s3/bucketObjectv2:BucketObjectv2",
    service="s3",
    properties="bucket key content content_type cache_control server_side_encryption kms_key_id tags",
    local="force_destroy",
    id="{bucket}/{key}",
    names={"content": "Body", "tags": "Tagging", "kms_key_id": "SSEKMSKeyId"},
    create=_PUT,
    reads=(Call("get_object"),),
    steps=(Step("content content_type cache_control server_side_encryption kms_key_id tags", _PUT),),
    tags=Tags("", "", "get_object_tagging", {"Bucket": "{bucket}", "Key": "{key}"}),
    delete=None,
    before_delete=_delete_versions,
    decode=_text_body,
    outputs={"arn": "arn:aws:s3:::{bucket}/{key}"},
    defaults={"content_type": "binary/octet-stream"},
)

ACCOUNT_BLOCK = Adapter(
    type="aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    service="s3control",
    properties="account_id block_public_acls block_public_policy ignore_public_acls restrict_public_buckets",
    id="{account_id}",
    create=Call(
        "put_public_access_block", {"AccountId": "{account_id}"}, inside="PublicAccessBlockConfiguration"
    ),
    reads=(
        Call("get_public_access_block", {"AccountId": "{account_id}"}, at="PublicAccessBlockConfiguration"),
    ),
    steps=(
        Step(
            "block_public_acls block_public_policy ignore_public_acls restrict_public_buckets",
            Call(
                "put_public_access_block",
                {"AccountId": "{account_id}"},
                inside="PublicAccessBlockConfiguration",
            ),
        ),
    ),
    delete=Call("delete_public_access_block", {"AccountId": "{account_id}"}),
    defaults=PUBLIC_ACCESS_BLOCK.defaults,
)

ADAPTERS = (
    BUCKET,
    VERSIONING,
    ENCRYPTION,
    PUBLIC_ACCESS_BLOCK,
    OWNERSHIP,
    POLICY,
    LIFECYCLE,
    LOGGING,
    OBJECT_LOCK,
    REPLICATION,
    NOTIFICATION,
    OBJECT,
    ACCOUNT_BLOCK,
)
