"""Read back what is live, compare it with what is declared, and judge the live values with the same rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from egov_infra.cloud.error import CloudError
from egov_infra.cloud.handle import Handle
from egov_infra.cloud.registry import adapter_of, recorded_only
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Checkpoint, Entry
from egov_infra.engine.selection import SelectedStack
from egov_infra.engine.value import UNKNOWN, contains_unknown, resolve, steps, walk
from egov_infra.plan.catalogue import from_wire
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Ref, StackRef, Value
from egov_infra.source.diagnostic import Place

StackOutputs = Callable[[str], Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between declared and live."""

    institution: str
    stack: str
    resource: str
    type: str
    property: str
    """Dotted path of the property; empty if the resource itself is missing."""
    declared: str
    live: str
    place: Place

    def __str__(self) -> str:
        what = f"{self.property} is {self.live}, declared {self.declared}" if self.property else "is gone"
        return f"{self.place} {self.stack}/{self.resource}: {what}"


@dataclass(frozen=True, slots=True)
class StackAudit:
    """What reading back a stack showed. `live` is its plan with live values in place of declared ones."""

    stack: str
    drifts: tuple[Drift, ...]
    read: int
    """Resources that were read back."""
    recorded_only: tuple[str, ...]
    """Resources that were never live: nothing is said of their drift."""
    not_applied: tuple[str, ...]
    """Planned resources that the state does not know."""
    unread: Mapping[str, tuple[str, ...]]
    """Resource to declared properties that the cloud does not give back."""
    errors: tuple[str, ...]
    """What could not be read, such as for want of permission."""
    live: StackPlan


def audit_stack(
    selected: SelectedStack,
    checkpoint: Checkpoint,
    cloud: Cloud,
    stack_outputs: StackOutputs,
    place: Callable[..., Place],
) -> StackAudit:
    """Read every resource of a stack back. Needs ids from the state and nothing else of it."""
    plan = selected.plan
    recorded = checkpoint.by_name()
    drifts: list[Drift] = []
    simulated: list[str] = []
    absent: list[str] = []
    unread: dict[str, tuple[str, ...]] = {}
    errors: list[str] = []
    live_resources = []
    read = 0
    for resource in plan.resources:
        entry = recorded.get(resource.name)
        live_resources.append(resource)
        if entry is None:
            absent.append(resource.name)
            continue
        if recorded_only(resource.type) is not None:
            simulated.append(resource.name)
            continue
        adapter = adapter_of(resource.type)
        if adapter is None:
            errors.append(f"{plan.name}/{resource.name}: no adapter reads {resource.type}")
            continue
        declared = _declared(resource, recorded, stack_outputs)
        handle = Handle.on(cloud, adapter, resource.account, resource.region)
        try:
            live = handle.read(entry.id, declared, resource.name)
        except CloudError as error:
            errors.append(str(error))
            continue
        read += 1
        where = place(resource.path)
        if live is None:
            drifts.append(
                Drift(plan.owner, plan.name, resource.name, resource.type, "", "present", "absent", where)
            )
            continue
        silent = tuple(sorted(path for path in adapter.unread if path.partition(".")[0] in declared))
        if silent:
            unread[resource.name] = silent
        unknown = frozenset(resource.inputs.keys() - declared.keys())
        found = list(adapter.compare(declared, live, unknown))
        drifts += [
            Drift(
                plan.owner,
                plan.name,
                resource.name,
                resource.type,
                difference.path,
                _shown(difference.declared),
                _shown(difference.live),
                where,
            )
            for difference in found
        ]
        heads = {difference.path.partition(".")[0] for difference in found}
        actual = adapter.with_unread(declared, live)
        live_resources[-1] = _with_live(resource, {name: actual.get(name) for name in heads})
    live_plan = replace(plan, resources=tuple(live_resources))
    return StackAudit(
        plan.name, tuple(drifts), read, tuple(simulated), tuple(absent), unread, tuple(errors), live_plan
    )


def _declared(
    resource: PlannedResource, recorded: Mapping[str, Entry], stack_outputs: StackOutputs
) -> dict[str, Any]:
    """The planned inputs with references looked up; what cannot be known is left out."""

    def look_up(reference: Ref | StackRef) -> Any:
        if isinstance(reference, StackRef):
            return stack_outputs(reference.stack).get(reference.output, UNKNOWN)
        entry = recorded.get(reference.resource)
        if entry is None:
            return UNKNOWN
        return (
            entry.id
            if reference.output == "id"
            else walk(from_wire(entry.type, entry.outputs), steps(reference.output))
        )

    resolved = {name: resolve(value, look_up) for name, value in resource.inputs.items()}
    return {name: value for name, value in resolved.items() if not contains_unknown(value)}


def _with_live(resource: PlannedResource, changed: Mapping[str, Any]) -> PlannedResource:
    """The resource as it is live; properties that do not differ stay as declared, references too."""
    if not changed:
        return resource
    inputs: dict[str, Value] = dict(resource.inputs)
    for name, value in changed.items():
        if value is None:
            inputs.pop(name, None)
        else:
            inputs[name] = _frozen(value)
    return replace(resource, inputs=inputs)


def _frozen(value: Any) -> Value:
    if isinstance(value, list):
        return tuple(map(_frozen, value))
    if isinstance(value, dict):
        return {key: _frozen(item) for key, item in value.items()}
    found: Value = value
    return found


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "absent" if value is None else str(value)


def undeclared(cloud: Cloud, accounts: Sequence[tuple[str, str]], known: frozenset[str]) -> tuple[str, ...]:
    """Buckets and zones in accounts that no stack has recorded, as `account: type id`; `known` are recorded ids."""
    found = []
    for account, region in accounts:
        buckets = cloud.client("s3", account, region).list_buckets()["Buckets"]
        found += [f"{account}: bucket {item['Name']}" for item in buckets if item["Name"] not in known]
        for page in cloud.client("route53", account, region).get_paginator("list_hosted_zones").paginate():
            zones = (
                (item["Id"].removeprefix("/hostedzone/"), item["Name"].rstrip("."))
                for item in page["HostedZones"]
            )
            found += [
                f"{account}: zone {name} ({identifier})"
                for identifier, name in zones
                if identifier not in known
            ]
    return tuple(sorted(found))
