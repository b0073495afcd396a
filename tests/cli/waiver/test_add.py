from __future__ import annotations

import click
import pytest

from tests.cli.waiver.conftest import RULE, Desk

UNKNOWN = "finding-unknown no finding {} today: `egov-infra check` prints the fingerprint of each in brackets"


def test_a_blocked_finding_is_waived(desk: Desk) -> None:
    """The entry is added below the comments of the file; the gate opens."""
    assert desk.check()["summary"]["exit_code"] == 1
    before = desk.file.read_text()
    shown, _ = desk.add()
    assert desk.file.read_text() == before.replace("waivers: []\n", f"waivers:\n{shown}")
    found = desk.check()
    assert (found["summary"]["exit_code"], found["summary"]["waiver_faults"]) == (0, [])
    assert [(item["verdict"], item["waiver"]) for item in found["findings"]] == [
        ("waived", "approved by Asha Mwinyi, until 2020-08-15")
    ]
    assert shown.startswith(f"  - rule: {RULE}\n    institution: erb\n    subject: domains/erb.go.tz\n")
    assert "    approved_on: 2020-06-30\n    expires_on: 2020-08-15\n" in shown


def test_dry_run_prints_and_writes_nothing(desk: Desk) -> None:
    """What it prints is what would be written."""
    before = desk.file.read_bytes()
    shown, said = desk.add(dry_run="yes")
    assert (desk.file.read_bytes(), said.partition(";")[0]) == (before, "nothing was written")
    assert shown == desk.add()[0]


def test_everything_that_would_be_wrong_is_refused_at_once(desk: Desk) -> None:
    """Each with the option at fault; a short reason hides nothing."""
    assert desk.refused(
        reason="because", author="Juma Mrisho", approver="Juma Mrisho", expires_on="2021-06-30"
    ) == [
        "value-wrong --reason: 'because': string should have at least 40 characters",
        "waiver-long --expires-on: lasts 365 days; a rule of severity high allows 90, until 2020-09-28",
        "waiver-self-approved --approver: Juma Mrisho approved their own request",
        "waiver-unapproved --approver: Juma Mrisho was certified for mail until 2020-03-31, not on 2020-06-30",
    ]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"approver": "Asha Mwiny"},
            "waiver-unapproved --approver: Asha Mwiny is not among the staff of the estate; did you mean 'Asha Mwinyi'?",
        ),
        (
            {"approved_on": "2020-07-01"},
            "waiver-future --approved-on: approved on 2020-07-01, which is yet to come",
        ),
        (
            {"expires_on": "2020-06-01"},
            "waiver-reversed --expires-on: expires on 2020-06-01, before it was approved on 2020-06-30",
        ),
        (
            {"approved_on": "2020-06-01", "expires_on": "2020-06-29"},
            "waiver-expired --expires-on: expired on 2020-06-29: remove it, or have it approved anew",
        ),
        (
            {"compensating_control": "none"},
            "value-wrong --compensating-control: 'none': string should have at least 10 characters",
        ),
    ],
)
def test_a_bad_waiver_is_refused(desk: Desk, changed: dict[str, str], said: str) -> None:
    """As the gate would refuse it, before it is written."""
    assert desk.refused(**changed) == [said]


def test_a_finding_is_named_by_its_fingerprint(desk: Desk) -> None:
    """As `check` prints it, also in its brackets, or by its beginning; what was probably meant is said."""
    mark = desk.fingerprint
    near = mark[:-1] + ("0" if mark[-1] != "0" else "1")
    assert desk.refused(near) == [f"{UNKNOWN.format(repr(near))}; did you mean {mark!r}?"]
    assert desk.refused("ffffff") == [UNKNOWN.format("'ffffff'")]
    desk.add(f"[{mark}]")


def test_a_day_that_cannot_be_read_is_shown_how_to_write(desk: Desk) -> None:
    """In the words of somebody who does not program."""
    with pytest.raises(click.BadParameter) as raised:
        desk.add(expires_on="31.12.2020")
    assert raised.value.message == "'31.12.2020' is no day: write it as 2020-12-31"


def test_a_finding_is_waived_once(desk: Desk) -> None:
    """One that does not hold any more has to go before another is asked for."""
    desk.add()
    assert desk.refused() == [
        "waiver-duplicate the finding is waived already: approved by Asha Mwinyi, until 2020-08-15"
    ]
    desk.file.write_text(
        desk.file.read_text().replace("2020-06-30", "2020-05-01").replace("2020-08-15", "2020-06-29")
    )
    (said,) = desk.refused()
    assert said.startswith("waiver-duplicate there is a waiver of it at ")
    assert said.endswith("waivers.yaml:13:5, which does not hold: remove that first")


def test_what_the_policies_do_not_allow_is_refused(desk: Desk) -> None:
    """A rule that is never waived, and one waiver more than the profile allows."""
    profile = desk.file.parent / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().replace("high: 10", "high: 0"))
    rule = desk.file.parent / "mail" / "dmarc-subdomains-weak.yaml"
    text = rule.read_text().replace("waivable: true\n", "")
    rule.write_text(f"{text.rstrip()}\nwaivable: false\n")
    assert desk.refused() == [
        "waiver-ceiling waivers in force of rules of severity high: 1; the profile allows 0",
        f"waiver-forbidden {RULE} cannot be waived",
    ]
