from __future__ import annotations

from egov_infra.policy.finding import Finding, Verdict
from egov_infra.report.judgement_text import render_finding
from egov_infra.source.diagnostic import Place


def test_no_text_of_others_begins_a_line() -> None:
    """Neither a command of a CI system nor a made-up tally stands alone, and nothing hidden moves the cursor."""
    finding = Finding(
        rule="mail-zone-unsigned",
        severity="high",
        verdict=Verdict.FAIL,
        institution="erb",
        subject="domains/erb.go.tz",
        place=Place("erb.yaml", 7, 3),
        resource=None,
        message="open\n::error::x\r0 fail; the gate is open",
        fix="close it\x1b[2J",
        values={},
        controls={},
        reference=(),
    )
    assert list(render_finding(finding, "blocks")) == [
        f"blocks high mail-zone-unsigned [{finding.fingerprint}]",
        "  open ::error::x 0 fail; the gate is open",
        "  erb.yaml:7:3",
        "  fix: close it\\u{1b}[2J",
    ]
