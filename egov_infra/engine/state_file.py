"""Exported states as stacks to judge: the inputs of each resource as they were planned, with their references."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.engine.checkpoint import Checkpoint, Entry
from egov_infra.engine.deployment_schema import deployment_faults
from egov_infra.engine.error import RefusedError
from egov_infra.engine.exported import read_exported
from egov_infra.engine.restored import SECRET_VALUE, Origin, Origins, by_input, frozen
from egov_infra.manifest.fault import Fault, diagnose
from egov_infra.plan.alignment import Kept, opened
from egov_infra.plan.catalogue import UnknownTypeError, aws_type, from_wire
from egov_infra.plan.resource import Options, PlannedResource, StackPlan
from egov_infra.plan.value import Value
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.json_text import JsonText, parse_json

STACK_REFERENCE = "pulumi:pulumi:StackReference"
NOWHERE = "unknown"
"""The account or region of what has no provider that says one: no region that an estate allows."""


@dataclass(frozen=True, slots=True)
class StateFile:
    """The stack of an exported state. The `path` of a resource is its stack and its name."""

    stack: StackPlan
    kept: Mapping[str, Kept]
    """What the state has of each resource, by logical name."""
    _json: JsonText
    _numbers: Mapping[str, int]
    """Logical name to where the resource stands among those of the file."""

    def place(self, _stack: str, name: str = "") -> Place:
        """Where a resource stands in the file; without a name, the whole."""
        number = self._numbers.get(name)
        return self._json.place(() if number is None else _path(number))


def _path(number: int, *more: str) -> Path:
    return ("deployment", "resources", number, *more)


def read_state_file(content: bytes, file: str) -> StateFile:
    """The stack of a file that messages call `file`. Secrets are not opened. Raises InputError with all that is wrong."""
    text = parse_json(content, file)
    faults = list(deployment_faults(text.data))
    data: Any = text.data
    if faults:
        raise InputError(diagnose(text, [faults]))
    listed = data["deployment"]["resources"]
    stack = listed[0]["urn"].split(":")[2]
    seen: set[str] = set()
    for number, item in enumerate(listed):
        faults += _faults(item, number, stack, seen)
    if faults:
        raise InputError(diagnose(text, [faults]))
    try:
        state = read_exported(stack, data["version"], data["deployment"], lambda _marked: SECRET_VALUE)
        in_clear = read_exported(stack, data["version"], data["deployment"], _opened)
    except RefusedError as error:
        raise InputError([Diagnostic(Place(file), "state-file", str(error))]) from None
    plan, kept = recorded(state, in_clear)
    if not plan.resources:
        message = f"no resource of a cloud is recorded of {stack}: there is nothing to judge"
        raise InputError([Diagnostic(Place(file), "state-empty", message)])
    urns = {entry.urn: name for name, entry in state.by_name().items()}
    numbers = {
        urns[item["urn"]]: at
        for at, item in enumerate(listed)
        if item["urn"] in urns and not item.get("delete")
    }
    return StateFile(plan, kept, text, numbers)


def _faults(item: Mapping[str, Any], number: int, stack: str, seen: set[str]) -> Iterable[Fault]:
    """What no rule could look at, and what would be judged as something else. `seen` holds the names so far."""
    token, own = item["type"], item["urn"].split(":")[2]
    if own != stack:
        yield Fault(_path(number, "urn"), "state-file", f"of stack {own}, where others are of {stack}")
    if token.startswith("pulumi:") or item.get("delete"):
        return
    if not item["custom"]:
        if token.startswith("aws:"):
            yield Fault(
                _path(number, "custom"), "state-file", f"{token} is no component: no rule would look at it"
            )
        return
    name = item["urn"].rpartition("::")[2]
    if name in seen:
        yield Fault(
            _path(number, "urn"), "state-file", f"another resource is called {name}: names tell them apart"
        )
    seen.add(name)
    try:
        if aws_type(token).token == token:
            return
        message = f"no AWS type {token!r} in the catalogue"
    except UnknownTypeError as error:
        message = str(error)
    yield Fault(_path(number, "type"), "state-type", f"{message}: no rule can look at it")


def recorded(state: Checkpoint, in_clear: Checkpoint) -> tuple[StackPlan, Mapping[str, Kept]]:
    """A recorded stack as if it were planned, and what is kept of each resource, in clear."""
    owner = state.stack.partition(".")[0]
    names = {entry.urn: name for name, entry in state.by_name().items()}
    origins = Origins(lambda urn: _origin(state.entries.get(urn), names))
    clear = in_clear.by_name()
    resources = []
    kept = {}
    for name, entry in state.by_name().items():
        urns = by_input(entry.type, entry.property_dependencies)
        resources.append(
            _resource(entry, state, owner, origins.restore(frozen(entry.type, _inputs(entry)), urns))
        )
        came_from = {
            item: frozenset(names[urn] for urn in some if urn in names) for item, some in urns.items()
        }
        kept[name] = Kept(frozen(entry.type, _inputs(clear[name])), came_from)
    account, region = (most(getattr(item, field) for item in resources) for field in ("account", "region"))
    return StackPlan(state.stack, owner, account, region, tuple(resources)), kept


def _opened(marked: Mapping[str, Any]) -> Any:
    """A secret in clear, as far as it is."""
    return opened(json.loads(marked["plaintext"])) if "plaintext" in marked else SECRET_VALUE


def most(words: Iterable[str]) -> str:
    """The commonest word: a stack stands where most of its resources do."""
    return next((word for word, _ in Counter(sorted(words)).most_common(1)), NOWHERE)


def _origin(entry: Entry | None, names: Mapping[str, str]) -> Origin | None:
    """What a resource of a cloud, or another stack, says of itself."""
    if entry is None:
        return None
    if entry.urn in names:
        return Origin.of_resource(entry.type, entry.name, entry.id, entry.outputs)
    if entry.type != STACK_REFERENCE:
        return None
    return Origin.of_stack(entry.inputs.get("name", entry.name), entry.outputs.get("outputs"))


def _inputs(entry: Entry) -> dict[str, Any]:
    """Inputs by snake_case names; the region stands with the resource."""
    return {name: value for name, value in from_wire(entry.type, entry.inputs).items() if name != "region"}


def _resource(entry: Entry, state: Checkpoint, owner: str, inputs: Mapping[str, Value]) -> PlannedResource:
    account, region = _place_of(entry, state)
    return PlannedResource(
        entry.type,
        entry.name,
        inputs,
        owner,
        state.stack,
        account,
        region,
        (state.stack, entry.name),
        Options(protect=entry.is_protected),
    )


def _place_of(entry: Entry, state: Checkpoint) -> tuple[str, str]:
    provider = state.entries.get(entry.provider.rpartition("::")[0])
    said = provider.inputs if provider is not None else {}
    accounts = said.get("allowedAccountIds") or [NOWHERE]
    return str(accounts[0]), str(entry.inputs.get("region") or said.get("region") or NOWHERE)
