from __future__ import annotations

from pathlib import Path

import pytest

from egov_infra.report.formats import format_names, format_of
from egov_infra.report.outcome import Tree


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("/checkout/stacks/estate/estate.yaml", "stacks/estate/estate.yaml"),
        ("/checkout/a/../b.yaml", "b.yaml"),
        ("main:stacks/estate/estate.yaml", "stacks/estate/estate.yaml"),
        ("/elsewhere/estate.yaml", None),
        ("<arguments>", None),
        ("", None),
    ],
)
def test_files_are_called_by_their_place_in_the_checkout(file: str, expected: str | None) -> None:
    """The same on every machine, in head and base."""
    assert Tree(Path("/checkout"), "main").relative(file) == expected


def test_a_relative_file_stands_where_the_command_runs(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As people name it."""
    (tmp_path / "stacks").mkdir()
    monkeypatch.chdir(tmp_path / "stacks")
    assert Tree(tmp_path).relative("estate/estate.yaml") == "stacks/estate/estate.yaml"


def test_each_module_of_the_folder_is_a_format() -> None:
    """Adding one is adding a file."""
    assert {name: format_of(name).wants_evaluations for name in format_names()} == {
        "comment": False,
        "github": False,
        "github-summary": False,
        "gitlab-codequality": False,
        "json": False,
        "junit": True,
        "sarif": False,
        "sarif-closed": False,
        "text": False,
    }
