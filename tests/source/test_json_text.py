from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.source.diagnostic import InputError, Path
from egov_infra.source.json_text import parse_json

TEXTS = st.text(st.characters(codec="utf-8"), max_size=5)
TREES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)


def _paths(data: Any, path: Path = ()) -> list[tuple[Path, Any]]:
    items = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [(path, data), *(found for key, item in items for found in _paths(item, (*path, key)))]


@given(TREES, st.sampled_from([None, 1]))
def test_every_value_stands_at_its_place(data: Any, indent: int | None) -> None:
    """What is read from the place of a path is the value of that path."""
    text = json.dumps(data, indent=indent, ensure_ascii=False)
    read = parse_json(text.encode(), "f")
    lines = text.split("\n")
    for path, value in _paths(data):
        place = read.place(path)
        rest = "\n".join([lines[place.line - 1][place.column - 1 :], *lines[place.line :]])
        assert json.JSONDecoder().raw_decode(rest)[0] == value


def test_key_and_missing_path_have_places() -> None:
    """A key stands before its value; what is not there stands with its nearest parent."""
    read = parse_json(b'{"a":\n  {"b": [1, 2]}}', "f")
    assert str(read.place(("a", "b"), key=True)) == "f:2:4"
    assert str(read.place(("a", "b"))) == "f:2:9"
    assert str(read.place(("a", "b", 7, "c"))) == "f:2:9"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b'{"a": 1,\n "b" 2}', "f:2:6 json-syntax Expecting ':' delimiter"),
        (b'{"a": {"b": 1,\n "b": 2}}', "f:2:2 key-duplicate key 'b' stands twice"),
        (b"[NaN]", "f json-syntax NaN is no number of JSON"),
        (b'["\xff"]', "f:1:3 file-encoding not UTF-8: save the file as UTF-8"),
        (b"", "f:1:1 json-syntax Expecting value"),
        (b"[" * 100_000, "f json-depth nested too deeply"),
    ],
)
def test_what_is_no_json_is_said_at_its_place(content: bytes, expected: str) -> None:
    """A key that stands twice would let one reader see what another does not."""
    with pytest.raises(InputError) as caught:
        parse_json(content, "f")
    assert str(caught.value) == expected
