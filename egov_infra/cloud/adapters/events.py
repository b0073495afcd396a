"""Amazon EventBridge: buses, rules and targets."""

from __future__ import annotations

from typing import Any

from egov_infra.cloud.adapter import Adapter, Custom, Facet, Inputs, Property
from egov_infra.cloud.codec import DOCUMENT, TAGS

_MISSING = frozenset(("ResourceNotFoundException",))


def _tag(client: Any, arn: str, inputs: Inputs) -> None:
    wanted = inputs.get("tags") or {}
    found = {tag["Key"] for tag in client.list_tags_for_resource(ResourceARN=arn)["Tags"]}
    if gone := sorted(found - wanted.keys()):
        client.untag_resource(ResourceARN=arn, TagKeys=gone)
    client.tag_resource(ResourceARN=arn, Tags=TAGS.encode(wanted))


def _read_bus(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    try:
        found = client.describe_event_bus(Name=identifier)
    except client.exceptions.ResourceNotFoundException:
        return None
    tags = client.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]
    return {"name": identifier, "arn": found["Arn"], "tags": TAGS.decode(tags)}


def _create_bus(client: Any, inputs: Inputs) -> str:
    client.create_event_bus(Name=inputs["name"], Tags=TAGS.encode(inputs.get("tags") or {}))
    return str(inputs["name"])


BUS = Adapter(
    type="aws:cloudwatch/eventBus:EventBus",
    service="events",
    custom=Custom(
        _create_bus,
        _read_bus,
        lambda client, identifier, _old, new: _tag(
            client, client.describe_event_bus(Name=identifier)["Arn"], new
        ),
        lambda client, identifier, _inputs: client.delete_event_bus(Name=identifier),
        frozenset(("name", "tags")),
        frozenset(("tags",)),
    ),
    find=lambda client, inputs: inputs["name"] if _read_bus(client, inputs["name"], inputs) else None,
    delete_first=True,
)

_ON_BUS = {"EventBusName": "event_bus_name"}


def _unpermit(client: Any, identifier: str, _inputs: Inputs) -> None:
    client.remove_permission(EventBusName=identifier, RemoveAllPermissions=True)


BUS_POLICY = Adapter(
    type="aws:cloudwatch/eventBusPolicy:EventBusPolicy",
    service="events",
    create="put_permission",
    fixed=_ON_BUS,
    scope={"Name": "event_bus_name"},
    id=lambda _answer, inputs: str(inputs["event_bus_name"]),
    exists=lambda client, identifier, _inputs: bool(client.describe_event_bus(Name=identifier).get("Policy")),
    before_delete=_unpermit,
    missing=_MISSING,
    facets=(
        Facet(
            (Property("policy", "Policy", codec=DOCUMENT),),
            on_create=True,
            put_by=lambda client, identifier, inputs: client.put_permission(
                EventBusName=identifier, Policy=inputs["policy"]
            ),
            get="describe_event_bus",
            scope={"Name": "event_bus_name"},
        ),
    ),
    outputs={"event_bus_name": lambda identifier, _inputs, _answer: identifier},
    replaces=frozenset(("event_bus_name",)),
)


def _put_rule(client: Any, inputs: Inputs) -> str:
    client.put_rule(
        Name=inputs["name"],
        Description=inputs.get("description") or "",
        EventPattern=inputs["event_pattern"],
        State="ENABLED",
    )
    _tag(client, client.describe_rule(Name=inputs["name"])["Arn"], inputs)
    return str(inputs["name"])


def _read_rule(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    try:
        found = client.describe_rule(Name=identifier)
    except client.exceptions.ResourceNotFoundException:
        return None
    tags = client.list_tags_for_resource(ResourceARN=found["Arn"])["Tags"]
    return {
        "name": identifier,
        "description": found.get("Description"),
        "event_pattern": found["EventPattern"],
        "tags": TAGS.decode(tags),
        "arn": found["Arn"],
    }


_RULE = frozenset(("name", "description", "event_pattern", "tags"))
RULE = Adapter(
    type="aws:cloudwatch/eventRule:EventRule",
    service="events",
    custom=Custom(
        _put_rule,
        _read_rule,
        lambda client, _identifier, _old, new: _put_rule(client, new),
        lambda client, identifier, _inputs: client.delete_rule(Name=identifier),
        _RULE,
        _RULE - {"name"},
    ),
    delete_first=True,
)


def _put_target(client: Any, inputs: Inputs) -> str:
    target = {"Id": inputs["target_id"], "Arn": inputs["arn"]}
    if inputs.get("role_arn"):
        target["RoleArn"] = inputs["role_arn"]
    client.put_targets(Rule=inputs["rule"], Targets=[target])
    return f"{inputs['rule']}/{inputs['target_id']}"


def _read_target(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    rule, _, target = identifier.partition("/")
    try:
        listed = client.list_targets_by_rule(Rule=rule)["Targets"]
    except client.exceptions.ResourceNotFoundException:
        return None
    found = next((item for item in listed if item["Id"] == target), None)
    if found is None:
        return None
    return {"rule": rule, "target_id": target, "arn": found["Arn"], "role_arn": found.get("RoleArn")}


def _remove_target(client: Any, identifier: str, _inputs: Inputs) -> None:
    rule, _, target = identifier.partition("/")
    client.remove_targets(Rule=rule, Ids=[target])


TARGET = Adapter(
    type="aws:cloudwatch/eventTarget:EventTarget",
    service="events",
    custom=Custom(
        _put_target,
        _read_target,
        lambda client, _identifier, _old, new: _put_target(client, new),
        _remove_target,
        frozenset(("rule", "target_id", "arn", "role_arn")),
        frozenset(("arn", "role_arn")),
    ),
    replaces=frozenset(("rule", "target_id")),
)

ADAPTERS = (BUS, BUS_POLICY, RULE, TARGET)
