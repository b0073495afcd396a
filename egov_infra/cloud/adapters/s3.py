"""Amazon S3: a bucket, and the settings that are resources of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from egov_infra.cloud.adapter import Adapter, Facet, Inputs, Property
from egov_infra.cloud.codec import DOCUMENT, NESTED, PLAIN, TAGS, Codec

_GONE = frozenset(("NoSuchBucket", "404", "NoSuchKey"))
_BUCKET = {"Bucket": "bucket"}


def _exists(client: Any, identifier: str, _inputs: Inputs) -> bool:
    try:
        client.head_bucket(Bucket=identifier)
    except client.exceptions.ClientError as error:
        if error.response["Error"]["Code"] in _GONE:
            return False
        raise
    return True


def _location(_inputs: Inputs, _account: str, region: str) -> dict[str, Any]:
    return {} if region == "us-east-1" else {"CreateBucketConfiguration": {"LocationConstraint": region}}


BUCKET = Adapter(
    type="aws:s3/bucket:Bucket",
    service="s3",
    create="create_bucket",
    create_params=_location,
    id=lambda _answer, inputs: str(inputs["bucket"]),
    scope={"Bucket": "id"},
    exists=_exists,
    delete="delete_bucket",
    missing=_GONE,
    adopt=frozenset(("BucketAlreadyOwnedByYou",)),
    facets=(
        Facet(
            (
                Property("bucket", "Bucket", answer=""),
                Property("object_lock_enabled", "ObjectLockEnabledForBucket", answer="-"),
            ),
            on_create=True,
            get="list_objects_v2",
            scope={"Bucket": "id"},
        ),
        Facet(
            (Property("tags", "Tagging.TagSet", answer="TagSet", codec=TAGS),),
            put="put_bucket_tagging",
            get="get_bucket_tagging",
            unset="delete_bucket_tagging",
            scope={"Bucket": "id"},
            missing=frozenset(("NoSuchTagSet",)),
        ),
    ),
    outputs={
        "arn": lambda identifier, _inputs, _answer: f"arn:aws:s3:::{identifier}",
        "bucket": lambda identifier, _inputs, _answer: identifier,
        "bucket_regional_domain_name": lambda identifier, inputs, _answer: (
            f"{identifier}.s3.{inputs['region']}.amazonaws.com"
        ),
        "bucket_domain_name": lambda identifier, _inputs, _answer: f"{identifier}.s3.amazonaws.com",
    },
    replaces=frozenset(("bucket", "object_lock_enabled")),
    ignored=frozenset(("force_destroy",)),
    unread={
        "force_destroy": "an option of Pulumi, not of the bucket",
        "object_lock_enabled": "read with the object lock configuration",
    },
    delete_first=True,
)


def _setting(
    token: str,
    put: str,
    get: str,
    delete: str | None,
    *properties: Property,
    missing: tuple[str, ...] = (),
    stays: str = "",
    before_delete: Callable[[Any, str, Inputs], None] | None = None,
    exists: Callable[[Any, str, Inputs], bool] | None = None,
) -> Adapter:
    """A setting of a bucket: its id is the bucket's name."""
    scope = {"Bucket": "bucket"}
    return Adapter(
        type=token,
        service="s3",
        create=put,
        fixed=scope,
        scope=scope,
        id=lambda _answer, inputs: str(inputs["bucket"]),
        delete=delete,
        missing=_GONE | frozenset(missing),
        facets=(
            Facet(properties, put=put, get=get, scope=scope, on_create=True, missing=frozenset(missing)),
        ),
        outputs={"bucket": lambda identifier, _inputs, _answer: identifier},
        replaces=frozenset(("bucket",)),
        stays=stays,
        before_delete=before_delete,
        exists=exists,
    )


_BLOCKS = ("block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets")
_ACCESS = "PublicAccessBlockConfiguration"
_RULE = Codec(
    lambda rule: [{"ObjectOwnership": rule["object_ownership"]}],
    lambda rules: {"object_ownership": rules[0]["ObjectOwnership"]},
)

VERSIONING = _setting(
    "aws:s3/bucketVersioning:BucketVersioning",
    "put_bucket_versioning",
    "get_bucket_versioning",
    None,
    Property(
        "versioning_configuration",
        "VersioningConfiguration",
        "Status",
        Codec(NESTED.encode, lambda status: {"status": status}),
    ),
    stays="versioning of a bucket can be suspended, never removed",
    before_delete=lambda client, identifier, _inputs: client.put_bucket_versioning(
        Bucket=identifier, VersioningConfiguration={"Status": "Suspended"}
    ),
)
ENCRYPTION = _setting(
    "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration",
    "put_bucket_encryption",
    "get_bucket_encryption",
    "delete_bucket_encryption",
    Property("rules", "ServerSideEncryptionConfiguration.Rules", codec=NESTED),
    missing=("ServerSideEncryptionConfigurationNotFoundError",),
)
PUBLIC_ACCESS_BLOCK = _setting(
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
    "put_public_access_block",
    "get_public_access_block",
    "delete_public_access_block",
    *(
        Property(name, f"{_ACCESS}.{''.join(map(str.capitalize, name.split('_')))}", codec=PLAIN)
        for name in _BLOCKS
    ),
    missing=("NoSuchPublicAccessBlockConfiguration",),
)
OWNERSHIP = _setting(
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls",
    "put_bucket_ownership_controls",
    "get_bucket_ownership_controls",
    "delete_bucket_ownership_controls",
    Property("rule", "OwnershipControls.Rules", codec=_RULE),
    missing=("OwnershipControlsNotFoundError",),
)
POLICY = _setting(
    "aws:s3/bucketPolicy:BucketPolicy",
    "put_bucket_policy",
    "get_bucket_policy",
    "delete_bucket_policy",
    Property("policy", "Policy", codec=DOCUMENT),
    missing=("NoSuchBucketPolicy",),
)

LIFECYCLE = _setting(
    "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
    "put_bucket_lifecycle_configuration",
    "get_bucket_lifecycle_configuration",
    "delete_bucket_lifecycle",
    Property("rules", "LifecycleConfiguration.Rules", "Rules", NESTED),
    missing=("NoSuchLifecycleConfiguration",),
)


def _unlog(client: Any, identifier: str, _inputs: Inputs) -> None:
    client.put_bucket_logging(Bucket=identifier, BucketLoggingStatus={})


_LOGGING = "LoggingEnabled"
LOGGING = _setting(
    "aws:s3/bucketLogging:BucketLogging",
    "put_bucket_logging",
    "get_bucket_logging",
    None,
    Property("target_bucket", f"BucketLoggingStatus.{_LOGGING}.TargetBucket", f"{_LOGGING}.TargetBucket"),
    Property("target_prefix", f"BucketLoggingStatus.{_LOGGING}.TargetPrefix", f"{_LOGGING}.TargetPrefix"),
    before_delete=_unlog,
    exists=lambda client, identifier, _inputs: (
        _exists(client, identifier, _inputs) and _LOGGING in client.get_bucket_logging(Bucket=identifier)
    ),
)
_RETENTION = Codec(
    lambda rule: {
        "DefaultRetention": {
            "Mode": rule["default_retention"]["mode"],
            "Days": rule["default_retention"]["days"],
        }
    },
    lambda rule: {
        "default_retention": {
            "mode": rule["DefaultRetention"]["Mode"],
            "days": rule["DefaultRetention"]["Days"],
        }
    },
)
OBJECT_LOCK = _setting(
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration",
    "put_object_lock_configuration",
    "get_object_lock_configuration",
    None,
    Property("object_lock_enabled", "ObjectLockConfiguration.ObjectLockEnabled"),
    Property("rule", "ObjectLockConfiguration.Rule", codec=_RETENTION),
    missing=("ObjectLockConfigurationNotFoundError",),
    stays="object lock of a bucket can never be removed",
)
_ACCOUNT = {"AccountId": "account_id"}
ACCOUNT_BLOCK = Adapter(
    type="aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    service="s3control",
    create="put_public_access_block",
    fixed=_ACCOUNT,
    scope=_ACCOUNT,
    id=lambda _answer, inputs: str(inputs["account_id"]),
    delete="delete_public_access_block",
    missing=frozenset(("NoSuchPublicAccessBlockConfiguration",)),
    facets=(
        Facet(
            tuple(
                Property(name, f"{_ACCESS}.{''.join(map(str.capitalize, name.split('_')))}")
                for name in _BLOCKS
            ),
            put="put_public_access_block",
            get="get_public_access_block",
            scope=_ACCOUNT,
            on_create=True,
        ),
    ),
    outputs={"account_id": lambda identifier, _inputs, _answer: identifier},
    replaces=frozenset(("account_id",)),
)


def _delete_versions(client: Any, _identifier: str, inputs: Inputs) -> None:
    """Versions of an object outlive its deletion, and would hold its bucket back; pulumi_aws deletes them too."""
    listed = client.list_object_versions(Bucket=inputs["bucket"], Prefix=inputs["key"])
    for version in (*listed.get("Versions", ()), *listed.get("DeleteMarkers", ())):
        if version["Key"] == inputs["key"]:
            client.delete_object(Bucket=inputs["bucket"], Key=inputs["key"], VersionId=version["VersionId"])


_OBJECT = {"Bucket": "bucket", "Key": "key"}
OBJECT = Adapter(
    type="aws:s3/bucketObjectv2:BucketObjectv2",
    service="s3",
    create="put_object",
    fixed=_OBJECT,
    scope=_OBJECT,
    id=lambda _answer, inputs: f"{inputs['bucket']}/{inputs['key']}",
    before_delete=_delete_versions,
    missing=_GONE,
    facets=(
        Facet(
            (
                Property("content", "Body", codec=Codec(str.encode, lambda body: body.read().decode())),
                Property("content_type", "ContentType"),
                Property(
                    "tags",
                    "Tagging",
                    answer="-",
                    codec=Codec(lambda tags: urlencode(sorted(tags.items())), PLAIN.decode),
                ),
            ),
            put="put_object",
            get="get_object",
            scope=_OBJECT,
            on_create=True,
        ),
        Facet((Property("tags", "-", answer="TagSet", codec=TAGS),), get="get_object_tagging", scope=_OBJECT),
    ),
    replaces=frozenset(("bucket", "key")),
    outputs={
        "key": lambda identifier, _inputs, _answer: identifier.partition("/")[2],
        "bucket": lambda identifier, _inputs, _answer: identifier.partition("/")[0],
    },
)

ADAPTERS = (
    BUCKET,
    VERSIONING,
    ENCRYPTION,
    PUBLIC_ACCESS_BLOCK,
    OWNERSHIP,
    POLICY,
    OBJECT,
    LIFECYCLE,
    LOGGING,
    OBJECT_LOCK,
    ACCOUNT_BLOCK,
)
