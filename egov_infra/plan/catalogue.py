"""The AWS types that blueprints may use: properties, nested ones too, with their snake and camel names.

Read from `aws_types.json`, which `python -m egov_infra.engine.describe_types` writes from pulumi_aws (its docstring
says how kinds are written). A type is compiled when first asked for.
"""

from __future__ import annotations

import json
import pathlib
import re
from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from typing import Any, TypeAlias

from egov_infra.plan.value import Document, Join, Ref, Reference, SecretRef, StackRef, Value, gather
from egov_infra.source.frozen import frozen

CATALOGUE_FILE = pathlib.Path(__file__).with_name("aws_types.json")

Found: TypeAlias = "list[Reference]"
Check: TypeAlias = Callable[[Value, Found], None]
"""Raises ShapeError; appends every reference inside the value, so that one walk does for both."""
_UNKNOWN_TEXT = (Ref, StackRef, SecretRef, Join)
_REFERENCES = (Ref, StackRef)


class ShapeError(Exception):
    """A value does not have the shape of its AWS type. `steps` lead to it, outermost last.

    `key` is the key of it that is wrong, where a key is.
    """

    def __init__(self, message: str, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key
        self.steps: list[str | int] = []

    def __str__(self) -> str:
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in reversed(self.steps))
        return f"{path.lstrip('.')}: {self.args[0]}" if path else str(self.args[0])


@frozen
class Property:
    """An input property; `kind` is written as in the catalogue, without `!`."""

    name: str
    wire: str
    kind: str
    is_required: bool


@frozen
class AwsType:
    """One AWS type, such as `aws:s3/bucket:Bucket`, known to blueprints as `s3.Bucket`."""

    name: str
    token: str
    inputs: Mapping[str, Property]
    outputs: frozenset[str]
    """Names that a `Ref` may read, besides `id`."""
    replaces: frozenset[str]
    """Inputs of which pulumi_aws states that a change replaces the resource."""
    check: Callable[[Mapping[str, Value], Found], None]
    """Raises ShapeError if inputs do not have the shape of this type; appends every reference inside them."""

    def has_output(self, output: str) -> bool:
        """Whether a `Ref` may read this: an output, or a part of one, such as `options[0].name`."""
        if output == "id" or output in self.outputs:
            return True
        head = output.partition(".")[0].partition("[")[0]
        return head == "id" or head in self.outputs


class UnknownTypeError(LookupError):
    """The catalogue does not hold this type."""


def camel(name: str) -> str:
    """The regular camelCase name of a snake_case one."""
    head, *rest = name.split("_")
    return head + "".join(part[:1].upper() + part[1:] for part in rest)


@lru_cache(maxsize=1)
def _raw() -> dict[str, Any]:
    data: dict[str, Any] = json.loads(CATALOGUE_FILE.read_bytes())
    data["by_token"] = {entry["token"]: name for name, entry in data["types"].items()}
    return data


@cache
def aws_type(name: str) -> AwsType:
    """The type of a name (`s3.Bucket`) or a token (`aws:s3/bucket:Bucket`). Raises UnknownTypeError."""
    raw = _raw()
    short = raw["by_token"].get(name, name)
    entry = raw["types"].get(short)
    if entry is None:
        from egov_infra.source.spelling import closest  # noqa: PLC0415 - only a wrong name needs it

        hint = closest(name, [*raw["types"], *raw["by_token"]])
        raise UnknownTypeError(
            f"no AWS type {name!r} in the catalogue" + (f"; did you mean {hint!r}?" if hint else "")
        )
    inputs = _properties(entry["inputs"])
    return AwsType(
        name=short,
        token=entry["token"],
        inputs=inputs,
        outputs=frozenset(entry["outputs"]),
        replaces=frozenset(entry["replaces"]),
        check=_object_check(inputs),
    )


def tokens() -> tuple[str, ...]:
    """Every type token of the catalogue, sorted."""
    return tuple(sorted(_raw()["by_token"]))


def pulumi_aws_version() -> str:
    """The version of pulumi_aws that the catalogue was made from."""
    return str(_raw()["pulumi_aws"])


def _properties(entry: Mapping[str, str]) -> dict[str, Property]:
    result = {}
    for name, text in entry.items():
        kind, _, wire = text.partition("=")
        result[name] = Property(name, wire or camel(name), kind.removeprefix("!"), kind.startswith("!"))
    return result


@cache
def object_properties(name: str) -> Mapping[str, Property]:
    """The properties of a nested object, such as `s3.BucketLifecycleRule`."""
    return _properties(_raw()["objects"][name])


def _object_check(properties: Mapping[str, Property]) -> Callable[[Mapping[str, Value], Found], None]:
    checks: dict[str, Check] = {}
    plain = {name: _PLAIN[prop.kind] for name, prop in properties.items() if prop.kind in _PLAIN}
    required = frozenset(name for name, prop in properties.items() if prop.is_required)

    def check(value: Mapping[str, Value], found: Found) -> None:
        for name, item in value.items():
            if name in plain and type(item) in plain[name]:
                continue
            inner = checks.get(name)
            if inner is None:
                prop = properties.get(name)
                if prop is None:
                    from egov_infra.source.spelling import closest  # noqa: PLC0415

                    hint = closest(name, properties)
                    message = f"no property {name!r}" + (f"; did you mean {hint!r}?" if hint else "")
                    raise ShapeError(message, name)
                inner = checks[name] = _check(prop.kind)
            try:
                inner(item, found)
            except ShapeError as error:
                error.steps.append(name)
                raise
        if not required <= value.keys():
            raise ShapeError(f"misses {', '.join(sorted(required - value.keys()))}")

    return check


@cache
def _check(kind: str) -> Check:
    if kind in _SCALAR_CHECKS:
        return _SCALAR_CHECKS[kind]
    if kind.startswith("["):
        return _list_check(_check(kind[1:]), _PLAIN.get(kind[1:], frozenset()))
    if kind.startswith("{"):
        return _map_check(_check(kind[1:]), _PLAIN.get(kind[1:], frozenset()))
    inner = _object_check(object_properties(kind[1:]))

    def check_object(value: Value, found: Found) -> None:
        if isinstance(value, dict):
            inner(value, found)
        elif isinstance(value, _REFERENCES):
            found.append(value)
        else:
            raise ShapeError(f"expects an object, has {value!r}")

    return check_object


def _scalar_check(kind: str, expected: str) -> Check:
    accepted = _ACCEPTED[kind]

    def check(value: Value, found: Found) -> None:
        if type(value) not in accepted:
            raise ShapeError(f"expects {expected}, has {value!r}")
        gather(value, found)

    return check


def _list_check(inner: Check, plain: frozenset[type]) -> Check:
    def check(value: Value, found: Found) -> None:
        if isinstance(value, tuple):
            if plain.issuperset(map(type, value)):
                return
            for index, item in enumerate(value):
                try:
                    inner(item, found)
                except ShapeError as error:
                    error.steps.append(index)
                    raise
        elif isinstance(value, _REFERENCES):
            found.append(value)
        elif value is not None:
            raise ShapeError(f"expects a tuple, has {value!r}")

    return check


def _map_check(inner: Check, plain: frozenset[type]) -> Check:
    def check(value: Value, found: Found) -> None:
        if isinstance(value, dict):
            if plain.issuperset(map(type, value.values())):
                return
            for key, item in value.items():
                try:
                    inner(item, found)
                except ShapeError as error:
                    error.steps.append(key)
                    raise
        elif isinstance(value, _REFERENCES):
            found.append(value)
        elif value is not None:
            raise ShapeError(f"expects a map, has {value!r}")

    return check


_ACCEPTED: dict[str, frozenset[type]] = {
    "s": frozenset((str, Document, *_UNKNOWN_TEXT, type(None))),
    "b": frozenset((bool, *_REFERENCES, type(None))),
    "i": frozenset((int, *_REFERENCES, type(None))),
    "n": frozenset((int, float, *_REFERENCES, type(None))),
}
"""Classes of values that a scalar may have."""
_PLAIN = {kind: types - frozenset((Document, *_UNKNOWN_TEXT)) for kind, types in _ACCEPTED.items()}
"""Those of them that hold no reference: looked up here, most inputs cost no call."""
_SCALAR_CHECKS: dict[str, Check] = {
    "s": _scalar_check("s", "text"),
    "b": _scalar_check("b", "true or false"),
    "i": _scalar_check("i", "an integer"),
    "n": _scalar_check("n", "a number"),
    "j": gather,
}

_DOCUMENTS = frozenset(
    (
        "policy",
        "assume_role_policy",
        "resource_policy",
        "event_pattern",
        "access_policy",
        "redrive_allow_policy",
        "redrive_policy",
        "container_definitions",
        "item",
        "schema",
        "input",
    )
)


def holds_document(name: str, kind: str) -> bool:
    """Whether a property is text that holds JSON, which rules read as what it says."""
    return kind == "s" and name in _DOCUMENTS


Plain: TypeAlias = "str | int | float | bool | list[Plain] | dict[str, Plain] | None"
_WORD = re.compile(r"(?<!^)(?=[A-Z])")


def to_wire(token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Plain inputs with camelCase names, as Pulumi's engine and providers speak; free keys stay as they are."""
    return _rename_object(aws_type(token).inputs, inputs, to_wire=True)


def from_wire(token: str, inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Plain inputs with snake_case names, as rules, plan and adapters speak. Keys unknown here stay as they are."""
    return _rename_object(aws_type(token).inputs, inputs, to_wire=False)


@cache
def wire_names(token: str) -> Mapping[str, str]:
    """Name of each input on the wire to its snake_case name."""
    return {prop.wire: name for name, prop in aws_type(token).inputs.items()}


def _rename_object(
    properties: Mapping[str, Property], value: Mapping[str, Any], *, to_wire: bool
) -> dict[str, Any]:
    known = properties if to_wire else {prop.wire: prop for prop in properties.values()}
    result = {}
    for key, item in value.items():
        prop = known.get(key)
        if prop is None:
            result[_rename_key(key, to_wire=to_wire)] = _rename_free(item, to_wire=to_wire)
        else:
            result[prop.wire if to_wire else prop.name] = _rename(prop.kind, item, to_wire=to_wire)
    return result


def _rename_key(key: str, *, to_wire: bool) -> str:
    return camel(key) if to_wire else _WORD.sub("_", key).lower()


def _rename_free(value: Any, *, to_wire: bool) -> Any:
    """An output that is no input has no kind: every name in it is a property's."""
    if isinstance(value, Mapping):
        return {
            _rename_key(key, to_wire=to_wire): _rename_free(item, to_wire=to_wire)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_rename_free(item, to_wire=to_wire) for item in value]
    return value


def _rename(kind: str, value: Any, *, to_wire: bool) -> Any:
    if kind.startswith("[") and isinstance(value, list | tuple):
        return [_rename(kind[1:], item, to_wire=to_wire) for item in value]
    if kind.startswith("{") and isinstance(value, Mapping):
        return {key: _rename(kind[1:], item, to_wire=to_wire) for key, item in value.items()}
    if kind.startswith("@") and isinstance(value, Mapping):
        return _rename_object(object_properties(kind[1:]), value, to_wire=to_wire)
    return value
