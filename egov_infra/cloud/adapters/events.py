"""Amazon EventBridge: buses, rules and targets."""

from __future__ import annotations

from egov_infra.cloud.adapter import Adapter, Call, Members, Step, Tags

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
    members=(Members(BUS.type, id="{name}"),),
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
    members=(
        Members(
            BUS.type,
            Call("list_rules", {"EventBusName": "{name}"}, at="Rules[].Name", is_paged=True),
            "{name}/{item}",
        ),
    ),
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
    members=(
        Members(
            RULE.type,
            Call("list_targets_by_rule", {"Rule": "{name}"}, at="Targets[].Id", is_paged=True),
            "{id}/{item}",
        ),
    ),
)

_AUTH = "auth_parameters"
_HTTP = {"bodies": "BodyParameters", "headers": "HeaderParameters", "query_strings": "QueryStringParameters"}
_NEVER = "AWS keeps it as a secret, which is never read"
CONNECTION = Adapter(
    type="aws:cloudwatch/eventConnection:EventConnection",
    service="events",
    properties=f"name description authorization_type {_AUTH} kms_key_identifier",
    id="{name}",
    names={
        f"{_AUTH}.api_key": "ApiKeyAuthParameters",
        f"{_AUTH}.api_key.key": "ApiKeyName",
        f"{_AUTH}.api_key.value": "ApiKeyValue",
        f"{_AUTH}.basic": "BasicAuthParameters",
        f"{_AUTH}.oauth": "OAuthParameters",
        **{f"{_AUTH}.invocation_http_parameters.{name}": place for name, place in _HTTP.items()},
        **{f"{_AUTH}.oauth.oauth_http_parameters.{name}": place for name, place in _HTTP.items()},
    },
    create=Call("create_connection"),
    reads=(Call("describe_connection"),),
    steps=(Step(f"description authorization_type {_AUTH}", Call("update_connection")),),
    delete=Call("delete_connection"),
    outputs={"arn": "ConnectionArn", "secret_arn": "SecretArn"},
    unread={
        f"{_AUTH}.api_key.value": _NEVER,
        f"{_AUTH}.basic.password": _NEVER,
        f"{_AUTH}.oauth.client_parameters.client_secret": _NEVER,
        "kms_key_identifier": "moto keeps no key of a connection",
    },
)

_DESTINATION = "description connection_arn http_method invocation_endpoint invocation_rate_limit_per_second"
API_DESTINATION = Adapter(
    type="aws:cloudwatch/eventApiDestination:EventApiDestination",
    service="events",
    properties=f"name {_DESTINATION}",
    id="{name}",
    create=Call("create_api_destination"),
    reads=(Call("describe_api_destination"),),
    steps=(Step(_DESTINATION, Call("update_api_destination")),),
    delete=Call("delete_api_destination"),
    outputs={"arn": "ApiDestinationArn"},
    defaults={"invocation_rate_limit_per_second": 300},
)

ADAPTERS = (BUS, BUS_POLICY, RULE, TARGET, CONNECTION, API_DESTINATION)
