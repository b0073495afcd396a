from __future__ import annotations

import pathlib
import shutil

import pytest

from egov_infra.manifest.load import EstateSource
from egov_infra.policy.policies import load_policies
from egov_infra.policy.waiver import Register, load_waivers, read_register
from egov_infra.source.diagnostic import InputError, Place
from tests.policy.waivers import GOOD, written

WHOLE = GOOD | {"values_digest": "0123456789abcdef"}


def _write(folder: pathlib.Path, text: str) -> pathlib.Path:
    (folder / "waivers.yaml").write_text(text)
    return folder


def test_without_a_file_there_are_no_waivers(tmp_path: pathlib.Path) -> None:
    """Nothing is waived, and nothing is wrong."""
    assert load_waivers(tmp_path) == Register()


def test_what_is_wrong_with_entries_shows_at_once_and_the_others_are_read(tmp_path: pathlib.Path) -> None:
    """Each at its field; a waiver keeps its own place beside unreadable ones."""
    wrong = {key: value for key, value in WHOLE.items() if key != "author"} | {"reason": "because"}
    folder = _write(tmp_path, written([wrong, WHOLE]))
    register, faults = read_register(folder)
    assert {(fault.place.line, fault.code) for fault in faults} == {(2, "key-missing"), (6, "value-wrong")}
    assert [waiver.subject for waiver in register.waivers] == ["domains/erb.go.tz"]
    assert register.place(0, ("rule",)) == Place(str(folder / "waivers.yaml"), 11, 11)
    with pytest.raises(InputError) as caught:
        load_waivers(folder)
    assert set(caught.value.diagnostics) == set(faults)


def test_a_file_that_is_no_list_of_waivers_is_refused(tmp_path: pathlib.Path) -> None:
    """There is nothing in it that could be read."""
    with pytest.raises(InputError, match="waivers"):
        read_register(_write(tmp_path, "waivers: none"))


def test_what_is_wrong_with_waivers_shows_beside_what_is_wrong_with_the_profile(
    source: EstateSource, root: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    """Neither hides the other."""
    folder = pathlib.Path(shutil.copytree(root / "policies", tmp_path / "policies"))
    _write(folder, "waivers: none")
    with pytest.raises(InputError) as caught:
        load_policies(source, folder, "defualt")
    assert sorted(fault.code for fault in caught.value.diagnostics) == ["profile-unknown", "value-type"]
