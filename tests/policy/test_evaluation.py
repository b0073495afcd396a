from __future__ import annotations

import datetime
import pathlib

import pytest

from egov_infra.plan.value import Ref, SecretRef
from egov_infra.policy.evaluation import decide
from egov_infra.policy.finding import Verdict
from egov_infra.policy.graph import Context
from egov_infra.policy.load import load_rule
from egov_infra.policy.rule import Rule

RULE = """\
id: tenancy-key-odd
title: A key that is somehow odd
severity: high
applies_to: aws:kms/key:Key
when: |
  {when}
must: |
  {must}
message: "it is odd in the end"
fix: "make it even, if you can"
rationale: An odd key is hard to explain.
reference: [common sense]
controls: {{nist-800-53-r5: [SC-12]}}
since: 1.0.0
examples:
  pass: [{{}}]
  fail: [{{}}]
"""
SIDES = {
    "true": "true",
    "false": "false",
    "unknown": "subject.policy == 'x'",
    "error": "subject.description == 'x'",
    "present": "has(subject.policy)",
}


def _rule(folder: pathlib.Path, when: str, must: str) -> Rule:
    path = folder / "key-odd.yaml"
    path.write_text(RULE.format(when=SIDES[when], must=SIDES[must]))
    return load_rule(path, "tenancy")


@pytest.mark.parametrize(
    ("when", "must", "verdict"),
    [
        ("false", "error", Verdict.NOT_APPLICABLE),
        ("true", "true", Verdict.PASS),
        ("true", "false", Verdict.FAIL),
        ("true", "unknown", Verdict.UNKNOWN),
        ("true", "error", Verdict.ERROR),
        ("unknown", "true", Verdict.PASS),
        ("unknown", "false", Verdict.UNKNOWN),
        ("unknown", "unknown", Verdict.UNKNOWN),
        ("unknown", "error", Verdict.UNKNOWN),
        ("error", "true", Verdict.PASS),
        ("error", "false", Verdict.ERROR),
        ("error", "unknown", Verdict.UNKNOWN),
        ("error", "error", Verdict.ERROR),
    ],
)
def test_verdict_is_that_of_the_formula(
    tmp_path: pathlib.Path, when: str, must: str, verdict: Verdict
) -> None:
    """`not when, or must`, with errors giving way to unknown, as the page on expressions says."""
    frame = [{"policy": Ref("other", "policy")}, None, None, Context(datetime.date(2020, 6, 30))]
    assert decide(_rule(tmp_path, when, must), frame) is verdict


@pytest.mark.parametrize(
    ("must", "verdict"),
    [("present", Verdict.PASS), ("unknown", Verdict.UNKNOWN)],
)
def test_secret_is_unknown_and_never_absent(tmp_path: pathlib.Path, must: str, verdict: Verdict) -> None:
    """A rule can ask whether there is one, and nothing else."""
    frame = [{"policy": SecretRef("erb/key")}, None, None, Context(datetime.date(2020, 6, 30))]
    assert decide(_rule(tmp_path, "true", must), frame) is verdict
