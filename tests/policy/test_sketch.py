from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import yaml

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.catalogue import tokens
from egov_infra.plan.context import PlanContext
from egov_infra.policy.example import Baseline
from egov_infra.policy.finding import Verdict
from egov_infra.policy.load import parse_rule
from egov_infra.policy.locate import BUNDLED
from egov_infra.policy.sketch import SketchError, new_file, sketch
from egov_infra.policy.subject import kind_of, model_kinds
from egov_infra.policy.trial import DAY, try_examples
from egov_infra.source.diagnostic import InputError


@pytest.fixture(scope="module")
def baseline(source: EstateSource, context: PlanContext) -> Baseline:
    """ERB in the sample estate, on the day of examples."""
    return Baseline(source, "erb", dataclasses.replace(context, today=DAY))


ABSENT = {"ticketing"}
"""What ERB has none of."""


@pytest.mark.parametrize(
    "name", [*sorted(set(model_kinds()) - ABSENT), "aws:s3/bucket:Bucket", "aws:kms/key:Key"]
)
def test_rule_about_any_subject_runs_at_once(name: str, baseline: Baseline) -> None:
    """It can fail and it can pass, and says of neither that somebody should still do something."""
    text = sketch("tenancy-sample-wrong", kind_of(name), "high", baseline)
    rule = parse_rule(text.encode(), "sample-wrong.yaml", "tenancy-sample-wrong")
    trials = list(try_examples(rule, baseline))
    assert {trial.verdict for trial in trials if trial.holds} == {Verdict.PASS, Verdict.FAIL}
    assert [trial for trial in trials if not trial.holds] == []
    assert "todo" not in text.lower()
    assert text == sketch("tenancy-sample-wrong", kind_of(name), "high", baseline)


def test_backup_is_asked_for_days_by_a_parameter(baseline: Baseline) -> None:
    """The whole file, as its author begins with it."""
    assert yaml.safe_load(sketch("tenancy-backup-short", kind_of("backup"), "medium", baseline)) == {
        "id": "tenancy-backup-short",
        "title": "A backup: retention_days is too low",
        "severity": "medium",
        "applies_to": "backup",
        "parameters": {
            "min_retention_days": {
                "description": "The least that retention_days may be.",
                "type": "integer",
                "default": 35,
            }
        },
        "must": {"field": "subject.retention_days", "min": "parameters.min_retention_days"},
        "message": "retention_days is {subject.retention_days}, at least {parameters.min_retention_days} is asked",
        "fix": "raise retention_days to at least {parameters.min_retention_days}",
        "rationale": (
            "Whoever reads this finding in a hurry must see here what can go wrong for the public "
            "while the rule does not hold.\n"
        ),
        "reference": ["Standard of the authority"],
        "controls": {"nist-800-53-r5": ["CM-6"]},
        "since": "1.0.0",
        "examples": {"pass": [{}], "fail": [{"parameters": {"min_retention_days": 401}}]},
    }


def test_what_the_institution_has_none_of_cannot_be_sketched(baseline: Baseline) -> None:
    """There would be nothing on which an example could hold."""
    planned = {item.type for stack in baseline._stacks for item in stack.resources}
    unplanned = next(token for token in tokens() if token not in planned)
    for name in (*ABSENT, unplanned):
        with pytest.raises(SketchError, match="has no"):
            sketch("tenancy-sample-wrong", kind_of(name), "high", baseline)


@pytest.mark.parametrize(
    ("name", "code", "suggestion"),
    [
        ("Mail-x", "rule-id", None),
        ("mail", "rule-id", None),
        ("mial-forged", "rule-domain", "mail"),
        ("mail-dmarc-not-enforced", "rule-exists", None),
    ],
)
def test_id_that_is_none_or_taken_is_refused(
    name: str, code: str, suggestion: str | None, root: Path
) -> None:
    """Nothing is written over."""
    with pytest.raises(InputError) as caught:
        new_file(root / "policies", name)
    assert [(item.code, item.suggestion) for item in caught.value.diagnostics] == [(code, suggestion)]


def test_policies_of_the_package_are_not_written_to(root: Path) -> None:
    """The next version would overwrite the rule."""
    with pytest.raises(InputError, match="came with the package"):
        new_file(BUNDLED, "mail-sample-wrong")
    assert new_file(root / "policies", "mail-sample-wrong") == root / "policies/mail/sample-wrong.yaml"
