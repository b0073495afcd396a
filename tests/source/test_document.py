from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.source.diagnostic import InputError, Place
from egov_infra.source.document import Document, parse_document, read_document

TEXT = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"]))
PLAIN = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


def _parse(text: str) -> Document:
    return parse_document(text.encode(), "m.yaml")


def _faults(content: bytes) -> list[str]:
    with pytest.raises(InputError) as caught:
        parse_document(content, "m.yaml")
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


def frozen(data: object) -> object:
    """What the composer makes of JSON data: sequences are tuples."""
    if isinstance(data, list):
        return tuple(map(frozen, data))
    if isinstance(data, dict):
        return {key: frozen(value) for key, value in data.items()}
    return data


@given(PLAIN)
def test_reads_back_what_a_yaml_writer_wrote(data: object) -> None:
    """Any plain data survives being written as YAML 1.2 (here: JSON) and read."""
    assert parse_document(json.dumps(data, ensure_ascii=False).encode(), "m.yaml").data == frozen(data)


def _paths(data: object) -> list[tuple[str | int, ...]]:
    below: list[tuple[str | int, object]] = []
    if isinstance(data, dict):
        below = list(data.items())
    elif isinstance(data, tuple):
        below = list(enumerate(data))
    return [(), *((name, *rest) for name, child in below for rest in _paths(child))]


@given(st.dictionaries(st.text("abc", min_size=1), PLAIN, min_size=1, max_size=4))
def test_places_agree_with_the_marks_of_an_independent_parser(data: dict[str, object]) -> None:
    """Every value's place is the start mark that PyYAML's node tree gives it."""
    text = json.dumps(data, ensure_ascii=False, indent=1)
    document = _parse(text)
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    for path in _paths(document.data):
        node = root
        for step in path:
            if isinstance(node, yaml.MappingNode):
                node = next(value for key, value in node.value if key.value == step)
            else:
                node = node.value[step]  # type: ignore[union-attr]
        assert node is not None
        expected = Place("m.yaml", node.start_mark.line + 1, node.start_mark.column + 1)
        assert document.place(path) == expected


def test_missing_path_has_the_place_of_its_nearest_parent() -> None:
    """A value that is not there is reported where it should stand."""
    document = _parse("a:\n  b: 1\n")
    assert document.place(("a", "c", "d")) == Place("m.yaml", 2, 3)
    assert document.place(("a", "b"), key=True) == Place("m.yaml", 2, 3)
    assert document.place(("a", "b")) == Place("m.yaml", 2, 6)


def test_scalars_follow_yaml_1_2() -> None:
    """`no`, dates and sexagesimals are text; only true and false are booleans."""
    document = _parse("[no, yes, on, true, 2014-03-11, 12:30, 0o17, 0x1F, 010, 1e3, '5', .5, ~, 1_000]")
    expected = ("no", "yes", "on", True, "2014-03-11", "12:30", 15, 31, 10, 1000.0, "5", 0.5, None, "1_000")
    assert document.data == expected


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "m.yaml file-empty the file holds no value"),
        (b"# only a comment\n", "m.yaml file-empty the file holds no value"),
        (b"a: 1\nb: \xff\n", "m.yaml:2:4 file-encoding not UTF-8: save the file as UTF-8"),
        (b"a:\n\tb: 1\n", "m.yaml:2:1 yaml-syntax indented with a tab: YAML indents with spaces"),
        (b"a: 1\na: 2\n", "m.yaml:2:1 yaml-duplicate-key key 'a' stands twice"),
        (b"a: &x 1\n", "m.yaml:1:4 yaml-anchor anchors and aliases are not supported: write the value"),
        (b"a: !!str 1\n", "m.yaml:1:4 yaml-tag tags are not supported: tag:yaml.org,2002:str"),
        (b"a: 1\n---\nb: 1\n", "m.yaml:2:1 yaml-documents a second document: one file holds one"),
        (b"<<: {a: 1}\n", "m.yaml:1:1 yaml-merge merge keys are not supported: write the values"),
        (b"? [a]\n: 1\n", "m.yaml:1:3 yaml-key a key must be plain text"),
        (b"[" * 100_000, "m.yaml:1:51 yaml-depth nested deeper than 50"),
        (b"x" * (2 << 20), "m.yaml file-size larger than 1048576 bytes"),
    ],
)
def test_refuses_with_one_clear_line(content: bytes, expected: str) -> None:
    """Each fault of a file is one line with its place, never a traceback or a crash."""
    assert _faults(content) == [expected]


def test_reports_every_fault_of_a_file() -> None:
    """Faults that leave the rest readable do not hide each other."""
    assert [line.split()[1] for line in _faults(b"a: &x 1\na: 2\nb: !t 3\n")] == [
        "yaml-anchor",
        "yaml-duplicate-key",
        "yaml-tag",
    ]


@given(st.binary(max_size=200))
def test_survives_arbitrary_bytes(content: bytes) -> None:
    """Whatever the bytes, the answer is a document or diagnostics."""
    try:
        parse_document(content, "m.yaml")
    except InputError as error:
        assert error.diagnostics  # noqa: PT017 - either outcome is right, silence is not


def test_truncated_yaml_names_its_end() -> None:
    """A file cut in the middle is unreadable at a line."""
    assert _faults(b"a: {b: 1,\n")[0].startswith("m.yaml:2:1 yaml-syntax not readable as YAML")


def test_file_that_is_not_there_is_a_diagnostic(tmp_path: Path) -> None:
    """An unreadable file is named, without a traceback."""
    with pytest.raises(InputError, match=r"^x\.yaml file-unreadable no such file or directory$"):
        read_document(tmp_path / "x.yaml", "x.yaml")
