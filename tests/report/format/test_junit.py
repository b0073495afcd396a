from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from xml.etree import ElementTree

import pytest
import xmlschema

from egov_infra.policy.finding import Finding, Verdict
from egov_infra.report.format import junit
from egov_infra.report.outcome import Outcome, Unread

RULE = "mail-dmarc-not-enforced"


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    """What the published schemas have in common."""
    return xmlschema.XMLSchema(Path(__file__).with_name("junit.xsd"))


def _suites(pieces: Iterable[str], schema: xmlschema.XMLSchema) -> dict[str, ElementTree.Element]:
    """Suites by name, of XML that is valid and whose counts are right."""
    text = "".join(pieces)
    schema.validate(text)
    found = {suite.attrib["name"]: suite for suite in ElementTree.fromstring(text)}
    for suite in found.values():
        kinds = Counter(inner.tag for case in suite.iter("testcase") for inner in case)
        counts = [
            len(list(suite.iter("testcase"))),
            *(kinds[tag] for tag in ("failure", "error", "skipped")),
        ]
        assert [int(suite.attrib[name]) for name in ("tests", "failures", "errors", "skipped")] == counts
    return found


def _case(suite: ElementTree.Element, name: str) -> list[tuple[str, str]]:
    """Tag and message of what a case holds; nothing is a pass."""
    (case,) = (case for case in suite.iter("testcase") if case.attrib["name"] == name)
    return [(inner.tag, inner.attrib["message"]) for inner in case]


def test_each_evaluation_is_a_case(outcome_of: Callable[..., Outcome], schema: xmlschema.XMLSchema) -> None:
    """Passes are cases, and what does not apply is skipped: as many as the judgement counted."""
    outcome = outcome_of()
    suites = _suites(junit.FORMAT.render(outcome), schema)
    cases = [case for suite in suites.values() for case in suite.iter("testcase")]
    counts = outcome.judgement.counts
    assert len(cases) == sum(counts.values())
    assert sum(len(case) == 0 for case in cases) == counts[Verdict.PASS]
    assert len(cases) - counts[Verdict.PASS] == counts[Verdict.NOT_APPLICABLE]
    assert _case(suites[RULE], "erb: domains/erb.go.tz") == []


@pytest.mark.parametrize(
    ("rule", "verdict", "expected"),
    [
        (RULE, Verdict.FAIL, ("failure", "blocks: x")),
        (RULE, Verdict.ERROR, ("error", "blocks: x")),
        (RULE, Verdict.UNKNOWN, ("error", "undecided: x")),
        (RULE, Verdict.WAIVED, ("skipped", "waived: x")),
        ("gateway-target-unused", Verdict.FAIL, ("skipped", "warns: x")),
    ],
)
def test_a_case_fails_where_the_gate_does_not_open(
    rule: str,
    verdict: Verdict,
    expected: tuple[str, str],
    outcome_of: Callable[..., Outcome],
    found: Callable[..., Finding],
    schema: xmlschema.XMLSchema,
) -> None:
    """What is waived or only warns is skipped, with its reason."""
    finding = found(rule, "a/subject", "x", verdict)
    suite = _suites(junit.FORMAT.render(outcome_of(finding)), schema)[rule]
    assert _case(suite, "erb: a/subject") == [expected]
    texts = [inner.text for inner in suite.iter(expected[0]) if inner.attrib["message"] == expected[1]]
    place = "stacks/estate/institutions/erb.yaml:7:3"
    assert texts == [None if expected[0] == "skipped" else f"{place}\nfix: close it\n[{finding.fingerprint}]"]


def test_a_check_that_could_not_read_has_errors(unread: Unread, schema: xmlschema.XMLSchema) -> None:
    """No empty report is taken for a clean one."""
    suites = _suites(junit.FORMAT.render_unread(unread), schema)
    assert list(suites) == ["gate"]
    assert suites["gate"].attrib["errors"] == "3"


def test_no_character_breaks_the_xml(
    outcome_of: Callable[..., Outcome], found: Callable[..., Finding], schema: xmlschema.XMLSchema
) -> None:
    """Markup is text, and what XML cannot hold is replaced."""
    nasty = "<a b='c'>&\"]]>\x00\x1b\ud800\ufffe\n\t\U0001f600"
    finding = found(subject='<b/>&"', message=nasty)
    suite = _suites(junit.FORMAT.render(outcome_of(finding)), schema)[RULE]
    shown = "blocks: <a b='c'>&\"]]>\ufffd\ufffd\ufffd\ufffd\n\t\U0001f600"
    assert _case(suite, 'erb: <b/>&"') == [("failure", shown)]
