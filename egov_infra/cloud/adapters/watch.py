"""What watches an account: AWS CloudTrail, Amazon GuardDuty, CloudWatch Logs."""

from __future__ import annotations

from typing import Any

from egov_infra.cloud.adapter import Adapter, Custom, Facet, Inputs, Property
from egov_infra.cloud.codec import NESTED, TAGS, Codec

_SELECTORS = Codec(NESTED.encode, lambda found: NESTED.decode(found) or None)


def _log(client: Any, identifier: str, inputs: Inputs) -> None:
    (client.start_logging if inputs.get("enable_logging", True) else client.stop_logging)(Name=identifier)


def _tag_trail(client: Any, identifier: str, inputs: Inputs) -> None:
    wanted = inputs.get("tags") or {}
    listed = client.list_tags(ResourceIdList=[identifier])["ResourceTagList"]
    found = [tag for item in listed for tag in item["TagsList"]]
    if gone := [tag for tag in found if tag["Key"] not in wanted]:
        client.remove_tags(ResourceId=identifier, TagsList=gone)
    client.add_tags(ResourceId=identifier, TagsList=TAGS.encode(wanted))


_PLACES = ("s3_bucket_name", "S3BucketName"), ("s3_key_prefix", "S3KeyPrefix")
_FLAGS = (
    ("is_multi_region_trail", "IsMultiRegionTrail"),
    ("include_global_service_events", "IncludeGlobalServiceEvents"),
)
TRAIL = Adapter(
    type="aws:cloudtrail/trail:Trail",
    service="cloudtrail",
    create="create_trail",
    id=lambda answer, inputs: str(answer.get("TrailARN") or inputs["name"]),
    read="get_trail",
    scope={"Name": "id"},
    answer="Trail",
    delete="delete_trail",
    delete_scope={"Name": "name"},
    missing=frozenset(("TrailNotFoundException",)),
    adopt=frozenset(("TrailAlreadyExistsException",)),
    facets=(
        Facet((Property("name", "Name"),), on_create=True),
        Facet(
            (
                *(Property(name, param) for name, param in (*_PLACES, *_FLAGS)),
                Property("enable_log_file_validation", "EnableLogFileValidation", "LogFileValidationEnabled"),
            ),
            on_create=True,
            put="update_trail",
            scope={"Name": "id"},
        ),
        Facet(
            (Property("event_selectors", "EventSelectors", codec=_SELECTORS),),
            put="put_event_selectors",
            get="get_event_selectors",
            scope={"TrailName": "id"},
        ),
        Facet(
            (Property("enable_logging", "-", "IsLogging"),),
            put_by=_log,
            get="get_trail_status",
            scope={"Name": "id"},
        ),
        Facet(
            (
                Property(
                    "tags",
                    "-",
                    "ResourceTagList",
                    Codec(dict, lambda found: TAGS.decode(found[0]["TagsList"])),
                ),
            ),
            put_by=_tag_trail,
            get="list_tags",
            scope={"ResourceIdList": lambda identifier, _inputs: [identifier]},
        ),
    ),
    replaces=frozenset(("name",)),
    outputs={"arn": "TrailARN"},
    delete_first=True,
)


def _find_detector(client: Any, _inputs: Inputs) -> str | None:
    return next(iter(client.list_detectors()["DetectorIds"]), None)


_ENABLED = Codec(lambda value: value, lambda status: status == "ENABLED")
DETECTOR = Adapter(
    type="aws:guardduty/detector:Detector",
    service="guardduty",
    create="create_detector",
    id=lambda answer, _inputs: str(answer["DetectorId"]),
    read="get_detector",
    scope={"DetectorId": "id"},
    delete="delete_detector",
    missing=frozenset(("BadRequestException",)),
    find=_find_detector,
    facets=(
        Facet(
            (
                Property("enable", "Enable", "Status", _ENABLED),
                Property("finding_publishing_frequency", "FindingPublishingFrequency"),
            ),
            on_create=True,
            put="update_detector",
            scope={"DetectorId": "id"},
        ),
        Facet((Property("tags", "Tags"),), on_create=True),
    ),
)


def _create_group(client: Any, inputs: Inputs) -> str:
    key = {"kmsKeyId": inputs["kms_key_id"]} if inputs.get("kms_key_id") else {}
    client.create_log_group(logGroupName=inputs["name"], tags=inputs.get("tags") or {}, **key)
    _retain(client, inputs)
    return str(inputs["name"])


def _retain(client: Any, inputs: Inputs) -> None:
    name, days = inputs["name"], inputs.get("retention_in_days")
    if days:
        client.put_retention_policy(logGroupName=name, retentionInDays=days)
    else:
        client.delete_retention_policy(logGroupName=name)


def _read_group(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    listed = client.describe_log_groups(logGroupNamePrefix=identifier)["logGroups"]
    found = next((item for item in listed if item["logGroupName"] == identifier), None)
    if found is None:
        return None
    return {
        "name": identifier,
        "retention_in_days": found.get("retentionInDays"),
        "kms_key_id": found.get("kmsKeyId"),
        "tags": client.list_tags_log_group(logGroupName=identifier)["tags"],
        "arn": found["arn"].removesuffix(":*"),
    }


def _update_group(client: Any, identifier: str, old: Inputs, new: Inputs) -> None:
    _retain(client, new)
    if new.get("kms_key_id") != old.get("kms_key_id"):
        client.associate_kms_key(logGroupName=identifier, kmsKeyId=new["kms_key_id"])
    wanted = new.get("tags") or {}
    if gone := sorted(client.list_tags_log_group(logGroupName=identifier)["tags"].keys() - wanted.keys()):
        client.untag_log_group(logGroupName=identifier, tags=gone)
    client.tag_log_group(logGroupName=identifier, tags=wanted)


_GROUP = frozenset(("name", "retention_in_days", "kms_key_id", "tags"))
LOG_GROUP = Adapter(
    type="aws:cloudwatch/logGroup:LogGroup",
    service="logs",
    custom=Custom(
        _create_group,
        _read_group,
        _update_group,
        lambda client, identifier, _inputs: client.delete_log_group(logGroupName=identifier),
        _GROUP,
        _GROUP - {"name"},
    ),
    find=lambda client, inputs: inputs["name"] if _read_group(client, inputs["name"], inputs) else None,
    delete_first=True,
)

ADAPTERS = (TRAIL, DETECTOR, LOG_GROUP)
