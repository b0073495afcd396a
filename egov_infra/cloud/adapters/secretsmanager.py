"""AWS Secrets Manager. The value of a secret is written and never read."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Members, Step, Tags

_ARN = {"SecretId": "{arn}"}
SECRET = Adapter(
    type="aws:secretsmanager/secret:Secret",
    service="secretsmanager",
    properties="name description kms_key_id tags",
    local="recovery_window_in_days force_overwrite_replica_secret",
    id="{arn}",
    create=Call("create_secret"),
    reads=(Call("describe_secret", _ARN),),
    steps=(Step("description kms_key_id", Call("update_secret", _ARN)),),
    tags=Tags(read="", params=_ARN),
    delete=Call("delete_secret", {**_ARN, "RecoveryWindowInDays": "{recovery_window_in_days}"}),
    outputs={"arn": "ARN"},
    gone="DeletedDate != `null`",
    is_single=True,
    listing=Call("list_secrets", at="SecretList[].ARN", is_paged=True),
)

VERSION = Adapter(
    type="aws:secretsmanager/secretVersion:SecretVersion",
    service="secretsmanager",
    properties="secret_id secret_string version_stages",
    id="{secret_id}|{version_id}",
    create=Call("put_secret_value"),
    reads=(Call("describe_secret", at='{VersionStages: VersionIdsToStages."{version_id}"}'),),
    delete=None,
    outputs={"version_id": "{version_id}", "arn": "{secret_id}"},
    unread={"secret_string": "the value of a secret is never read"},
    defaults={"version_stages": ("AWSCURRENT",)},
    gone='!(VersionIdsToStages."{version_id}")',
    stays="a version goes with its secret",
)

SECRET_POLICY = Adapter(
    type="aws:secretsmanager/secretPolicy:SecretPolicy",
    service="secretsmanager",
    properties="secret_arn policy",
    local="block_public_policy",
    id="{secret_arn}",
    names={"secret_arn": "SecretId", "policy": "ResourcePolicy"},
    create=Call("put_resource_policy"),
    reads=(Call("get_resource_policy"),),
    steps=(Step("policy", Call("put_resource_policy")),),
    delete=Call("delete_resource_policy"),
    gone="!ResourcePolicy",
    members=(Members(SECRET.type, id="{arn}"),),
)

ADAPTERS = (SECRET, VERSION, SECRET_POLICY)
