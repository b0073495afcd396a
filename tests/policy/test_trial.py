from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.policy.example import Baseline
from egov_infra.policy.finding import Verdict
from egov_infra.policy.load import load_rule
from egov_infra.policy.policies import Policies
from egov_infra.policy.trial import DAY, Sight, Trial, try_examples
from egov_infra.source.diagnostic import Place

RULE = """\
id: tenancy-sample-wrong
title: A backup is kept too briefly
severity: high
applies_to: backup
parameters:
  min_retention_days: {description: Days at least., type: integer, default: 30}
must: {field: subject.retention_days, min: parameters.min_retention_days}
message: "kept {subject.retention_days} days, {parameters.min_retention_days} are asked"
fix: raise retention_days
rationale: A backup must be there.
reference: [CP-9]
controls: {nist-800-53-r5: [CP-9]}
since: 1.0.0
examples:
  pass:
    - {}
    - {tenancy: {backup: {retention_days: 29}}}
  fail:
    - {}
    - {tenancy: {tier: T9}}
    - {tenancy: {buckets: {nowhere: 3}}}
    - {resources: {no-such-*: null}}
"""


@pytest.fixture(scope="module")
def baseline(source: EstateSource, context: PlanContext) -> Baseline:
    """ERB in the sample estate, on the day of examples."""
    return Baseline(source, "erb", dataclasses.replace(context, today=DAY))


@pytest.fixture
def trials(baseline: Baseline, tmp_path: Path) -> list[Trial]:
    """What is said of the examples above."""
    path = tmp_path / "sample-wrong.yaml"
    path.write_text(RULE)
    return list(try_examples(load_rule(path, "tenancy"), baseline))


def test_example_that_holds_needs_no_words(trials: list[Trial]) -> None:
    """Only the verdict is kept."""
    assert trials[0] == Trial(
        "tenancy-sample-wrong", ("examples", "pass", 0), None, Verdict.PASS, Verdict.PASS, {}
    )


def test_failing_example_shows_what_the_rule_saw(trials: list[Trial], tmp_path: Path) -> None:
    """Expected, got, the message, and every value with the parameters in force, at its place in the file."""
    found = trials[1]
    assert not found.holds
    assert (found.expected, found.verdict) == (Verdict.PASS, Verdict.FAIL)
    assert found.place == Place(str(tmp_path / "sample-wrong.yaml"), 17, 7)
    assert found.sights == (
        Sight(
            "tenancy/backup",
            Verdict.FAIL,
            "kept 29 days, 30 are asked",
            {"subject.retention_days": "29", "parameters.min_retention_days": "30"},
        ),
    )


def test_example_that_should_fail_and_passes_shows_its_subjects(trials: list[Trial]) -> None:
    """All of them passed, so each may be the one that was meant."""
    found = trials[2]
    assert (found.expected, found.verdict) == (Verdict.FAIL, Verdict.PASS)
    assert found.sights
    assert {sight.verdict for sight in found.sights} == {Verdict.PASS}
    assert all("subject.retention_days" in sight.values for sight in found.sights)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        (3, "tenancy.tier: Input should be 'T0', 'T1', 'T2' or 'T3'"),
        (4, "a list of 2 has no item 'nowhere'"),
        (5, "no resource is called 'no-such-*'"),
    ],
)
def test_example_that_cannot_be_tried_says_why(number: int, reason: str, trials: list[Trial]) -> None:
    """It is no crash, and it never holds."""
    found = trials[number]
    assert (found.verdict, found.reason, found.holds) == (None, reason, False)


def test_every_bundled_example_holds_on_the_fixed_day(policies: Policies, baseline: Baseline) -> None:
    """As `policy test` tries them, whatever day it is."""
    rules = [rule for rule in policies.rules if rule.domain == "mail"]
    assert [trial for rule in rules for trial in try_examples(rule, baseline) if not trial.holds] == []
