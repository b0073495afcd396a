from __future__ import annotations

import pathlib
from collections import Counter

import pytest

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.policy.evaluation import decide
from egov_infra.policy.example import Baseline
from egov_infra.policy.finding import Verdict
from egov_infra.policy.load import load_rule
from egov_infra.policy.prove.resource_mutant import resource_mutants
from egov_infra.policy.rule import Rule

RULE = """\
id: tenancy-sample
title: A sample is wrong
severity: high
applies_to: aws:s3/bucket:Bucket
must: |
  MUST
message: a sample is wrong
fix: change the manifest
rationale: >
  Samples must be right.
reference: [RFC 9989]
controls: {nist-800-53-r5: [SI-8]}
since: 1.0.0
may_be_empty: true
examples:
  pass: [{}]
  fail: [{}]
"""


@pytest.fixture(scope="module")
def baseline(source: EstateSource, context: PlanContext) -> Baseline:
    """ERB in the sample estate."""
    return Baseline(source, "erb", context)


def _rule(folder: pathlib.Path, must: str, kind: str = "aws:s3/bucket:Bucket") -> Rule:
    path = folder / "sample.yaml"
    path.write_text(RULE.replace("MUST", must).replace("aws:s3/bucket:Bucket", kind, 1))
    return load_rule(path, "tenancy")


def _shown(rule: Rule, baseline: Baseline, patch: dict[str, object]) -> list[tuple[str, str, str]]:
    """Operator, path and what the rule says of each mutant."""
    case = next(iter(baseline.cases(rule, patch)))
    return [
        (mutant.operator, mutant.path, decide(rule, mutant.frame).value)
        for mutant in resource_mutants(rule, case)
    ]


@pytest.mark.parametrize(
    ("must", "kind", "patch", "expected"),
    [
        (
            "!subject.publicly_accessible",
            "aws:rds/instance:Instance",
            {"publicly_accessible": False},
            [("delete key", "error"), ("flip boolean", "fail"), ("wrong type", "error")],
        ),
        (
            "has(subject.publicly_accessible)",
            "aws:rds/instance:Instance",
            {"publicly_accessible": None},
            [("add key", "pass"), ("add key", "pass")],
        ),
        (
            "subject.backup_retention_period >= 7",
            "aws:rds/instance:Instance",
            {"backup_retention_period": 7},
            [
                ("delete key", "error"),
                ("lower number", "fail"),
                ("lower number", "fail"),
                ("wider range", "pass"),
                ("wider range", "pass"),
                ("wrong type", "error"),
            ],
        ),
        (
            "subject.cidr_ipv4 == '10.0.0.0/8'",
            "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
            {"cidr_ipv4": "10.0.0.0/8"},
            [
                ("delete key", "error"),
                ("wider range", "fail"),
                ("wider range", "fail"),
                ("other word", "fail"),
                ("wrong type", "fail"),
            ],
        ),
        (
            "size(subject.ingress) == 1",
            "aws:ec2/securityGroup:SecurityGroup",
            {"ingress": [{"protocol": "tcp"}]},
            [
                ("delete key", "error"),
                ("drop item", "fail"),
                ("double item", "fail"),
                ("empty list", "fail"),
                ("add item", "fail"),
                ("wrong type", "error"),
            ],
        ),
    ],
)
def test_a_value_is_made_worse_by_what_it_is(
    must: str,
    kind: str,
    patch: dict[str, object],
    expected: list[tuple[str, str]],
    baseline: Baseline,
    tmp_path: pathlib.Path,
) -> None:
    """Whole lists of mutants, each with what the rule says; a crash is no failure."""
    found = _shown(_rule(tmp_path, must, kind), baseline, patch)
    assert [(operator, verdict) for operator, _, verdict in found] == expected
    assert len({path for _, path, _ in found}) == 1


def test_what_is_related_to_the_subject_is_made_worse_too(baseline: Baseline, tmp_path: pathlib.Path) -> None:
    """Its fields, and that it is there at all; the graph around the subject is that of the mutant."""
    token = "aws:s3/bucketVersioning:BucketVersioning"
    must = f"related(subject, '{token}').exists(found, found.versioning_configuration.status == 'Enabled')"
    found = _shown(_rule(tmp_path, must), baseline, {})
    failed = {(operator, path) for operator, path, verdict in found if verdict == Verdict.FAIL.value}
    place = f"related {token}[0].versioning_configuration.status"
    assert {
        ("drop item", f"related {token}"),
        ("empty list", f"related {token}"),
        ("other word", place),
    } <= failed


def test_a_subject_of_the_model_is_made_worse_in_the_fields_that_are_read(
    baseline: Baseline, tmp_path: pathlib.Path
) -> None:
    """Inside of lists as well; fields that the rule does not read stay."""
    rule = _rule(tmp_path, "subject.dkim.all(key, key.bits >= 2048)", "mail_domain")
    found = _shown(rule, baseline, {})
    assert {path for _, path, _ in found} == {"subject.dkim", "subject.dkim[0].bits"}
    assert Counter(verdict for operator, _, verdict in found if operator == "lower number") == {"fail": 2}
