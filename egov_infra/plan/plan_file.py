"""Plans as JSON, read back: the inverse of `canonical`, for plans that come from outside.

A file holds what `egov-infra plan … --format json` prints, of which only `stacks` counts, or a single stack. Each
resource is checked while it is read, as a builder checks what is planned: a schema engine would take minutes for what
this does in a second. `plan_schema` says the same to others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

from egov_infra.manifest.fault import Fault, diagnose, dotted
from egov_infra.plan.canonical import MARKS
from egov_infra.plan.catalogue import ShapeError, UnknownTypeError, aws_type
from egov_infra.plan.resource import NO_OPTIONS, Options, PlannedResource, StackPlan
from egov_infra.plan.value import (
    Document,
    Join,
    MisplacedSecretError,
    Ref,
    Reference,
    SecretRef,
    StackRef,
    Value,
    references,
)
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.json_text import JsonText, parse_json
from egov_infra.source.spelling import closest

VERSION = 1
STACK_TEXTS = ("stack", "owner", "account", "region")
RESOURCE_TEXTS = ("type", "name", "account", "region")
RESOURCE_LISTS = ("depends_on", "aliases")
_STACK_KEYS = frozenset((*STACK_TEXTS, "version", "resources", "outputs", "notes", "digest", "steps"))
_RESOURCE_KEYS = frozenset((*RESOURCE_TEXTS, *RESOURCE_LISTS, "inputs", "protect"))
_NAMES_OF_OUTPUT = 2


@dataclass(frozen=True, slots=True)
class PlanFile:
    """Stacks of a file. The `path` of a resource is its stack and its name: nobody knows its manifest's from here."""

    stacks: tuple[StackPlan, ...]
    _json: JsonText
    _paths: Mapping[str, Path]
    """Stack to where it stands in the file."""

    def place(self, stack: str, name: str = "") -> Place:
        """Where a stack, or a resource of it, stands in the file."""
        path = self._paths[stack]
        data: Any = self._json.data
        for step in path:
            data = data[step]
        numbers = (number for number, item in enumerate(data["resources"]) if item["name"] == name)
        number = next(numbers, None)
        return self._json.place(path if number is None else (*path, "resources", number))


def read_plan_file(content: bytes, file: str) -> PlanFile:
    """The stacks of a file that messages call `file`. Raises InputError: of each resource the first thing wrong."""
    json = parse_json(content, file)
    faults: list[Fault] = []
    found: dict[str, tuple[Path, StackPlan]] = {}
    with _kept(faults, ()):
        for path, data in _listed(json.data):
            reader = _StackReader(path, faults)
            with _kept(faults, path):
                plan = reader.read(data)
                if plan.name in found:
                    raise _at("stack", f"a stack {plan.name} stands here twice")
                found[plan.name] = (path, plan)
    if faults:
        raise InputError(diagnose(json, [faults]))
    if not any(plan.resources for _, plan in found.values()):
        raise InputError(
            [Diagnostic(Place(file), "plan-empty", "plans no resource: there is nothing to judge")]
        )
    paths = {name: path for name, (path, _) in found.items()}
    return PlanFile(tuple(plan for _, plan in found.values()), json, paths)


@contextmanager
def _kept(faults: list[Fault], path: Path) -> Iterator[None]:
    """What is wrong below a path is kept, and the rest goes on."""
    try:
        yield
    except ShapeError as error:
        faults.append(_fault(path, error))


def _fault(path: Path, error: ShapeError) -> Fault:
    where = (*path, *reversed(error.steps), *((error.key,) if error.key is not None else ()))
    message = f"{dotted(where)}: {error.args[0]}" if where else str(error.args[0])
    return Fault(where, "plan-file", message, is_key=error.key is not None)


def _at(step: str | int, message: str) -> ShapeError:
    error = ShapeError(message)
    error.steps.append(step)
    return error


def _listed(data: Any) -> Iterator[tuple[Path, Any]]:
    """The stacks of a whole file, each with where it stands."""
    if isinstance(data, dict) and "resources" in data:
        yield (), data
    elif isinstance(data, dict) and isinstance(data.get("stacks"), list) and data["stacks"]:
        _demand_version(data)
        yield from ((("stacks", number), item) for number, item in enumerate(data["stacks"]))
    else:
        raise ShapeError("no plan: holds neither `stacks`, as `plan --format json` prints, nor `resources`")


def _demand_version(data: Mapping[str, Any]) -> None:
    if data.get("version") != VERSION or data["version"] is True:
        raise _at("version", f"version {data.get('version')!r}, expected {VERSION}")


def _demand(data: Any, known: frozenset[str], texts: tuple[str, ...], what: str) -> None:
    """An object without other keys, in which these are texts that say something."""
    if type(data) is dict and data.keys() <= known and _says(data, texts):
        return  # the usual case first: it runs for every resource
    if not isinstance(data, dict):
        raise ShapeError(f"expects the object of a {what}, has {data!r}")
    for key in data:
        if key not in known:
            hint = closest(key, known)
            said = f"no key {key!r} in a {what}" + (f"; did you mean {hint!r}?" if hint else "")
            raise ShapeError(said, key)
    for key in texts:
        if key not in data:
            raise ShapeError(f"a {what} misses {key!r}")
        _demand_kind(data, key, str, "text")
        if not data[key]:
            raise _at(key, "expects text, is empty")


def _says(data: Mapping[str, Any], texts: tuple[str, ...]) -> bool:
    for key in texts:  # noqa: SIM110 - a generator takes longer, and it runs for every resource
        if type(data.get(key)) is not str or not data[key]:
            return False
    return True


def _demand_kind(data: Mapping[str, Any], key: str, kind: type, word: str) -> None:
    if key in data and type(data[key]) is not kind:
        raise _at(key, f"expects {word}, has {data[key]!r}")


def _demand_texts(data: Mapping[str, Any], *keys: str) -> None:
    for key in keys:
        _demand_kind(data, key, list, "a list of texts")
        for item in data.get(key, ()):
            if not isinstance(item, str):
                raise _at(key, f"expects a list of texts, has {item!r} in it")


@dataclass(slots=True)
class _StackReader:
    """Reads one stack."""

    path: Path
    faults: list[Fault]
    resources: dict[str, PlannedResource] = field(default_factory=dict)
    links: dict[str, list[Reference]] = field(default_factory=dict)
    """Logical name to what the resource refers to."""

    def read(self, data: Any) -> StackPlan:
        """The stack. Raises ShapeError for what is wrong with it itself; what is wrong inside is kept."""
        _demand(data, _STACK_KEYS, STACK_TEXTS, "stack")
        _demand_version(data)
        _demand_texts(data, "notes")
        _demand_kind(data, "outputs", dict, "an object")
        if type(data.get("resources")) is not list:
            raise _at("resources", "expects a list of resources")
        stack, owner = data["stack"], data["owner"]
        if owner != stack.partition(".")[0]:
            raise _at("owner", f"{owner!r} is not whom {stack!r} is named after")
        known = len(self.faults)
        for number, item in enumerate(data["resources"]):
            try:  # no context: it runs for every resource
                self._resource(item, stack, owner)
            except ShapeError as error:
                self.faults.append(_fault((*self.path, "resources", number), error))
        is_readable = len(self.faults) == known  # else what is referred to may only be unreadable
        if is_readable:
            for number, (name, found) in enumerate(self.links.items()):
                depends_on = self.resources[name].options.depends_on
                if found or depends_on:
                    with _kept(self.faults, (*self.path, "resources", number)):
                        self._demand_links(found, depends_on, "inputs")
        outputs = {}
        for name, item in data.get("outputs", {}).items():
            with _kept(self.faults, (*self.path, "outputs", name)):
                outputs[name] = self._output(item, is_linked=is_readable)
        ordered = self._ordered() if len(self.faults) == known else ()
        notes = tuple(data.get("notes", ()))
        return StackPlan(stack, owner, data["account"], data["region"], ordered, outputs, notes)

    def _resource(self, data: Any, stack: str, owner: str) -> None:
        _demand(data, _RESOURCE_KEYS, RESOURCE_TEXTS, "resource")
        if type(data.get("inputs")) is not dict:
            raise _at("inputs", "expects an object")
        token, name = data["type"], data["name"]
        if name in self.resources:
            raise _at("name", f"a resource {name} stands here twice")
        try:
            kind = aws_type(token)
        except UnknownTypeError as error:
            raise _at("type", str(error)) from None
        if kind.token != token:
            raise _at("type", f"{token!r} is written {kind.token!r} here")
        found: list[Reference] = []
        inputs: dict[str, Value] = {}
        try:
            for key, item in data["inputs"].items():
                if item is not None:
                    inputs[key] = item if type(item) is str else _value_at(key, item)
            kind.check(inputs, found)
        except MisplacedSecretError as error:
            raise _at("inputs", str(error)) from None
        except ShapeError as error:
            error.steps.append("inputs")
            raise
        options = _options(data) if len(data) > len(RESOURCE_TEXTS) + 1 else NO_OPTIONS
        self.links[name] = found
        self.resources[name] = PlannedResource(
            token, name, inputs, owner, stack, data["account"], data["region"], (stack, name), options
        )

    def _output(self, data: Any, *, is_linked: bool) -> Value:
        value = _value(data)
        try:
            found = references(value)
        except MisplacedSecretError as error:
            raise ShapeError(str(error)) from None
        if any(isinstance(part, SecretRef) for part in found):
            raise ShapeError("would export the value of a secret")
        if is_linked:
            self._demand_links(found)
        return value

    def _demand_links(
        self, found: list[Reference], depends_on: tuple[str, ...] = (), where: str | None = None
    ) -> None:
        """Whatever is referred to is there."""
        for name in depends_on:
            if name not in self.resources:
                raise _at("depends_on", f"no resource is called {name!r}")
        for part in found:
            if not isinstance(part, Ref):
                continue
            target = self.resources.get(part.resource)
            if target is None:
                error = ShapeError(f"refers to {part.resource!r}, which no resource of the stack is called")
            elif not aws_type(target.type).has_output(part.output):
                error = ShapeError(f"{aws_type(target.type).name} has no output {part.output!r}")
            else:
                continue
            if where:
                error.steps.append(where)
            raise error

    def _ordered(self) -> tuple[PlannedResource, ...]:
        """The resources, each after what it uses."""
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for name, resource in self.resources.items():
            used = (part.resource for part in self.links[name] if isinstance(part, Ref))
            sorter.add(name, *used, *resource.options.depends_on)
        try:
            return tuple(self.resources[name] for name in sorter.static_order())
        except CycleError as error:
            raise _at("resources", f"resources wait for each other: {', '.join(error.args[1])}") from None


def _options(data: Mapping[str, Any]) -> Options:
    _demand_kind(data, "protect", bool, "true or false")
    _demand_texts(data, *RESOURCE_LISTS)
    return Options(
        data.get("protect", False), tuple(data.get("depends_on", ())), tuple(data.get("aliases", ()))
    )


def _value(data: Any) -> Value:
    """A planned value. Raises ShapeError for an object that looks like a reference and is none."""
    kind = type(data)
    if kind is dict:
        if len(data) == 1:
            ((key, inner),) = data.items()
            if key in MARKS:
                return _marked(key, inner)
        return {key: item if type(item) is str else _value_at(key, item) for key, item in data.items()}
    if kind is list:
        return tuple(
            [item if type(item) is str else _value_at(number, item) for number, item in enumerate(data)]
        )
    return data  # type: ignore[no-any-return]


def _value_at(step: str | int, data: Any) -> Value:
    kind = type(data)
    if kind is not dict and kind is not list:
        return data  # type: ignore[no-any-return]
    try:
        return _value(data)
    except ShapeError as error:
        error.steps.append(step)
        raise


def _marked(key: str, data: Any) -> Value:
    kind = type(data)
    if key == "$secret" and kind is str and data:
        return SecretRef(data)
    if key in ("$ref", "$stack") and kind is list and len(data) == _NAMES_OF_OUTPUT:
        one, other = data
        if type(one) is str and type(other) is str:
            return Ref(one, other) if key == "$ref" else StackRef(one, other)
    if key == "$join" and kind is list:
        parts = tuple(_value_at(number, item) for number, item in enumerate(data))
        if all(isinstance(part, str | Ref | StackRef) for part in parts):
            return Join(parts)  # type: ignore[arg-type]
    if key == "$document" and kind in (dict, list):
        return Document(_value_at(key, data))  # type: ignore[arg-type]
    if key == "$object" and kind is dict and len(data) == 1 and next(iter(data)) in MARKS:
        return {name: _value_at(name, item) for name, item in data.items()}
    raise _at(key, f"not what {key} holds: {data!r}")
