from __future__ import annotations

import pathlib

import pytest

from egov_infra.policy.load import load_rule
from egov_infra.source.diagnostic import InputError

RULE = """\
id: mail-sample-wrong
title: A sample is wrong
severity: high
applies_to: mail_domain
must: |
  subject.name != ''
    && size(subject.dkim) >= 0
message: "{subject.name}: is wrong"
fix: change the manifest
rationale: >
  Samples must be right.
reference: [RFC 9989]
controls: {nist-800-53-r5: [SI-8]}
since: 1.0.0
examples:
  pass: [{}]
  fail: [{mail: {dmarc: {policy: none}}}]
"""


def _faults(tmp_path: pathlib.Path, text: str, name: str = "sample-wrong") -> list[str]:
    path = tmp_path / f"{name}.yaml"
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        load_rule(path, "mail")
    return [str(item).removeprefix(f"{tmp_path}/") for item in caught.value.diagnostics]


def test_loads_a_whole_rule(tmp_path: pathlib.Path) -> None:
    """Metadata, closures and the fields that it reads."""
    path = tmp_path / "sample-wrong.yaml"
    path.write_text(RULE)
    rule = load_rule(path, "mail")
    assert (rule.id, rule.domain, rule.kind.name) == ("mail-sample-wrong", "mail", "mail_domain")
    assert [text for text, _ in rule.leaves] == ["subject.name", "subject.dkim"]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "subject.dkim)",
            "subject.dkm)",
            "sample-wrong.yaml:7:21 expression MailDomain has no field 'dkm'; did you mean 'dkim'?",
        ),
        (
            "must: |\n  subject.name != ''\n    && size(subject.dkim) >= 0",
            "must: subject.is_signed",
            "sample-wrong.yaml:5:7 expression-style an expression is a block scalar, since YAML eats characters; write\nmust: |\n  subject.is_signed",
        ),
        (
            "severity: high",
            "severity: hgh",
            "sample-wrong.yaml:3:11 value-unknown 'hgh' is not one of critical, high, medium, low; did you mean 'high'?",
        ),
        (
            "applies_to: mail_domain",
            "applies_to: mail_domian",
            "sample-wrong.yaml:4:13 subject-unknown no subject 'mail_domian'; did you mean 'mail_domain'?",
        ),
        (
            "mail-sample-wrong",
            "mail-other",
            "sample-wrong.yaml:1:5 rule-id id 'mail-other' must be 'mail-sample-wrong': folder and file name",
        ),
        ("fix: change the manifest\n", "", "sample-wrong.yaml:1:1 key-missing misses 'fix'"),
        ("  fail: [{mail: {dmarc: {policy: none}}}]\n", "  fail: []\n", None),
        (
            "{subject.name}: is",
            "{subject.nme}: is",
            "sample-wrong.yaml:8:10 expression MailDomain has no field 'nme'; did you mean 'name'?",
        ),
        ("size(subject.dkim) >= 0", "subject.dkim.all(k, k.bits > 0)", None),
        (
            "applies_to: mail_domain",
            "applies_to: aws:s3/bucket:Bukket",
            "sample-wrong.yaml:4:13 subject-unknown no subject 'aws:s3/bucket:Bukket'; did you mean 'aws:s3/bucket:Bucket'?",
        ),
    ],
)
def test_broken_rule_is_an_error_at_its_line(
    tmp_path: pathlib.Path, old: str, new: str, expected: str | None
) -> None:
    """Each mistake of an author has a code and a place in the file, inside the expression too."""
    assert old in RULE
    faults = _faults(tmp_path, RULE.replace(old, new))
    assert faults == [expected] if expected else len(faults) == 1


def test_all_mistakes_show_at_once(tmp_path: pathlib.Path) -> None:
    """A wrong expression does not hide a wrong message or a wrong id."""
    text = RULE.replace("subject.dkim)", "subject.dkm)").replace("{subject.name}", "{subject.nme}")
    codes = [line.split()[1] for line in _faults(tmp_path, text, "other")]
    assert codes == ["rule-id", "expression", "expression"]


def test_leaves_stand_outside_of_loops(tmp_path: pathlib.Path) -> None:
    """What a finding shows needs nothing that only a loop knows, be it inside a call."""
    path = tmp_path / "sample-wrong.yaml"
    inner = "refers_to(one.kms_key_id, 'aws:kms/key:Key')"
    loop = f"related(subject, 'aws:cloudwatch/logGroup:LogGroup').exists(one, {inner} && subject.name == one.name)"
    text = RULE.replace("subject.name != ''\n    && size(subject.dkim) >= 0", loop)
    path.write_text(
        text.replace("mail_domain", "aws:kms/key:Key").replace("subject.name", "subject.description")
    )
    assert [text for text, _ in load_rule(path, "mail").leaves] == [
        "related(subject, 'aws:cloudwatch/logGroup:LogGroup')",
        "subject.description",
    ]
