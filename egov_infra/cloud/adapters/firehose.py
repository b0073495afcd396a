"""Amazon Data Firehose, into buckets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from egov_infra.cloud import shape
from egov_infra.cloud.adapter import Adapter, Call, Step, Tags

if TYPE_CHECKING:
    from egov_infra.cloud.handle import Handle

_TO, _SSE = "extended_s3_configuration", "server_side_encryption"
_NAMES = {
    "name": "DeliveryStreamName",
    _TO: "ExtendedS3DestinationConfiguration",
    f"{_TO}.buffering_interval": "BufferingHints.IntervalInSeconds",
    f"{_TO}.buffering_size": "BufferingHints.SizeInMBs",
    f"{_TO}.kms_key_arn": "EncryptionConfiguration.KMSEncryptionConfig.AWSKMSKeyARN",
    _SSE: "DeliveryStreamEncryptionConfigurationInput",
    f"{_SSE}.enabled": shape.NOWHERE,
}


def _lead(handle: Handle, scope: Mapping[str, Any]) -> None:
    """Where it leads is another member of the update than of the creation, and wants the version that it changes."""
    operation = handle.client().meta.service_model.operation_model("UpdateDestination")
    member = "ExtendedS3DestinationUpdate"
    params = {
        "DeliveryStreamName": scope["name"],
        "CurrentDeliveryStreamVersionId": scope["version_id"],
        "DestinationId": scope["destination_id"],
        member: shape.to_api(scope[_TO], operation.input_shape.members[member], _TO, _NAMES),
    }
    handle.call("update_destination", params, scope["name"])


def _encrypt(handle: Handle, scope: Mapping[str, Any]) -> None:
    wanted, name = scope.get(_SSE) or {}, scope["name"]
    if not wanted.get("enabled"):
        handle.call("stop_delivery_stream_encryption", {"DeliveryStreamName": name}, name)
        return
    given = {"KeyType": wanted["key_type"], "KeyARN": wanted.get("key_arn")}
    given = {key: value for key, value in given.items() if value is not None}
    params = {"DeliveryStreamName": name, "DeliveryStreamEncryptionConfigurationInput": given}
    handle.call("start_delivery_stream_encryption", params, name)


def _unencrypted(operation: str, params: dict[str, Any], scope: Mapping[str, Any]) -> None:
    """Whether it is encrypted is a property; in the API it is whether there is a configuration."""
    if operation == "create_delivery_stream" and not (scope.get(_SSE) or {}).get("enabled"):
        params.pop("DeliveryStreamEncryptionConfigurationInput", None)


def _encrypted(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    """What is disabled is as if it were not there."""
    found = answer.get("DeliveryStreamEncryptionConfiguration") or {}
    return {**answer, _SSE: None if found.get("Status") == "DISABLED" else found}


STREAM = Adapter(
    type="aws:kinesis/firehoseDeliveryStream:FirehoseDeliveryStream",
    service="firehose",
    properties=f"name {_TO} {_SSE} tags",
    local="destination",  # the configuration that is there says it
    id="arn:aws:firehose:{region}:{account}:deliverystream/{name}",
    names=_NAMES,
    answers={_TO: "Destinations[0].ExtendedS3DestinationDescription", _SSE: _SSE},
    create=Call("create_delivery_stream", {"DeliveryStreamType": "DirectPut"}),
    reads=(Call("describe_delivery_stream", at="DeliveryStreamDescription"),),
    steps=(Step(_TO, by=_lead), Step(_SSE, by=_encrypt)),
    tags=Tags(
        "tag_delivery_stream",
        "untag_delivery_stream",
        "list_tags_for_delivery_stream",
        {"DeliveryStreamName": "{name}"},
    ),
    delete=Call("delete_delivery_stream"),
    encode=_unencrypted,
    decode=_encrypted,
    outputs={
        "arn": "arn:aws:firehose:{region}:{account}:deliverystream/{name}",
        "version_id": "VersionId",
        "destination_id": "Destinations[0].DestinationId",
    },
    unread={f"{_SSE}.enabled": "AWS says so by giving the key or not"},
)

ADAPTERS = (STREAM,)
