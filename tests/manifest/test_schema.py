from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import ValidationError

from egov_infra.manifest.load import EstateSource
from egov_infra.manifest.schema import MODELS, json_schema
from egov_infra.model.institution import Institution
from egov_infra.source.document import read_document

ROOT = Path(__file__).resolve().parents[2]
ERB: Any = json.loads(json.dumps(read_document(ROOT / "stacks/estate/institutions/erb.yaml", "erb").data))
SCHEMA = jsonschema.Draft202012Validator(json.loads(json_schema("institution")))

BEYOND_SCHEMA = (
    "host bits in a CIDR, IP address forms, days that do not exist, periods of two years, sender IDs of digits only,"
    " and everything that one value says of another"
)
"""What a schema cannot express, and the mutations below leave alone."""


@pytest.mark.parametrize("name", list(MODELS))
def test_committed_schema_is_what_the_model_says(name: str, root: Path) -> None:
    """`make docs` writes it anew."""
    committed = (root / "docs" / "reference" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert committed == json_schema(name)


def test_every_field_has_a_description() -> None:
    """An editor says what each key means."""
    schema = json.loads(json_schema("institution"))
    bare = [
        f"{definition['title']}.{key}"
        for definition in (schema, *schema["$defs"].values())
        for key, field in definition.get("properties", {}).items()
        if "description" not in field
    ]
    assert bare == []


def test_schema_takes_the_sample_estate(source: EstateSource) -> None:
    """Some manifests of each kind pass."""
    for slug in source.slugs[::40]:
        data = read_document(source.folder / "institutions" / f"{slug}.yaml", slug).data
        assert [error.message for error in SCHEMA.iter_errors(json.loads(json.dumps(data)))] == []


def _paths(data: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    found = [path] if path else []
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return found + [inner for key, item in items for inner in _paths(item, (*path, key))]


PATHS = _paths(ERB)
WRONG: list[Any] = [None, True, 7, -1, "", "x y", [], {}, ["x"], {"unknown": 1}, "9" * 300]


def _changed(path: tuple[str | int, ...], change: str | int) -> Any:
    """ERB's manifest, broken in one place."""
    data = copy.deepcopy(ERB)
    parent: Any = data
    for step in path[:-1]:
        parent = parent[step]
    last = path[-1]
    if isinstance(change, int):
        parent[last] = WRONG[change]
    elif change == "rename" and isinstance(last, str):
        parent[f"{last}x"] = parent.pop(last)
    else:
        del parent[last]
    return data


def _is_right(data: Any) -> bool:
    try:
        Institution.model_validate(_frozen(data))
    except ValidationError:
        return False
    return True


def test_schema_and_model_say_the_same() -> None:
    """Every key dropped, renamed, or given a value of every other kind: wrong for both, or right for both."""
    verdicts = {}
    for path in PATHS:
        for change in ("drop", "rename", *range(len(WRONG))):
            data = _changed(path, change)
            verdicts[path, change] = (SCHEMA.is_valid(data), _is_right(data))
    disagreeing = {key: said for key, said in verdicts.items() if said[0] is not said[1]}
    assert disagreeing == {}
    broken = sum(not said for said, _ in verdicts.values())
    assert broken * 2 > len(verdicts)


def _frozen(data: Any) -> Any:
    if isinstance(data, list):
        return tuple(map(_frozen, data))
    return {key: _frozen(item) for key, item in data.items()} if isinstance(data, dict) else data
