"""Planned stacks as others have them: an exported state, and the requests that an engine sends to a policy pack."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import analyzer_pb2 as proto

from egov_infra.engine.checkpoint import PROVIDER_TYPE, SECRET, SIGNATURE, STACK_TYPE
from egov_infra.engine.urn import root_urn, urn_of
from egov_infra.engine.value import resolve, steps
from egov_infra.plan.catalogue import aws_type, to_wire
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef, Value, references

IN_CLEAR = "hunter2-in-clear"


def all_references(plan: StackPlan) -> Iterator[Ref]:
    """Every reference within a stack."""
    for resource in plan.resources:
        yield from (part for part in references(resource.inputs) if isinstance(part, Ref))


class Made:
    """What creation would make of a stack: ids and outputs, the same in every run."""

    def __init__(self, plan: StackPlan, *also: Ref) -> None:
        """`also` is referred to besides."""
        self._plan = plan
        self._resources = {resource.name: resource for resource in plan.resources}
        self.outputs: dict[str, dict[str, Any]] = {name: {} for name in self._resources}
        for resource in plan.resources:
            self.outputs[resource.name]["arn"] = (
                f"arn:aws:made:{resource.region}:{resource.account}:{resource.name}"
            )
        for reference in sorted({*all_references(plan), *also}, key=lambda one: (one.resource, one.output)):
            if reference.output != "id":
                self._make(reference)

    def _make(self, reference: Ref) -> None:
        resource = self._resources[reference.resource]
        head, *rest = steps(reference.output)
        outputs = self.outputs[reference.resource]
        if not rest:
            declared = resource.inputs.get(str(head))
            made = f"{reference.output}-of-{reference.resource}"
            outputs.setdefault(str(head), declared if isinstance(declared, str) else made)
            return
        made = f"{reference.output}-of-{reference.resource}"
        outputs[str(head)] = _grown(outputs.get(str(head)), rest, made)

    def id(self, name: str) -> str:
        """As AWS has it: often just a name."""
        inputs = self._resources[name].inputs
        named = (inputs.get(key) for key in ("bucket", "name"))
        return next((text for text in named if isinstance(text, str)), f"{name}-id")

    def look_up(self, reference: Ref | StackRef | SecretRef) -> Any:
        """What a reference comes to."""
        if isinstance(reference, StackRef):
            return f"{reference.output}-of-{reference.stack}"
        if isinstance(reference, SecretRef):
            return {SIGNATURE: SECRET, "ciphertext": "v1:sealed"}
        if reference.output == "id":
            return self.id(reference.resource)
        found: Any = self.outputs[reference.resource]
        for step in steps(reference.output):
            found = found[step]
        return found

    def inputs(self, resource: PlannedResource) -> dict[str, Any]:
        """Resolved, by wire names, with the region where it is not the stack's."""
        inputs = {name: resolve(value, self.look_up) for name, value in resource.inputs.items()}
        return _with_region(resource, self._plan, to_wire(resource.type, inputs))


def _grown(value: Any, path: list[str | int], leaf: str) -> Any:
    if not path:
        return leaf
    step, *rest = path
    if isinstance(step, int):
        items = list(value or [])
        items += [{} for _ in range(step + 1 - len(items))]
        items[step] = _grown(items[step], rest, leaf)
        return items
    return {**(value or {}), step: _grown((value or {}).get(step), rest, leaf)}


def _with_region(resource: PlannedResource, plan: StackPlan, inputs: dict[str, Any]) -> dict[str, Any]:
    return inputs if resource.region == plan.region else {**inputs, "region": resource.region}


def _urn(resource: PlannedResource) -> str:
    parent = urn_of(
        resource.stack, "egov:index:Stack", resource.stack.replace(".", "-"), root_urn(resource.stack)
    )
    return urn_of(resource.stack, resource.type, resource.name, parent)


def _provider_urn(stack: str, account: str) -> str:
    return urn_of(stack, PROVIDER_TYPE, f"account-{account}")


def _came_from(resource: PlannedResource, urns: Mapping[str, str]) -> dict[str, list[str]]:
    wire = {prop.name: prop.wire for prop in aws_type(resource.type).inputs.values()}
    found = {
        wire.get(name, name): sorted(
            {urns[part.resource] for part in references(value) if isinstance(part, Ref)}
        )
        for name, value in resource.inputs.items()
    }
    return {name: some for name, some in found.items() if some}


def exported(plan: StackPlan) -> bytes:
    """The state of an applied stack as `pulumi stack export` prints it, secrets encrypted."""
    made = Made(plan)
    urns = {resource.name: _urn(resource) for resource in plan.resources}
    resources: list[dict[str, Any]] = [{"urn": root_urn(plan.name), "custom": False, "type": STACK_TYPE}]
    for account in sorted({resource.account for resource in plan.resources}):
        said = {"allowedAccountIds": json.dumps([account]), "region": plan.region}
        urn = _provider_urn(plan.name, account)
        resources.append(
            {"urn": urn, "custom": True, "type": PROVIDER_TYPE, "id": "p", "inputs": said, "outputs": said}
        )
    for resource in plan.resources:
        inputs = made.inputs(resource)
        came_from = _came_from(resource, urns)
        outputs = {**inputs, **to_wire(resource.type, made.outputs[resource.name])}
        entry = {
            "urn": urns[resource.name],
            "custom": True,
            "type": resource.type,
            "id": made.id(resource.name),
            "inputs": inputs,
            "outputs": outputs,
            "provider": f"{_provider_urn(plan.name, resource.account)}::p",
            "dependencies": sorted({urn for some in came_from.values() for urn in some}),
            "propertyDependencies": came_from,
        }
        resources.append({**entry, "protect": True} if resource.options.protect else entry)
    # the CLI sorts keys
    return json.dumps(
        {"version": 3, "deployment": {"resources": resources}}, indent=4, sort_keys=True
    ).encode()


def _sent(value: Value) -> Any:
    """As the engine sends it before anything exists."""
    if isinstance(value, SecretRef):
        return {SIGNATURE: SECRET, "value": IN_CLEAR}
    if isinstance(value, Ref | StackRef | Join):
        return rpc.UNKNOWN
    if isinstance(value, Document):
        return rpc.UNKNOWN if references(value) else resolve(value, lambda _: None)
    if isinstance(value, Mapping):
        return {key: _sent(item) for key, item in value.items()}
    return [_sent(item) for item in value] if isinstance(value, tuple) else value


def _struct(values: Mapping[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(values)
    return message


def _message(resource: PlannedResource, plan: StackPlan, inputs: Mapping[str, Any]) -> dict[str, Any]:
    said = {"allowedAccountIds": json.dumps([resource.account]), "region": plan.region}
    name = f"account-{resource.account}"
    return {
        "type": resource.type,
        "urn": _urn(resource),
        "name": resource.name,
        "properties": _struct(inputs),
        "options": proto.AnalyzerResourceOptions(protect=resource.options.protect),
        "provider": proto.AnalyzerProviderResource(
            type=PROVIDER_TYPE,
            urn=_provider_urn(plan.name, resource.account),
            name=name,
            properties=_struct(said),
        ),
    }


Send = Callable[[PlannedResource], dict[str, Any]]


def previewed(plan: StackPlan) -> Send:
    """Inputs as a preview has them: what creation will tell is unknown."""

    def send(resource: PlannedResource) -> dict[str, Any]:
        inputs = {name: _sent(value) for name, value in resource.inputs.items()}
        return _with_region(resource, plan, to_wire(resource.type, inputs))

    return send


def applied(plan: StackPlan) -> Send:
    """Inputs as an update has them: whatever they refer to is there."""
    made = Made(plan)

    def send(resource: PlannedResource) -> dict[str, Any]:
        def look_up(reference: Ref | StackRef | SecretRef) -> Any:
            if isinstance(reference, SecretRef):
                return {SIGNATURE: SECRET, "value": IN_CLEAR}
            return made.look_up(reference)

        inputs = {name: resolve(value, look_up) for name, value in resource.inputs.items()}
        return _with_region(resource, plan, to_wire(resource.type, inputs))

    return send


def requests(plan: StackPlan, send: Send) -> tuple[list[Any], Any]:
    """What is sent for each resource, and for the stack at its end."""
    urns = {resource.name: _urn(resource) for resource in plan.resources}
    made = Made(plan) if send.__qualname__.startswith("applied") else None
    alone, together = [], []
    root = proto.AnalyzerResource(type=STACK_TYPE, urn=root_urn(plan.name), name=f"egov-{plan.name}")
    together.append(root)
    for resource in plan.resources:
        inputs = send(resource)
        message = _message(resource, plan, inputs)
        alone.append(proto.AnalyzeRequest(**message))
        if made is None:
            outputs = {"id": rpc.UNKNOWN, **dict.fromkeys(to_wire(resource.type, dict.fromkeys(aws_type(resource.type).outputs)), rpc.UNKNOWN), **inputs}  # fmt: skip
        else:
            outputs = {
                **inputs,
                **to_wire(resource.type, made.outputs[resource.name]),
                "id": made.id(resource.name),
            }
        came_from = _came_from(resource, urns)
        together.append(
            proto.AnalyzerResource(
                **{**message, "properties": _struct(outputs)},
                dependencies=sorted({urn for some in came_from.values() for urn in some}),
                propertyDependencies={
                    name: proto.AnalyzerPropertyDependencies(urns=some) for name, some in came_from.items()
                },
            )
        )
    return alone, proto.AnalyzeStackRequest(resources=together)
