"""Amazon EventBridge Scheduler."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Members, Step, Tags

GROUP = Adapter(
    type="aws:scheduler/scheduleGroup:ScheduleGroup",
    service="scheduler",
    properties="name tags",
    id="{name}",
    create=Call("create_schedule_group"),
    reads=(Call("get_schedule_group"),),
    tags=Tags(),
    delete=Call("delete_schedule_group"),
    outputs={"arn": "Arn"},
)

_SCHEDULE = "description schedule_expression schedule_expression_timezone state flexible_time_window target kms_key_arn"
# an update says everything: what it leaves out is taken back
SCHEDULE = Adapter(
    type="aws:scheduler/schedule:Schedule",
    service="scheduler",
    properties=f"group_name name {_SCHEDULE}",
    id="{group_name}/{name}",
    documents="target.input",
    create=Call("create_schedule"),
    reads=(Call("get_schedule"),),
    steps=(Step(_SCHEDULE, Call("update_schedule")),),
    delete=Call("delete_schedule"),
    outputs={"arn": "arn:aws:scheduler:{region}:{account}:schedule/{group_name}/{name}"},
    defaults={"group_name": "default", "schedule_expression_timezone": "UTC", "state": "ENABLED"},
    members=(
        Members(
            GROUP.type,
            Call("list_schedules", {"GroupName": "{name}"}, at="Schedules[].Name", is_paged=True),
            "{id}/{item}",
        ),
    ),
)

ADAPTERS = (GROUP, SCHEDULE)
