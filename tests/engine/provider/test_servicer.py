from __future__ import annotations

from importlib.metadata import version
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import provider_pb2, status_pb2

from egov_infra.cloud.handle import Handle
from egov_infra.cloud.secret import READ_SECRET, SecretReader
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import SECRET, SIGNATURE
from egov_infra.engine.wire import plain, struct
from egov_infra.plan.outline import SecretPlace

LOGS = "aws:cloudwatch/logGroup:LogGroup"
SECRET_VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
CONNECTION = "aws:cloudwatch/eventConnection:EventConnection"
BUCKET = "aws:s3/bucket:Bucket"
QUEUE = "aws:sqs/queue:Queue"
KEY = "aws:kms/key:Key"
FUNCTION = "aws:cloudfront/function:Function"
ACCOUNT, REGION = "110000000002", "af-south-1"


def test_resource_lives_through_the_protocol(engine: Any, cloud: Cloud) -> None:
    """Create, read back unchanged, update, delete; a missing one reads as empty."""
    inputs = {"name": "/erb/a", "retentionInDays": 365, "tags": {"owner": "erb"}}
    identifier, outputs = engine.create(LOGS, **inputs)
    assert (identifier, outputs["arn"]) == ("/erb/a", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/erb/a")
    assert plain(engine.read(LOGS, identifier, inputs).inputs) == inputs
    changed = {**inputs, "retentionInDays": 400}
    assert engine.update(LOGS, identifier, outputs, inputs, changed)["retentionInDays"] == 400
    assert _retention(cloud) == 400
    engine.delete(LOGS, identifier, changed)
    engine.delete(LOGS, identifier, changed)
    assert engine.read(LOGS, identifier, changed) == provider_pb2.ReadResponse()


def _retention(cloud: Cloud) -> int:
    groups = cloud.client("logs", ACCOUNT, REGION).describe_log_groups()["logGroups"]
    return int(groups[0]["retentionInDays"])


def test_region_of_a_resource_comes_before_that_of_its_provider(engine: Any) -> None:
    """As with the official provider."""
    _, outputs = engine.create(KEY, description="signing", region="us-east-1")
    assert outputs["arn"].startswith(f"arn:aws:kms:us-east-1:{ACCOUNT}:key/")


@pytest.mark.parametrize(
    ("old", "new", "diffs", "replaces"),
    [
        ({"name": "/a", "retentionInDays": 1}, {"name": "/a", "retentionInDays": 1}, [], []),
        ({"name": "/a", "retentionInDays": 1}, {"name": "/a", "retentionInDays": 3}, ["retentionInDays"], []),
        ({"name": "/a"}, {"name": "/b"}, ["name"], ["name"]),
        ({"name": "/a", "tags": {"a": "1"}}, {"name": "/a"}, ["tags"], []),
        ({"name": "/a"}, {"name": "/a", "kmsKeyId": "k"}, ["kmsKeyId"], ["kmsKeyId"]),
        ({"name": "/a"}, {"name": "/a", "tags": rpc.UNKNOWN}, ["tags"], []),
        ({"name": "/a"}, {"name": rpc.UNKNOWN}, ["name"], ["name"]),
        ({"name": "/a"}, {"name": "/a", "region": REGION}, [], []),
        ({"name": "/a"}, {"name": "/a", "region": "us-east-1"}, ["region"], ["region"]),
    ],
)
def test_difference_is_between_inputs(
    engine: Any, old: Any, new: Any, diffs: list[str], replaces: list[str]
) -> None:
    """What is new, gone or unknown differs; a name or a region demands a replacement, which deletes first."""
    found = engine.diff(LOGS, old, new)
    assert (list(found.diffs), list(found.replaces)) == (diffs, replaces)
    some = provider_pb2.DiffResponse.DIFF_SOME
    assert found.changes == (some if diffs else provider_pb2.DiffResponse.DIFF_NONE)
    assert found.deleteBeforeReplace is bool(replaces)
    assert {key: item.kind % 2 for key, item in found.detailedDiff.items()} == {
        name: int(name in replaces) for name in diffs
    }


def test_ignored_changes_are_no_changes(engine: Any) -> None:
    """A program may leave a property to somebody else."""
    found = engine.stub.Diff(
        provider_pb2.DiffRequest(
            urn=engine.urn(LOGS),
            old_inputs=struct({"name": "/a", "retentionInDays": 1}),
            news=struct({"name": "/a", "retentionInDays": 3}),
            ignoreChanges=["retentionInDays"],
        )
    )
    assert found.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_spelling_of_documents_is_no_change(engine: Any) -> None:
    """Policies compare as what they say."""
    found = engine.diff(KEY, {"policy": '{"A": [1], "B": 2}'}, {"policy": '{"B":2,"A":1}'})
    assert found.changes == provider_pb2.DiffResponse.DIFF_NONE


def test_preview_creates_nothing_and_knows_inputs_only(engine: Any, cloud: Cloud) -> None:
    """What creation will tell is unknown, within declared objects too."""
    identifier, outputs = engine.create(BUCKET, preview=True, bucket="erb-a", tags={"owner": "erb"})
    assert identifier == ""
    assert (outputs["bucket"], outputs["tags"]) == ("erb-a", {"owner": "erb"})
    assert outputs["arn"] == rpc.UNKNOWN
    assert cloud.client("s3", ACCOUNT, REGION).list_buckets()["Buckets"] == []
    identity = "aws:sesv2/emailIdentity:EmailIdentity"
    signing = {"nextSigningKeyLength": "RSA_2048_BIT"}
    _, outputs = engine.create(
        identity, preview=True, emailIdentity="erb.go.tz", dkimSigningAttributes=signing
    )
    assert outputs["dkimSigningAttributes"]["tokens"] == rpc.UNKNOWN
    assert outputs["dkimSigningAttributes"]["nextSigningKeyLength"] == "RSA_2048_BIT"


def test_preview_of_an_update_keeps_outputs(engine: Any, cloud: Cloud) -> None:
    """Dependents see no change that will not happen, and the cloud sees none at all."""
    old = {"name": "/a", "retentionInDays": 1}
    identifier, outputs = engine.create(LOGS, **old)
    new = {**old, "retentionInDays": 3}
    assert engine.update(LOGS, identifier, outputs, old, new, preview=True) == {**outputs, **new}
    assert _retention(cloud) == 1


def test_secret_stays_secret(engine: Any, cloud: Cloud) -> None:
    """What was marked when it came is marked when it goes."""
    kept = cloud.client("secretsmanager", ACCOUNT, REGION).create_secret(Name="erb-webhook")
    secret = {SIGNATURE: SECRET, "value": "s3cr3t"}
    inputs = struct({"secretId": kept["ARN"], "secretString": secret})
    urn = engine.urn(SECRET_VERSION)
    made = engine.stub.Create(provider_pb2.CreateRequest(urn=urn, properties=inputs))
    assert dict(made.properties["secretString"]) == secret
    read = engine.stub.Read(
        provider_pb2.ReadRequest(urn=urn, id=made.id, inputs=inputs, properties=made.properties)
    )
    assert dict(read.properties["secretString"]) == dict(read.inputs["secretString"]) == secret


def test_secret_is_read_and_marked(engine: Any, cloud: Cloud) -> None:
    """The one function that a plan needs, in the provider's account; an error names the secret."""
    client = cloud.client("secretsmanager", ACCOUNT, REGION)
    client.create_secret(Name="erb/key", SecretString="kilimanjaro-5895")
    client.create_secret(Name="erb/bytes", SecretBinary=b"\x00")
    answer = engine.invoke(READ_SECRET, secretId="erb/key")
    values = getattr(answer, "return")
    assert dict(values["secretString"]) == {SIGNATURE: SECRET, "value": "kilimanjaro-5895"}
    assert values["secretId"] == "erb/key"
    elsewhere = getattr(engine.invoke(READ_SECRET, secretId="erb/key", region="us-east-1"), "return")
    assert elsewhere["versionId"] == "made-up"
    refused = engine.invoke(READ_SECRET, secretId="erb/key", versionStage="AWSPREVIOUS")
    assert refused.failures[0].reason == f"versionStage of {READ_SECRET} is not served in a rehearsal"
    with pytest.raises(grpc.RpcError) as failed:
        engine.invoke(READ_SECRET, secretId="erb/bytes")
    assert "secret erb/bytes of account 110000000002" in failed.value.details()


def test_state_of_the_rehearsal_engine_is_understood(engine: Any, cloud: Cloud) -> None:
    """It holds seals in place of secrets: the same version is no change, another one is."""
    client = cloud.client("secretsmanager", ACCOUNT, REGION)
    client.create_secret(Name="erb/key", SecretString="kilimanjaro-5895")
    reader = SecretReader(cloud)
    reader.read(SecretPlace(ACCOUNT, REGION, "erb/key"))
    inputs = {
        "name": "erb-hook",
        "authorizationType": "API_KEY",
        "authParameters": {"apiKey": {"key": "X-Key", "value": "kilimanjaro-5895"}},
    }
    recorded = reader.sealed(inputs)
    engine.invoke(READ_SECRET, secretId="erb/key")
    assert list(engine.diff(CONNECTION, recorded, inputs).diffs) == []
    rotated = {**inputs, "authParameters": {"apiKey": {"key": "X-Key", "value": "meru-4566"}}}
    assert list(engine.diff(CONNECTION, recorded, rotated).diffs) == ["authParameters"]


def test_error_does_not_show_a_secret(engine: Any, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """AWS repeats a value that it refuses."""
    client = cloud.client("secretsmanager", ACCOUNT, REGION)
    client.create_secret(Name="erb/key", SecretString="kilimanjaro-5895")
    engine.invoke(READ_SECRET, secretId="erb/key")
    events = cloud.client("events", ACCOUNT, REGION)

    def refuse(**_params: Any) -> Any:
        error = {"Code": "ValidationException", "Message": "Value 'kilimanjaro-5895' is not allowed"}
        raise events.exceptions.ClientError({"Error": error}, "CreateConnection")

    monkeypatch.setattr(events, "create_connection", refuse)
    key = {"apiKey": {"key": "X-Key", "value": "kilimanjaro-5895"}}
    with pytest.raises(grpc.RpcError) as failed:
        engine.create(CONNECTION, name="erb-hook", authorizationType="API_KEY", authParameters=key)
    assert "Value '[secret]' is not allowed" in failed.value.details()


def test_refresh_shows_drift_in_inputs(engine: Any, cloud: Cloud) -> None:
    """What somebody changed is what the next comparison sees; what AWS merely respells is not."""
    inputs = {"name": "erb-hooks", "visibilityTimeoutSeconds": 60}
    identifier, _ = engine.create(QUEUE, **inputs)
    assert plain(engine.read(QUEUE, identifier, inputs).inputs) == inputs
    sqs = cloud.client("sqs", ACCOUNT, REGION)
    url = sqs.get_queue_url(QueueName="erb-hooks")["QueueUrl"]
    sqs.set_queue_attributes(QueueUrl=url, Attributes={"VisibilityTimeout": "5", "DelaySeconds": "7"})
    live = plain(engine.read(QUEUE, identifier, inputs).inputs)
    assert live == {"name": "erb-hooks", "visibilityTimeoutSeconds": 5, "delaySeconds": 7}
    assert sorted(engine.diff(QUEUE, live, inputs).diffs) == ["delaySeconds", "visibilityTimeoutSeconds"]


def test_import_reads_by_the_id_alone(engine: Any) -> None:
    """Inputs are what a program would have to declare; what does not exist is not imported."""
    declared = {"name": "/erb/a", "retentionInDays": 365, "tags": {"owner": "erb"}}
    identifier, _ = engine.create(LOGS, **declared)
    answer = engine.read(LOGS, identifier, {})
    assert (answer.id, plain(answer.inputs)) == (identifier, declared)
    assert engine.read(LOGS, "/erb/none", {}) == provider_pb2.ReadResponse()


def test_recorded_only_type_is_simulated(engine: Any) -> None:
    """The same outputs each time, marked; it can be refreshed, and not imported."""
    inputs = {"name": "f", "runtime": "cloudfront-js-2.0", "code": "1"}
    identifier, outputs = engine.create(FUNCTION, **inputs)
    assert identifier.startswith("simulated-")
    assert outputs["arn"].startswith("arn:aws:simulated:::")
    changed = {**inputs, "code": "2"}
    assert engine.update(FUNCTION, identifier, outputs, inputs, changed) == {**outputs, "code": "2"}
    answer = engine.read(FUNCTION, identifier, inputs)
    assert (answer.id, plain(answer.inputs)) == (identifier, inputs)
    assert engine.read(FUNCTION, "f", {}) == provider_pb2.ReadResponse()
    engine.delete(FUNCTION, identifier, inputs)


def test_check_names_what_would_be_lost(engine: Any) -> None:
    """A property or a type that the rehearsal cloud does not serve is refused before anything is made."""
    assert engine.check(LOGS, name="/a", tags=rpc.UNKNOWN) == []
    assert engine.check(LOGS, name="/a", namePrefix="a") == [
        ("namePrefix", f"the rehearsal cloud does not serve this property of {LOGS}")
    ]
    with pytest.raises(grpc.RpcError, match="no AWS type 'aws:ec2/instance:Instance' in the catalogue"):
        engine.check("aws:ec2/instance:Instance", ami="a")


def test_failure_is_one_clean_text(engine: Any) -> None:
    """AWS's code and words, the resource and the operation; no traceback, no path of this machine."""
    engine.create(BUCKET, bucket="erb-a")
    with pytest.raises(grpc.RpcError) as failed:
        engine.create(BUCKET, bucket="erb-a")
    assert failed.value.code() is grpc.StatusCode.UNKNOWN
    assert failed.value.details() == (
        f"{BUCKET} thing: create_bucket failed: BucketAlreadyOwnedByYou: "
        "Your previous request to create the named bucket succeeded and you already own it."
    )


@pytest.mark.parametrize(
    ("token", "inputs", "failing", "lost"),
    [
        (LOGS, {"name": "/a", "retentionInDays": 365}, "put_retention_policy", "retentionInDays"),
        (KEY, {"description": "k", "enableKeyRotation": True}, "enable_key_rotation", "enableKeyRotation"),
    ],
)
def test_half_made_resource_is_recorded(
    engine: Any, token: str, inputs: dict[str, Any], failing: str, lost: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where a later call fails, the engine learns the id and what is missing: the next run completes it."""
    call = Handle.call

    def fail(self: Handle, operation: str, *args: Any, **more: Any) -> Any:
        if operation == failing:
            raise self._error("thing", operation, "InternalError", "try later")
        return call(self, operation, *args, **more)

    with monkeypatch.context() as patch:
        patch.setattr(Handle, "call", fail)
        with pytest.raises(grpc.RpcError) as failed:
            engine.create(token, **inputs)
    made = provider_pb2.ErrorResourceInitFailed()
    details = dict(failed.value.trailing_metadata())["grpc-status-details-bin"]
    assert status_pb2.Status.FromString(details).details[0].Unpack(made)
    assert [*made.reasons] == [f"{token} thing: {failing} failed: InternalError: try later"]
    assert [*engine.diff(token, plain(made.inputs), inputs).diffs] == [lost]
    engine.update(token, made.id, plain(made.properties), plain(made.inputs), inputs)
    assert plain(engine.read(token, made.id, inputs).inputs) == inputs


@pytest.mark.parametrize(
    ("inputs", "faults"),
    [
        ({"allowedAccountIds": f'["{ACCOUNT}"]', "region": REGION, "version": "7.51.1"}, []),
        ({"region": REGION}, ["allowedAccountIds"]),
        ({"allowedAccountIds": "[]"}, ["allowedAccountIds", "region"]),
        ({"allowedAccountIds": '["1", "2"]', "region": REGION}, ["allowedAccountIds"]),
        ({"allowedAccountIds": rpc.UNKNOWN, "region": REGION}, ["allowedAccountIds"]),
    ],
)
def test_provider_serves_one_account(stub: Any, inputs: dict[str, Any], faults: list[str]) -> None:
    """It says where its resources live, or is refused: there is no account by default."""
    answer = stub.CheckConfig(provider_pb2.CheckRequest(news=struct(inputs)))
    assert [failure.property for failure in answer.failures] == faults


def test_provider_notes_of_which_cloud_the_state_speaks(
    stub: Any, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new cloud under an old state is noted only by a run that reads back; it is no other provider."""
    inputs = {"allowedAccountIds": f'["{ACCOUNT}"]', "region": REGION}

    def noted(**old: str) -> Any:
        request = provider_pb2.CheckRequest(olds=struct(old), news=struct(inputs))
        return plain(stub.CheckConfig(request).inputs)

    assert noted() == {**inputs, "egovCloudId": cloud.cloud_id}
    assert noted(egovCloudId="gone") == {**inputs, "egovCloudId": "gone"}
    monkeypatch.setenv("EGOV_INFRA_REFRESHED", "true")
    assert noted(egovCloudId="gone") == {**inputs, "egovCloudId": cloud.cloud_id}
    request = provider_pb2.DiffRequest(old_inputs=struct(noted()), news=struct(inputs))
    assert stub.DiffConfig(request).changes == provider_pb2.DiffResponse.DIFF_NONE


@pytest.mark.parametrize(
    ("new", "moved"),
    [
        ({"allowedAccountIds": '["1"]', "region": REGION, "version": "7.52.0"}, []),
        ({"allowedAccountIds": '["2"]', "region": REGION}, ["allowedAccountIds"]),
        ({"allowedAccountIds": '["1"]', "region": "us-east-1"}, ["region"]),
    ],
)
def test_provider_that_moves_is_another(stub: Any, new: dict[str, Any], moved: list[str]) -> None:
    """Another account or region replaces everything below; spelling and versions do not."""
    old = struct({"allowedAccountIds": ["1"], "region": REGION})
    answer = stub.DiffConfig(provider_pb2.DiffRequest(old_inputs=old, news=struct(new)))
    assert [*answer.replaces] == moved


def test_call_before_configuration_is_refused(stub: Any) -> None:
    """No resource can land in an account that nobody named."""
    request = provider_pb2.CreateRequest(urn=f"urn:pulumi:s::egov::{BUCKET}::a")
    with pytest.raises(grpc.RpcError, match="the engine has not configured this provider"):
        stub.Create(request)


def test_says_what_it_is(stub: Any) -> None:
    """The version of pulumi_aws, so that the engine does not warn; functions are not served."""
    assert stub.GetPluginInfo(empty_pb2.Empty()).version == version("pulumi_aws")
    answer = stub.Invoke(provider_pb2.InvokeRequest(tok="aws:index/getRegion:getRegion"))
    assert answer.failures[0].reason == "aws:index/getRegion:getRegion is not served in a rehearsal"
    assert stub.Cancel(empty_pb2.Empty()) == empty_pb2.Empty()
