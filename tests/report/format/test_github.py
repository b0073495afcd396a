from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from egov_infra.policy.finding import Finding, WaiverFault
from egov_infra.policy.gate import decide
from egov_infra.report.format import github
from egov_infra.report.outcome import Outcome, Unread
from egov_infra.source.diagnostic import Place


def test_an_annotation_stands_at_its_line(
    outcome_of: Callable[..., Outcome], found: Callable[..., Finding]
) -> None:
    """An error where the gate does not open, a warning where a rule only warns; the last line counts."""
    outcome = outcome_of(found(), found("gateway-target-unused", "k", "old"))
    file = "file=stacks/estate/institutions/erb.yaml,line=7,col=3"
    assert "".join(github.FORMAT.render(outcome)).splitlines() == [
        f"::error {file},title=egov-infra%3A blocks critical mail-dmarc-not-enforced::erb.go.tz is open%0Afix: close it",
        f"::warning {file},title=egov-infra%3A warns low gateway-target-unused::old%0Afix: close it",
        "egov-infra: 1 errors, 1 warnings, 0 notices; the gate is shut",
    ]


def test_no_value_is_a_command(outcome_of: Callable[..., Outcome], found: Callable[..., Finding]) -> None:
    """Neither a new line, nor a colon, comma or per cent sign in a path ends what it stands in."""
    nasty = found(message="100 %\r\n::add-mask::x\u202e", file="stacks/a,b::c%.yaml")
    first, *rest = "".join(github.FORMAT.render(outcome_of(nasty))).splitlines()
    assert first == (
        "::error file=stacks/a%2Cb%3A%3Ac%25.yaml,line=7,col=3,"
        "title=egov-infra%3A blocks critical mail-dmarc-not-enforced::"
        "100 %25 ::add-mask::x\\u{202e}%0Afix: close it"
    )
    assert [line for line in rest if line.startswith("::")] == []


def test_ten_of_a_type_are_shown_the_worst_first(
    outcome_of: Callable[..., Outcome], found: Callable[..., Finding]
) -> None:
    """GitHub would drop the others; faults of waivers come before all findings."""
    high = [found("mail-mta-sts-missing", f"s/{number}") for number in range(12)]
    outcome = outcome_of(*high, found())
    fault = WaiverFault(Place("/checkout/policies/waivers.yaml", 3, 5), "waiver-expired", "expired")
    judgement = replace(outcome.judgement, waiver_faults=(fault,))
    lines = "".join(github.FORMAT.render(Outcome(judgement, decide(judgement), outcome.tree))).splitlines()
    titles = [line.partition("title=")[2].partition("::")[0] for line in lines if line.startswith("::error")]
    assert titles == [
        "egov-infra%3A waiver-expired",
        "egov-infra%3A blocks critical mail-dmarc-not-enforced",
        *["egov-infra%3A blocks high mail-mta-sts-missing"] * 8,
    ]
    assert lines[-2].startswith("4 more are no annotations")
    assert lines[-1] == "egov-infra: 14 errors, 0 warnings, 0 notices; the gate is shut"


def test_what_cannot_be_read_is_annotated(unread: Unread) -> None:
    """At its line; what is in no file, where the check was to begin."""
    lines = "".join(github.FORMAT.render_unread(unread)).splitlines()
    assert lines == [
        "::error file=stacks/estate/institutions/erb.yaml,line=4,col=2,title=egov-infra%3A key-unknown::no field 'a'",
        "::error file=stacks/estate/institutions/erb.yaml,line=9,col=2,title=egov-infra%3A key-unknown::no field 'a'",
        "::error file=stacks/estate,title=egov-infra%3A profile-unknown::no profile 'x'",
        "egov-infra: 3 errors; nothing was judged",
    ]
