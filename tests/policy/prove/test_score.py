from __future__ import annotations

import pathlib

import pytest

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.policy.example import Baseline
from egov_infra.policy.load import load_rule
from egov_infra.policy.policies import Policies
from egov_infra.policy.prove.score import Proof, RuleProof, prove, prove_rule

LEAST = 0.95
RULE = """\
id: mail-sample
title: A sample is wrong
severity: high
applies_to: aws:sesv2/configurationSet:ConfigurationSet
must: |
  has(subject.delivery_options)
    && has(subject.delivery_options.tls_policy) && subject.delivery_options.tls_policy == 'REQUIRE'
message: "{resource.name} is wrong"
fix: change the manifest
rationale: >
  Samples must be right.
reference: [RFC 9989]
controls: {nist-800-53-r5: [SI-8]}
since: 1.0.0
examples:
  pass:
    - {}
  fail:
    - {delivery_options: {tls_policy: OPTIONAL}}
"""


@pytest.fixture(scope="module")
def baseline(source: EstateSource, context: PlanContext) -> Baseline:
    """ERB in the sample estate."""
    return Baseline(source, "erb", context)


def _prove(folder: pathlib.Path, baseline: Baseline, text: str = RULE) -> RuleProof:
    path = folder / "sample.yaml"
    path.write_text(text)
    return prove_rule(load_rule(path, "mail"), baseline)


def test_the_bundled_rules_are_proven(policies: Policies, baseline: Baseline) -> None:
    """At least 95 of 100 slips are told by an example, everything wrong fails a rule, and few mutants are left out."""
    proof = prove(policies.rules, baseline)
    assert (proof.faults, proof.unfailed, proof.exceeds) == ((), (), False)
    assert [rule.rule for rule in proof.rules] == [rule.id for rule in policies.rules]
    assert proof.score >= LEAST, [
        f"{survivor.place} {survivor.name}" for rule in proof.rules for survivor in rule.survivors
    ]


def test_a_survivor_says_what_it_is_and_where_it_stands(baseline: Baseline, tmp_path: pathlib.Path) -> None:
    """The guards: no example leaves the fields out. Line and column are those of the file."""
    proof = _prove(tmp_path, baseline)
    assert [(item.operator, item.place.line, item.place.column, item.name) for item in proof.survivors] == [
        ("flip guard", 6, 3, "flip guard: has(subject.delivery_options)"),
        ("flip guard", 7, 8, "flip guard: has(subject.delivery_options.tls_policy)"),
    ]
    assert proof.mutants["flip guard"] == 2
    assert proof.faults == ()


def test_an_example_that_shows_the_slip_kills_it(baseline: Baseline, tmp_path: pathlib.Path) -> None:
    """One for each field that may be absent."""
    more = "    - {delivery_options: null}\n    - {delivery_options: {tls_policy: null}}\n"
    assert _prove(tmp_path, baseline, RULE + more).survivors == ()


def test_a_mutant_that_crashes_is_not_killed(baseline: Baseline, tmp_path: pathlib.Path) -> None:
    """No list of an example has a second item: the slip can be computed nowhere, and is told nowhere."""
    text = (
        RULE[: RULE.index("must:")] + "must: |\n  subject.aliases[0] != ''\n" + RULE[RULE.index("message:") :]
    )
    text = text.replace(
        "aws:sesv2/configurationSet:ConfigurationSet", "aws:cloudfront/distribution:Distribution"
    )
    text = text.replace("{delivery_options: {tls_policy: OPTIONAL}}", "{aliases: ['']}")
    assert [item.name for item in _prove(tmp_path, baseline, text).survivors] == [
        "off by one: subject.aliases[0] to subject.aliases[1]"
    ]


def test_an_example_that_does_not_hold_proves_nothing(baseline: Baseline, tmp_path: pathlib.Path) -> None:
    """It is a fault of the rule, and so is one that fits nothing."""
    more = "    - {}\n    - {resource: nobody-*}\n"
    assert [
        str(fault).partition(" mail-sample: ")[2] for fault in _prove(tmp_path, baseline, RULE + more).faults
    ] == [
        "an example cannot be built: mail-sample: the baseline plans no nobody-*",
        "{} gives pass, expected fail",
    ]


EQUIVALENT = """\
proof:
  equivalent:
    - mutant: "flip guard: has(subject.delivery_options)"
      reason: nobody makes a configuration set without them
    - mutant: "negate: subject.delivery_options.tls_policy"
      reason: it was one before the rule was changed
    - mutant: "drop conjunct: subject.delivery_options.tls_policy == 'REQUIRE'"
      reason: the author had no wish to write an example
"""


def test_an_equivalent_mutant_is_left_out_and_checked(baseline: Baseline, tmp_path: pathlib.Path) -> None:
    """One that is no mutant, or that an example tells from the rule, is a fault."""
    proof = _prove(tmp_path, baseline, RULE + EQUIVALENT)
    assert [item.name for item in proof.survivors] == ["flip guard: has(subject.delivery_options.tls_policy)"]
    assert [str(fault).partition(" mail-sample: ")[2] for fault in proof.faults] == [
        (
            "\"drop conjunct: subject.delivery_options.tls_policy == 'REQUIRE'\" is not equivalent: "
            "an example tells it from the rule"
        ),
        "'negate: subject.delivery_options.tls_policy' is not equivalent: the rule has no such mutant",
    ]


def _counts(mutants: int, equivalent: int, failed: int = 1) -> RuleProof:
    return RuleProof("mail-sample", {"negate": mutants}, (), equivalent, {}, {"delete key": failed}, {}, ())


@pytest.mark.parametrize(
    ("rule", "holds"),
    [(_counts(97, 3), True), (_counts(96, 4), False), (_counts(97, 3, failed=0), False)],
)
def test_few_mutants_may_be_equivalent_and_something_must_fail_the_rule(rule: RuleProof, holds: bool) -> None:
    """Three in a hundred; a rule that nothing fails is not proven, whatever its score."""
    assert Proof((rule,)).holds(LEAST) is holds


def test_the_score_counts_mutants_of_all_rules(baseline: Baseline, tmp_path: pathlib.Path) -> None:
    """Killed by all, between 0 and 1."""
    found = _prove(tmp_path, baseline)
    total = sum(found.mutants.values())
    proof = Proof((found,))
    assert (proof.mutants, proof.killed, proof.score) == (total, total - 2, (total - 2) / total)
