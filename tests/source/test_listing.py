from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.source.diagnostic import InputError
from egov_infra.source.document import parse_document
from egov_infra.source.listing import add_entry

ENTRY = {"rule": "mail-x", "reason": "it is: so # well"}
ADDED = '  - rule: mail-x\n    reason: "it is: so # well"\n'


def _add(text: str) -> str:
    return add_entry(text.encode(), "f.yaml", "waivers", ENTRY).decode()


def test_a_new_file_has_the_entry_alone() -> None:
    """Nothing stands before it."""
    assert add_entry(None, "f.yaml", "waivers", ENTRY).decode() == f"waivers:\n{ADDED}"


def test_an_empty_list_becomes_a_list_and_keeps_its_comments() -> None:
    """Above it, beside it and below it."""
    text = "# What it is\nwaivers: []  # none yet\n# end\n"
    assert _add(text) == f"# What it is\nwaivers:  # none yet\n{ADDED}# end\n"


@pytest.mark.parametrize("line", ["waivers: [ ]", "waivers:  []"])
def test_an_empty_list_may_be_written_in_several_ways(line: str) -> None:
    """White space means nothing."""
    assert _add(f"{line}\n") == f"waivers:\n{ADDED}"


def test_an_entry_goes_after_the_last_one_and_before_comments_that_end_the_list() -> None:
    """A comment inside of the last entry stays with it; the other lines are as they were."""
    text = "waivers:\n  - rule: a  # first\n    reason: |\n      why\n    # its own\n\n  # end of all\n"
    at = text.index("\n  # end of all")
    assert _add(text) == text[:at] + ADDED + text[at:]


def test_layout_of_the_list_is_kept() -> None:
    """Dashes at the margin, lines that end as on Windows, and no last line end."""
    text = "waivers:\r\n- rule: a\r\n  reason: b"
    assert _add(text) == text + '\r\n- rule: mail-x\r\n  reason: "it is: so # well"\r\n'


@pytest.mark.parametrize("text", ["waivers: [{rule: a}]\n", "waivers: [\n]\n", "other: 1\n", "- rule: a\n"])
def test_a_list_to_which_no_lines_can_be_added_is_left_alone(text: str) -> None:
    """The entry is shown, to be put in by hand."""
    with pytest.raises(InputError, match=r"put this entry in by hand\n  - rule: mail-x"):
        _add(text)


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"])))
def test_any_text_is_read_as_it_was_given(value: str) -> None:
    """Quotes stand where YAML would read something else."""
    content = add_entry(b"waivers: []\n", "f.yaml", "waivers", {"rule": "a", "reason": value})
    assert parse_document(content, "f.yaml").data == {"waivers": ({"rule": "a", "reason": value},)}
