from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from egov_infra.policy.framework import Shelf, citation_faults, order
from egov_infra.source.diagnostic import InputError

FRAMEWORK = """\
title: Standard of the authority
version: "1"
publisher: The authority
reference: [https://example.go.tz/standard]
licence: our own
groups: {A: First part, A.1: Its first chapter}
automated:
  A.1.1: {title: Buckets are closed, rules: [tenancy-bucket-public]}
partly:
  A.2:
    title: Mail is safe
    rules: [mail-*]
    unseen: what the mail servers do
manual:
  A.10: The office is locked
withdrawn:
  A.3: Moved to A.2
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """A policies folder with one framework."""
    (tmp_path / "frameworks").mkdir()
    (tmp_path / "frameworks" / "own.yaml").write_text(FRAMEWORK)
    return tmp_path


def _faults(folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        Shelf(folder).every()
    return [str(item).removeprefix(f"{folder}/") for item in caught.value.diagnostics]


def test_folder_that_does_not_describe_a_framework_has_it_from_the_package(own: Path) -> None:
    """A user's own rules may name NIST's controls without a copy of the catalogue."""
    shelf = Shelf(own)
    assert shelf.names == ("cis-aws", "gov-uk-mail", "nist-800-53-r5", "own", "scuba")
    nist, mine = shelf.get("nist-800-53-r5"), shelf.get("own")
    assert nist is not None
    assert mine is not None
    assert (nist.is_own, mine.is_own) == (False, True)
    assert nist.titles["SI-8"] == "Spam Protection"
    assert shelf.get("pci") is None


def test_own_file_goes_before_that_of_the_package(own: Path) -> None:
    """Whoever wants another mapping writes it."""
    shutil.copy(own / "frameworks" / "own.yaml", own / "frameworks" / "scuba.yaml")
    found = Shelf(own).get("scuba")
    assert found is not None
    assert found.is_own
    assert list(found.titles) == ["A.1.1", "A.2", "A.10"]


def test_requirement_belongs_to_the_longest_group_that_its_id_begins_with(own: Path) -> None:
    """As whole words: A.10 is no part of A.1."""
    found = Shelf(own).get("own")
    assert found is not None
    assert [found.group_of(key) for key in ("A.1.1", "A.10", "AB.1")] == ["A.1", "A", None]


def test_ids_are_sorted_by_their_numbers() -> None:
    """A page is read from first to last."""
    ids = ["AC-2(10)", "AC-10", "AC-2", "AC-2(9)", "AC-3", "AB-1"]
    assert sorted(ids, key=order) == ["AB-1", "AC-2", "AC-2(9)", "AC-2(10)", "AC-3", "AC-10"]
    assert sorted(["2.1", "1.20", "1.3"], key=order) == ["1.3", "1.20", "2.1"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "publisher:",
            "publishers:",
            [
                "frameworks/own.yaml:1:1 key-missing misses 'publisher'",
                "frameworks/own.yaml:3:1 key-unknown unknown key 'publishers'; did you mean 'publisher'?",
            ],
        ),
        (
            "    unseen: what the mail servers do\n",
            "",
            ["frameworks/own.yaml:11:5 key-missing misses 'partly.A.2.unseen'"],
        ),
        (
            "unseen: what the mail servers do",
            "unseen: much",
            ["frameworks/own.yaml:13:13 value-wrong partly.A.2.unseen: 'much': string should have at least 20 characters"],
        ),
        (
            "  A.10: The",
            "  A.2: The",
            ["frameworks/own.yaml:15:3 requirement-twice A.2 stands under partly already"],
        ),
        (
            "manual:\n  A.10: The office is locked",
            "manual: [A.10]",
            ["frameworks/own.yaml:14:9 value-type manual: a list where a mapping belongs"],
        ),
    ],
)  # fmt: skip
def test_wrong_framework_is_an_error_at_its_place(own: Path, old: str, new: str, expected: list[str]) -> None:
    """Misspelt, incomplete, or twice."""
    assert old in FRAMEWORK
    (own / "frameworks" / "own.yaml").write_text(FRAMEWORK.replace(old, new))
    assert _faults(own) == expected


def test_wrong_framework_is_said_once_whoever_names_it(own: Path) -> None:
    """Two rules that name it do not say it twice, and are not blamed."""
    (own / "frameworks" / "own.yaml").write_text("title: [")
    shelf = Shelf(own)
    assert list(citation_faults({"own": ("A.2",)}, shelf)) == []
    assert list(citation_faults({"own": ("A.4",)}, shelf)) == []
    assert [fault.code for fault in shelf.faults] == ["yaml-syntax"]


def test_catalogue_of_nist_is_whole(root: Path) -> None:
    """Release 5.2.0 has 1,014 controls and enhancements, and keeps the ids of 182 that it withdrew."""
    nist = Shelf(root / "policies").get("nist-800-53-r5")
    assert nist is not None
    assert (len(nist.titles), len(nist.file.withdrawn)) == (1014, 182)
    base = [key for key in nist.titles if "(" not in key]
    assert len(base) == 300
    families = {key.partition("-")[0] for key in nist.titles}
    assert families == nist.file.groups.keys()
    assert all(key.partition("(")[0] in nist.titles for key in nist.titles)
