"""Property values to API parameters and back, led by the API's own model and by the catalogue of AWS types.

Names need no table: a property and an API member are the same if their letters are, so `kms_master_key_id` finds
`KMSMasterKeyID`. Exceptions are data: `names` says where a property (a dotted path, without list positions) stands,
as `A.B` for a nested member, `A[].B` for a list of records with one member, or `-` where the API has no place.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any, TypeAlias
from urllib.parse import urlencode

from egov_infra.plan.catalogue import object_properties

Names: TypeAlias = Mapping[str, str]
NOWHERE = "-"
_KEY_MEMBERS = ("key", "tagkey", "name")
_VALUE_MEMBERS = ("value", "tagvalue")


class NoPlaceError(LookupError):
    """A property has no place in the parameters of an operation. The argument is its path."""


def letters(name: str) -> str:
    """What two spellings of one name share."""
    return name.replace("_", "").replace("-", "").lower()


@lru_cache(maxsize=4096)
def _members(shape: Any) -> Mapping[str, str]:
    return {letters(member): member for member in shape.members}


def place_of(shape: Any, path: str, names: Names) -> str | None:
    """Where a property stands among the members of a structure or the keys of a map; None if it has no place there."""
    named = names.get(path)
    if shape.type_name == "map":
        return None if named == NOWHERE else named or "".join(map(str.capitalize, path.split("_")))
    if named is not None:
        head = named.partition(".")[0].removesuffix("[]")
        return named if head in shape.members else None
    return _members(shape).get(letters(path.rpartition(".")[2]))


def put(params: dict[str, Any], place: str, value: Any, shape: Any, path: str, names: Names) -> None:
    """Set a place such as `A.B` in the parameters of a structure. Raises NoPlaceError."""
    if shape.type_name == "map":
        params[place] = to_text(value)
        return
    head, _, rest = place.partition(".")
    member = head.removesuffix("[]")
    inner = shape.members.get(member)
    if inner is None:
        raise NoPlaceError(path)
    if head.endswith("[]"):
        params[member] = [{rest: to_api(item, inner.member.members[rest], path, names)} for item in value]
    elif rest:
        put(params.setdefault(member, {}), rest, value, inner, path, names)
    else:
        given = to_api(value, inner, path, names)
        there = params.get(member)
        params[member] = {**given, **there} if isinstance(there, dict) and isinstance(given, dict) else given


def to_api(value: Any, shape: Any, path: str, names: Names) -> Any:
    """A property value in the form of an API shape. Raises NoPlaceError for a nested key that the API lacks."""
    kind = shape.type_name
    if kind == "structure":
        return _to_structure(value, shape, path, names)
    if kind == "list":
        return _to_list(value, shape, path, names)
    if kind == "map":
        return {key: to_api(item, shape.value, path, names) for key, item in value.items()}
    if kind in ("integer", "long"):
        return int(value)
    if kind in ("float", "double"):
        return float(value)
    if kind == "boolean":
        return value is True or value == "true"
    if kind == "blob":
        return value.encode() if isinstance(value, str) else value
    if shape.name == "TaggingHeader":  # S3 takes the tags of an object as a query
        return urlencode(sorted(value.items()))
    if kind == "string":
        return to_text(value)
    return value


def cut(value: Any, path: str, tails: Collection[str]) -> Any:
    """A value with what follows the last `/` only, at dotted paths that name a resource so."""
    if isinstance(value, Mapping):
        return {key: cut(item, f"{path}.{key}", tails) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(cut(item, path, tails) for item in value)
    return value.rpartition("/")[2] if path in tails and isinstance(value, str) else value


def fitted(value: Any, shape: Any) -> Any:
    """Parameters that have the API's own names already, with each scalar in the form of its shape."""
    if isinstance(value, Mapping) and shape.type_name in ("structure", "map"):
        inner = shape.members if shape.type_name == "structure" else dict.fromkeys(value, shape.value)
        return {key: fitted(item, inner[key]) if key in inner else item for key, item in value.items()}
    if isinstance(value, list) and shape.type_name == "list":
        return [fitted(item, shape.member) for item in value]
    return value if isinstance(value, Mapping | list) else to_api(value, shape, "", {})


def to_text(value: Any) -> Any:
    """A scalar or JSON as the text that an API takes; text stays as it is."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return str(int(value)) if float(value).is_integer() else str(value)
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value)
    return value


def _to_structure(value: Any, shape: Any, path: str, names: Names) -> Any:
    if isinstance(value, list | tuple) and "Items" in shape.members:
        return {"Quantity": len(value), "Items": to_api(value, shape.members["Items"], path, names)}
    if isinstance(value, list | tuple):
        (value,) = value
    params: dict[str, Any] = {}
    for key, item in value.items():
        if item is None:
            continue
        inner = f"{path}.{key}"
        if names.get(inner) == NOWHERE:
            continue
        place = place_of(shape, inner, names)
        if place is None:
            raise NoPlaceError(inner)
        put(params, place, item, shape, inner, names)
    return params


def _to_list(value: Any, shape: Any, path: str, names: Names) -> list[Any]:
    item_shape = shape.member
    if isinstance(value, Mapping) and item_shape.type_name == "structure":
        by_letters = _members(item_shape)
        key = next((by_letters[name] for name in _KEY_MEMBERS if name in by_letters), None)
        other = next((by_letters[name] for name in _VALUE_MEMBERS if name in by_letters), None)
        if key and other:
            return [{key: name, other: text} for name, text in sorted(value.items())]
        if key and len(item_shape.members) <= len(("Key", "Value")):
            return [{key: name} for name in sorted(value)]
        value = (value,)
    if isinstance(value, str) or not isinstance(value, Sequence):
        value = (value,)
    return [to_api(item, item_shape, path, names) for item in value if item is not None]


def from_api(value: Any, kind: str, path: str, names: Names) -> Any:
    """An API value in the form of a catalogue kind: snake_case keys, lists, tags as a map. None stays None."""
    if value is None:
        return None
    if kind.startswith("["):
        items = _items(value)
        return [from_api(item, kind[1:], path, names) for item in items]
    if kind.startswith("{"):
        return _from_map(value)
    if kind.startswith("@"):
        return _from_structure(value, kind[1:], path, names)
    if kind == "b":
        return value is True or str(value).lower() == "true"
    if kind == "i":
        return int(value)
    if kind == "n":
        number = float(value)
        return int(number) if number.is_integer() else number
    if isinstance(value, list) and len(value) == 1 and isinstance(value[0], str):  # text, in a list of one
        return value[0]
    if isinstance(value, Mapping | list):
        return json.dumps(value, sort_keys=True)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def _items(value: Any) -> Sequence[Any]:
    if isinstance(value, Mapping) and "Quantity" in value:
        value = value.get("Items") or ()
    return value if isinstance(value, list | tuple) else (value,)


def _from_map(value: Any) -> dict[str, Any]:
    if isinstance(value, Mapping):
        return dict(value)
    found = {}
    for pair in value:
        by_letters = {letters(name): item for name, item in pair.items()}
        key = next(by_letters[name] for name in _KEY_MEMBERS if name in by_letters)
        found[key] = next((by_letters[name] for name in _VALUE_MEMBERS if name in by_letters), "")
    return found


def _from_structure(value: Any, kind: str, path: str, names: Names) -> dict[str, Any] | None:
    if isinstance(value, list | tuple):
        if not value:
            return None
        value = value[0]
    found = {}
    for name, prop in object_properties(kind).items():
        item = from_api(answer_at(value, f"{path}.{name}", names), prop.kind, f"{path}.{name}", names)
        if item is not None:
            found[name] = item
    return found


def answer_at(answer: Mapping[str, Any], path: str, names: Names) -> Any:
    """What stands in an answer for a property."""
    place = names.get(path)
    if place is None:
        wanted = letters(path.rpartition(".")[2])
        return next((item for member, item in answer.items() if letters(member) == wanted), None)
    found: Any = answer
    steps = place.split(".")
    for number, step in enumerate(steps):
        if not isinstance(found, Mapping):
            return None
        found = found.get(step.removesuffix("[]"))
        if step.endswith("[]"):
            return None if found is None else [item.get(steps[number + 1]) for item in found]
    return found


def snake(name: str) -> str:
    """`DomainValidationOptions` to `domain_validation_options`, `ARN` to `arn`."""
    found = ""
    for index, letter in enumerate(name):
        after = name[index + 1 : index + 2]
        starts = letter.isupper() and index and (name[index - 1].islower() or after.islower())
        found += f"_{letter}" if starts else letter
    return found.lower()


def snake_keys(value: Any) -> Any:
    """An output of which no kind is known, with its keys in snake_case."""
    if isinstance(value, Mapping):
        return {snake(key): snake_keys(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [snake_keys(item) for item in value]
    return value.isoformat() if hasattr(value, "isoformat") else value
