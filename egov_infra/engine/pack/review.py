"""One stack under review by the pack: each resource is converted once, judged alone, and at the end within its stack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import analyzer_pb2 as proto

from egov_infra.engine.gate import Gate
from egov_infra.engine.pack.describe import describe_fault, describe_finding, describe_unknown_type
from egov_infra.engine.pack.values import Inputs, read_inputs
from egov_infra.engine.restored import Origin, Origins, by_input
from egov_infra.engine.state_file import NOWHERE, STACK_REFERENCE, most
from egov_infra.engine.wire import plain
from egov_infra.plan.alignment import Kept, align, as_planned
from egov_infra.plan.catalogue import UnknownTypeError, aws_type
from egov_infra.plan.resource import Options, PlannedResource, StackPlan
from egov_infra.plan.value import UNSURE, Document, Join, Ref, Value, references
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.outside import Outside, Owner, stands_alone
from egov_infra.source.diagnostic import Place


@dataclass(frozen=True, slots=True)
class _Converted:
    resource: PlannedResource
    inputs: Inputs


class Review:
    """What was seen of one stack. Raises InputError if the estate does not know whose it is."""

    def __init__(self, gate: Gate, stack: str) -> None:
        self._gate = gate
        self._stack = stack
        self._alone = Outside(gate.source, gate.policies, gate.context, stands_alone)
        self._around = Outside(gate.source, gate.policies, gate.context, lambda rule: not stands_alone(rule))
        self._titles = {rule.id: rule.metadata.title for rule in gate.policies.rules}
        self._owner: Owner = self._alone.owner(stack.partition(".")[0], lambda: Place(f"stack {stack}"))
        self._seen: dict[str, _Converted] = {}
        self._refused: set[str] = set()
        self._settled: set[str] = set()
        """Names of resources of which all was known when they were judged alone, and nothing guessed."""
        self._told: set[tuple[str, str]] = set()
        """Rule and subject of what was reported."""

    def one(self, request: Any) -> Iterator[proto.AnalyzeDiagnostic]:
        """What is wrong with a resource, whatever is around it. What cannot be decided yet waits for the stack."""
        yield from self._meet(request)
        converted = self._seen.get(request.urn)
        if converted is None:
            return
        guessed = self._guessed(converted)
        if guessed.inputs == converted.inputs.shown and not references(guessed.inputs):
            self._settled.add(guessed.name)
        self._alone.judge(_stack_of(guessed), self._locate)
        if not self._alone.has_findings:
            return
        for finding in self._alone.finish().findings:
            if finding.verdict in (Verdict.FAIL, Verdict.ERROR):
                yield from self._tell(finding, request.urn)

    def whole(self, resources: Iterable[Any]) -> Iterator[proto.AnalyzeDiagnostic]:
        """What is wrong with the stack and was not said of its resources before; faults of waivers too."""
        listed = list(resources)
        for item in listed:
            if item.urn not in self._seen:  # a state is analyzed whole, without a word of each before
                yield from self._meet(item)
        found = self._stack_of(listed)
        urns = {one.resource.name: urn for urn, one in self._seen.items()}
        root = next((item.urn for item in listed if item.type == "pulumi:pulumi:Stack"), "")
        if found is not None:
            stack = self._as_planned(*found)
            self._around.judge(stack, self._locate)
            for resource in stack.resources:
                if resource.name not in self._settled or found[1][resource.name].came_from:
                    self._alone.judge(_stack_of(resource), self._locate)
        judgement = self._around.finish()
        for finding in (*judgement.findings, *self._alone.finish().findings):
            yield from self._tell(finding, urns.get(finding.subject.rpartition("/")[2], root))
        for fault in judgement.waiver_faults:
            yield describe_fault(fault)

    def _as_planned(self, stack: StackPlan, kept: Mapping[str, Kept]) -> StackPlan:
        planned = self._owner.planned(stack.name)
        return stack if planned is None else as_planned(stack, kept, planned)

    def _tell(self, finding: Finding, urn: str) -> Iterator[proto.AnalyzeDiagnostic]:
        """A finding as the profile has it: what blocks is mandatory, also if it is unknown; drafts are not told."""
        key = (finding.rule, finding.subject)
        if finding.verdict is Verdict.WAIVED or key in self._told:
            return
        gate = self._gate
        action = gate.policies.profile.action(finding.rule, finding.severity, gate.context.today)
        if action != "draft":
            self._told.add(key)
            yield describe_finding(finding, action, self._titles[finding.rule], urn)

    def _meet(self, item: Any) -> Iterator[proto.AnalyzeDiagnostic]:
        """Convert a resource; one of a type that no rule could look at is refused, once, and hides no other."""
        try:
            converted = self._convert(item)
        except UnknownTypeError as error:
            if item.urn not in self._refused:
                self._refused.add(item.urn)
                yield describe_unknown_type(f"{item.name}: {error}", item.urn)
            return
        if converted is not None:
            self._seen[item.urn] = converted

    def _locate(self, stack: str, name: str) -> Place:
        return Place(f"{stack}/{name}" if name else stack)

    def _convert(self, item: Any) -> _Converted | None:
        """A resource of a cloud as if it were planned; None for stacks, components, providers. Raises UnknownTypeError."""
        token = item.type
        is_component = not item.HasField("provider") and not token.startswith("aws:")
        if token.startswith("pulumi:") or is_component:
            return None
        if aws_type(token).token != token:
            raise UnknownTypeError(f"no AWS type {token!r} in the catalogue")
        account, region = _place_of(item)
        planned = self._owner.resource(self._stack, item.name)
        is_planned = planned is not None and planned.type == token
        # elsewhere a name is one of its type only
        name = item.name if is_planned else f"{item.name}:{aws_type(token).name}"
        inputs = read_inputs(token, item.properties)
        options = Options(protect=item.options.protect)
        resource = PlannedResource(
            token,
            name,
            inputs.shown,
            self._owner.facts.slug,
            self._stack,
            account,
            region,
            (self._stack, name),
            options,
        )
        return _Converted(resource, inputs)

    def _guessed(self, converted: _Converted) -> PlannedResource:
        """A resource as planned where it may be just that: what its values came from is told at the end only."""
        resource, inputs = converted.resource, converted.inputs
        planned = self._owner.resource(resource.stack, resource.name)
        if planned is None or planned.type != resource.type:
            return resource
        values = {
            name: align(value, inputs.in_clear.get(name), expected, _names(expected))
            if (expected := planned.inputs.get(name)) is not None
            else value
            for name, value in resource.inputs.items()
        }
        return replace(resource, inputs=values)

    def _stack_of(self, listed: list[Any]) -> tuple[StackPlan, Mapping[str, Kept]] | None:
        """The resources with what the engine says of where their values came from."""
        items = {item.urn: item for item in listed}
        origins = Origins(lambda urn: self._origin(items.get(urn)))
        resources, kept = [], {}
        for item in listed:
            converted = self._seen.get(item.urn)
            if converted is None:
                continue
            sources = {wire: found.urns for wire, found in item.propertyDependencies.items() if found.urns}
            urns = by_input(item.type, sources)
            came_from = {
                name: {
                    self._seen[urn].resource.name: self._seen[urn].resource.type
                    for urn in some
                    if urn in self._seen
                }
                for name, some in urns.items()
            }
            inputs = origins.restore(converted.inputs.shown, urns)
            inputs = {name: _linked(value, came_from.get(name, {})) for name, value in inputs.items()}
            resources.append(replace(converted.resource, inputs=inputs))
            names = {name: frozenset(some) for name, some in came_from.items()}
            kept[converted.resource.name] = Kept(converted.inputs.in_clear, names)
        if not resources:
            return None
        account, region = (most(getattr(one, name) for one in resources) for name in ("account", "region"))
        owner = self._owner.facts.slug
        return StackPlan(self._stack, owner, account, region, tuple(resources)), kept

    def _origin(self, item: Any) -> Origin | None:
        """What a resource or another stack says of itself; nothing that is not known yet."""
        if item is None:
            return None
        outputs = _known(plain(item.properties))
        if item.type == STACK_REFERENCE:
            return Origin.of_stack(outputs.get("name", ""), outputs.get("outputs"))
        seen = self._seen.get(item.urn)
        if seen is None:
            return None
        return Origin.of_resource(item.type, seen.resource.name, str(outputs.get("id") or ""), outputs)


def _stack_of(resource: PlannedResource) -> StackPlan:
    """A resource on its own."""
    return StackPlan(resource.stack, resource.owner, resource.account, resource.region, (resource,))


def _known(value: Any) -> Any:
    """What is known already of outputs."""
    if isinstance(value, dict):
        return {key: _known(item) for key, item in value.items() if item != rpc.UNKNOWN}
    if isinstance(value, list):
        return [_known(item) for item in value]
    return None if value == rpc.UNKNOWN else value


def _names(planned: Value) -> frozenset[str]:
    return frozenset(part.resource for part in references(planned) if isinstance(part, Ref))


def _linked(value: Value, came_from: Mapping[str, str]) -> Value:
    """A value in which what is not known yet refers to the resources that it came from, as far as that can be told.

    `came_from` has their types by logical name. Which part came from which is told by nobody: of several types each part is
    unsure, so that a rule that asks for one of them is undecided.
    """
    parts = _unsure(value)
    if not parts or not came_from:
        return value
    made = tuple(Ref(name, "?") for name in sorted(came_from))
    if parts > 1 and len(set(came_from.values())) > 1:
        return _exchanged(value, Join((UNSURE, *made)))
    return _exchanged(value, made[0] if len(made) == 1 else Join(made))


def _unsure(value: Value) -> int:
    """How many parts of a value are not known, nor where they come from."""
    if value is UNSURE:
        return 1
    if isinstance(value, Document):
        return _unsure(value.body)
    if isinstance(value, tuple):
        return sum(map(_unsure, value))
    return sum(map(_unsure, value.values())) if isinstance(value, Mapping) else 0


def _exchanged(value: Value, new: Value) -> Value:
    """A value with another one in place of what is not known."""
    if value is UNSURE:
        return new
    if isinstance(value, Document):
        return Document(_exchanged(value.body, new))  # type: ignore[arg-type]
    if isinstance(value, tuple):
        return tuple(_exchanged(item, new) for item in value)
    return (
        {key: _exchanged(item, new) for key, item in value.items()} if isinstance(value, Mapping) else value
    )


def _place_of(item: Any) -> tuple[str, str]:
    """The account and region of a resource: those of its provider, unless it names a region."""
    said = _strings(item.provider.properties, "region", "allowedAccountIds")
    own = _strings(item.properties, "region")
    try:
        accounts = json.loads(said.get("allowedAccountIds") or "[]")
    except ValueError:
        accounts = []
    account = accounts[0] if isinstance(accounts, list) and len(accounts) == 1 else NOWHERE
    return str(account), own.get("region") or said.get("region") or NOWHERE


def _strings(message: struct_pb2.Struct, *names: str) -> dict[str, str]:
    fields = message.fields
    found = {name: fields[name].string_value for name in names if name in fields}
    return {name: text for name, text in found.items() if text != rpc.UNKNOWN}
