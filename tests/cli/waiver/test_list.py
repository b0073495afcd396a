from __future__ import annotations

from typing import Any

import pytest

from egov_infra.source.diagnostic import InputError
from tests.cli.waiver.conftest import RULE, Desk


def _rows(data: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(item["rule"], item["state"], item["days_left"]) for item in data["waivers"]]


@pytest.fixture
def full(desk: Desk) -> Desk:
    """Waivers of four rules, each in another state; the first one is the longest."""
    shown, _ = desk.add()
    dates = {
        "mail-zone-unsigned": ("2020-06-01", "2020-07-30"),
        "mail-dmarc-not-enforced": ("2020-05-01", "2020-05-30"),
        "mail-exchanger-single": ("2020-06-01", "2020-12-30"),
    }
    others = [
        shown.replace(RULE, rule).replace("2020-06-30", begin).replace("2020-08-15", end)
        for rule, (begin, end) in dates.items()
    ]
    desk.file.write_text("\n".join(["waivers:", shown, *others]))
    return desk


def test_register_says_where_each_waiver_stands(full: Desk) -> None:
    """What ends first comes first; of one that is wrong it says what is."""
    data = full.waiver("list")
    assert _rows(data) == [
        ("mail-dmarc-not-enforced", "expired", -31),
        ("mail-zone-unsigned", "ending", 30),
        (RULE, "in-force", 46),
        ("mail-exchanger-single", "faulty", 183),
    ]
    assert [[fault["code"] for fault in item["faults"]] for item in data["waivers"]] == [
        ["waiver-expired"],
        [],
        [],
        ["waiver-long"],
    ]
    assert data["summary"] == {
        "as_of": "2020-06-30",
        "waivers": 4,
        "shown": 4,
        "states": {"in-force": 1, "ending": 1, "expired": 1, "faulty": 1, "waiting": 0},
        "ceiling": {"critical": 2, "high": 10, "medium": 30, "low": 60},
        "warn_days": 30,
    }


def test_register_as_text(full: Desk) -> None:
    """A waiver on two lines, with what is wrong with it; then how many there are."""
    assert (
        full.text("list", "--severity", "high", "--state", "expired") == "0 of 4 waivers as of 2020-06-30\n"
    )
    assert full.text("list", "--state", "ending", "--institution", "erb") == (
        "ending      30 days left  high      mail-zone-unsigned  erb domains/erb.go.tz\n"
        "  approved by Asha Mwinyi, until 2020-07-30; waivers.yaml:13:5\n"
        "1 of 4 waivers as of 2020-06-30: 1 ending\n"
    )


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (["--state", "ending"], 1),
        (["--domain", "mail", "--severity", "high"], 2),
        (["--institution", "erb"], 4),
        (["--framework", "scuba"], 2),
        (["--domain", "gateway"], 0),
    ],
)
def test_register_is_filtered(full: Desk, words: list[str], count: int) -> None:
    """As the list of rules is."""
    data = full.waiver("list", *words)
    assert (data["summary"]["waivers"], data["summary"]["shown"]) == (4, count)


def test_waiver_of_a_rule_that_the_profile_leaves_out_waits(full: Desk) -> None:
    """Nothing is wrong with it."""
    rows = full.waiver("list", "--profile", "bod-18-01")["waivers"]
    waiting = {item["rule"] for item in rows if item["state"] == "waiting" and item["faults"] == []}
    assert waiting == {"mail-zone-unsigned", "mail-exchanger-single"}


def test_what_nothing_has_is_refused(full: Desk) -> None:
    """With what was probably meant."""
    with pytest.raises(InputError, match="no domain 'mial' in the policies; did you mean 'mail'"):
        full.waiver("list", "--domain", "mial")
