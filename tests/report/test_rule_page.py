from __future__ import annotations

import datetime
from dataclasses import replace

import pytest

from egov_infra.policy.finding import Verdict
from egov_infra.policy.framework_coverage import Requirement
from egov_infra.policy.parameter import Parameter
from egov_infra.policy.policies import Policies
from egov_infra.policy.rulebook import Entry, entry_of
from egov_infra.policy.standing import Standing
from egov_infra.report.rule_page import bounds_of, enforcement_of, render_rule

DAY = datetime.date(2020, 6, 30)


CITED = {"nist-800-53-r5": [Requirement("CP-9", "System Backup", "CP", "partly", "restoring", ())]}


def _page(entry: Entry, standing: Standing) -> str:
    return "\n".join(render_rule(entry, standing, CITED, "default", DAY, 3))


def test_page_says_all_that_a_reviewer_asks(policies: Policies) -> None:
    """From what is wrong to who is affected, in this order."""
    entry = entry_of(policies, "tenancy-backup-kept-briefly", DAY)
    counts = {Verdict.PASS: 2, Verdict.NOT_APPLICABLE: 0}
    page = _page(entry, Standing(entry.rule, ("erb", "platform"), (), (), counts))
    assert (
        page
        == f"""\
tenancy-backup-kept-briefly  high
Backups are gone before an intrusion is noticed
{entry.rule.file}, since 1.0.0

Why
  Intruders often stay unseen for weeks; a backup from before is the only clean one.

What must hold, of each backup
  subject.retention_days >= parameters.min_retention_days

Parameters, as profile default sets them
  min_retention_days = 30
    Days that backups are kept. 1 to 3650.

Fix
  raise retention_days of the backup to 30

Sources and controls
  NIST SP 800-53 CP-9
  nist-800-53-r5 CP-9: System Backup

In profile default
  a finding blocks
  a waiver may permit it

Examples
  pass: the compliant institution as it is
  pass: {{"tenancy": {{"backup": {{"retention_days": 30}}}}}}
  fail: {{"estate": {{"e_office": {{"application": {{"backup": {{"retention_days": 7}}}}}}}}}}
  fail: {{"tenancy": {{"backup": {{"retention_days": 29}}}}}}
  fail: {{"parameters": {{"min_retention_days": 90}}}}

Who is affected, as of 2020-06-30
  2 pass: erb, platform
  2 of 3 institutions have no backup"""
    )


def test_rule_that_does_not_run_says_who_would_be_affected(policies: Policies) -> None:
    """Nobody is to think that it is enforced."""
    entry = replace(entry_of(policies, "mail-zone-unsigned", DAY), state="not-selected", coming=())
    page = _page(entry, Standing(entry.rule, ("erb",), (), (), {}))
    assert "\n  not selected: it does not run\n" in page
    assert "\nWho would be affected, as of 2020-06-30\n" in page


def test_state_says_from_when_it_changes(policies: Policies) -> None:
    """A reviewer sees what is ahead."""
    entry = entry_of(policies, "services-desk-overworked", DAY)
    assert enforcement_of(entry) == "a finding warns; from 2021-01-01 a finding blocks"


@pytest.mark.parametrize(
    ("declared", "words"),
    [
        ({"type": "integer", "minimum": 1, "default": 3}, "1 to any"),
        ({"type": "string", "enum": ("a", "b"), "default": "a"}, "One of a, b"),
        ({"type": "string", "pattern": "^a", "default": "a"}, "Matches ^a"),
        ({"type": "boolean", "default": True}, ""),
        (
            {
                "type": "array",
                "items": {"type": "integer", "minimum": 1, "maximum": 9},
                "maxItems": 3,
                "default": (1,),
            },
            "Each 1 to 9, 0 to 3 items",
        ),
    ],
)
def test_bounds_are_said_in_words(declared: dict[str, object], words: str) -> None:
    """Of a list those of its items too."""
    assert bounds_of(Parameter.model_validate({"description": "A parameter.", **declared})) == words
