"""AWS CloudTrail."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Step, Tags

_SETTINGS = (
    "s3_bucket_name s3_key_prefix is_multi_region_trail include_global_service_events "
    "enable_log_file_validation kms_key_id cloud_watch_logs_group_arn cloud_watch_logs_role_arn"
)
TRAIL = Adapter(
    type="aws:cloudtrail/trail:Trail",
    service="cloudtrail",
    properties=f"name {_SETTINGS} event_selectors enable_logging tags",
    id="arn:aws:cloudtrail:{region}:{account}:trail/{name}",
    names={"cloud_watch_logs_group_arn": "CloudWatchLogsLogGroupArn"},
    answers={"enable_log_file_validation": "LogFileValidationEnabled"},
    create=Call("create_trail"),
    reads=(
        Call("get_trail", at="Trail"),
        Call("get_trail_status", at="{EnableLogging: IsLogging}"),
        Call("get_event_selectors", {"TrailName": "{name}"}),
    ),
    steps=(
        Step(_SETTINGS, Call("update_trail")),
        Step("event_selectors", Call("put_event_selectors", {"TrailName": "{name}"})),
        Step("enable_logging", Call("start_logging"), off=Call("stop_logging"), always=True),
    ),
    tags=Tags(
        "add_tags",
        "remove_tags",
        "list_tags",
        {"ResourceId": "{id}", "ResourceIdList": ["{id}"]},
        at="{TagsList: ResourceTagList[0].TagsList}",
    ),
    delete=Call("delete_trail"),
    outputs={"arn": "{id}", "home_region": "{region}"},
    defaults={
        "enable_logging": True,
        "include_global_service_events": True,
        "is_multi_region_trail": False,
        "enable_log_file_validation": False,
        "event_selectors.include_management_events": True,
        "event_selectors.read_write_type": "All",
    },
    sets="event_selectors event_selectors.data_resources",
)

ADAPTERS = (TRAIL,)
