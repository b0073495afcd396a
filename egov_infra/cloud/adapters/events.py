"""Amazon EventBridge: buses, rules and targets."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Step, Tags

# moto has no UpdateEventBus, so that every change but of tags replaces it
BUS = Adapter(
    type="aws:cloudwatch/eventBus:EventBus",
    service="events",
    properties="name description kms_key_identifier tags",
    id="{name}",
    create=Call("create_event_bus"),
    reads=(Call("describe_event_bus"),),
    tags=Tags(params={"ResourceARN": "{arn}"}),
    delete=Call("delete_event_bus"),
    outputs={"arn": "arn:aws:events:{region}:{account}:event-bus/{name}"},
)

BUS_POLICY = Adapter(
    type="aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    service="events",
    properties="event_bus_name policy",
    id="{event_bus_name}",
    create=Call("put_permission"),
    reads=(Call("describe_event_bus", {"Name": "{event_bus_name}"}),),
    steps=(Step("policy", Call("put_permission")),),
    delete=Call("remove_permission", {"RemoveAllPermissions": True}),
    gone="!Policy",
)

_RULE = "description event_pattern schedule_expression state role_arn"
RULE = Adapter(
    type="aws:cloudwatch/eventRule:EventRule",
    service="events",
    properties=f"event_bus_name name {_RULE} tags",
    local="force_destroy",
    id="{event_bus_name}/{name}",
    documents="event_pattern",
    create=Call("put_rule", at="{Arn: RuleArn}"),
    reads=(Call("describe_rule"),),
    steps=(Step(_RULE, Call("put_rule")),),
    tags=Tags(params={"ResourceARN": "{arn}"}),
    delete=Call("delete_rule"),
    outputs={"arn": "Arn"},
    defaults={"event_bus_name": "default", "state": "ENABLED"},
)

_TARGET = "arn role_arn input input_path input_transformer dead_letter_config retry_policy sqs_target"
TARGET = Adapter(
    type="aws:cloudwatch/eventTarget:EventTarget",
    service="events",
    properties=f"event_bus_name rule target_id {_TARGET}",
    local="force_destroy",
    id="{event_bus_name}/{rule}/{target_id}",
    names={
        "target_id": "Id",
        "input_transformer.input_paths": "InputPathsMap",
        "sqs_target": "SqsParameters",
        "retry_policy.maximum_event_age_in_seconds": "MaximumEventAgeInSeconds",
    },
    documents="input",
    create=Call("put_targets", inside="Targets[]"),
    reads=(Call("list_targets_by_rule", at="Targets[?Id=='{target_id}'] | [0]", is_paged=True),),
    steps=(Step(_TARGET, Call("put_targets", inside="Targets[]")),),
    delete=Call("remove_targets", {"Ids": ["{target_id}"]}),
    defaults={"event_bus_name": "default"},
)

ADAPTERS = (BUS, BUS_POLICY, RULE, TARGET)
