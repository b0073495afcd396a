from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from egov_infra.manifest.load import EstateSource
from egov_infra.policy.policies import load_policies
from egov_infra.source.diagnostic import InputError

RULE = """\
id: mail-sample-wrong
title: A sample is wrong
severity: high
applies_to: mail_domain
must: |
  subject.name.matches('^[a-z.]+$')
message: "{subject.name}: is wrong"
fix: change the manifest
rationale: >
  Samples must be right.
reference: [RFC 9989]
controls: {nist-800-53-r5: [SI-8, AC-4]}
since: 1.0.0
examples:
  pass: [{}]
  fail: [{mail: {dmarc: {policy: none}}}]
"""
REPEATED = "subject.name.matches('^((((a{1,90}){1,90}){1,90}){1,90})+$')"

BAD = [
    ("  fail: [{mail: {dmarc: {policy: none}}}]\n", "  fail: []\n", ["16:9 example-missing no example under fail: nobody has seen the rule fail"]),
    ("  fail: [{mail: {dmarc: {policy: none}}}]\n", "", ["15:3 example-missing no example under fail: nobody has seen the rule fail"]),
    ("  pass: [{}]\n", "", ["15:3 example-missing no example under pass: nobody has seen the rule pass"]),
    ("id: mail-sample-wrong", "id: mail-other", ["1:5 rule-id id 'mail-other' must be 'mail-sample-wrong': folder and file name"]),
    ("id: mail-sample-wrong", "id: tenancy-taken", ["1:5 rule-duplicate id 'tenancy-taken' is that of tenancy/taken.yaml; here it is 'mail-sample-wrong'"]),
    ("subject.name.matches('^[a-z.]+$')", REPEATED, ["6:24 pattern pattern: needs more than 1000 states: repeat less (character 1)"]),
    ("'^[a-z.]+$'", r"'^(a+)\\1$'", ["6:24 pattern pattern: \\1 is not supported (no back references) (character 6)"]),
    ("'^[a-z.]+$'", "'^(?=a)a'", ["6:24 pattern pattern: only ( and (?: open a group: no lookaround, names or flags (character 2)"]),
    ("'^[a-z.]+$'", "'^a++'", ["6:24 pattern pattern: one quantifier after another (character 4)"]),
    ("must: |\n  subject.name.matches('^[a-z.]+$')", "must: subject.is_signed", ["5:7 expression-style an expression is a block scalar, since YAML eats characters; write\nmust: |\n  subject.is_signed"]),
    ("[SI-8, AC-4]", "[SI-8, SI-88]", ["12:35 control-unknown nist-800-53-r5 has no control 'SI-88'; did you mean 'SI-8'?"]),
    ("[SI-8, AC-4]", "[AC-13]", ["12:29 control-withdrawn AC-13 of nist-800-53-r5 was withdrawn: incorporated into AC-2 and AU-6"]),
    ("[SI-8, AC-4]", "[SI-8, SI-8]", ["12:35 control-twice SI-8 stands here twice"]),
    ("{nist-800-53-r5: ", "{nist-800-53: ", ["12:12 framework-unknown no framework 'nist-800-53': frameworks/nist-800-53.yaml would describe it; did you mean 'nist-800-53-r5'?"]),
    ("[SI-8, AC-4]", "SI-8", ["12:28 value-type controls.nist-800-53-r5: text 'SI-8' where a list belongs"]),
    ("[SI-8, AC-4]", "[8, AC-99]", ["12:29 value-type controls.nist-800-53-r5[0]: number 8 where text belongs: put it in quotes", "12:32 control-unknown nist-800-53-r5 has no control 'AC-99'; did you mean 'AC-9'?"]),
]  # fmt: skip


@pytest.fixture
def folder(root: Path, tmp_path: Path) -> Path:
    """Policies with two rules of their own, the sample and one more, and no framework."""
    shutil.copytree(root / "policies" / "profiles", tmp_path / "profiles")
    for domain, name in (("mail", "sample-wrong"), ("tenancy", "taken")):
        (tmp_path / domain).mkdir()
        text = RULE.replace("mail-sample-wrong", f"{domain}-{name}")
        (tmp_path / domain / f"{name}.yaml").write_text(text)
    profile = tmp_path / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().partition("\nrules:")[0] + "\n")
    return tmp_path


def _faults(source: EstateSource, folder: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        load_policies(source, folder)
    return [str(item).replace(f"{folder}/", "") for item in caught.value.diagnostics]


def test_sample_is_a_rule(source: EstateSource, folder: Path) -> None:
    """Without the one thing that each test below changes."""
    assert [rule.id for rule in load_policies(source, folder).rules] == ["mail-sample-wrong", "tenancy-taken"]


@pytest.mark.parametrize(("old", "new", "expected"), BAD)
def test_bad_rule_shuts_the_gate_with_a_code_at_its_place(
    source: EstateSource, folder: Path, old: str, new: str, expected: list[str]
) -> None:
    """Nothing is judged by policies in which one rule is wrong."""
    assert old in RULE
    (folder / "mail" / "sample-wrong.yaml").write_text(RULE.replace(old, new))
    assert _faults(source, folder) == [f"mail/sample-wrong.yaml:{line}" for line in expected]


def test_all_that_is_wrong_shows_at_once(source: EstateSource, folder: Path) -> None:
    """In every rule, whatever else is wrong with it; and in the framework that they name."""
    text = RULE.replace("AC-4", "AC-44").replace("'^[a-z.]+$'", "'a++'").replace("id: mail", "id: male")
    (folder / "mail" / "sample-wrong.yaml").write_text(
        text.replace("  fail: [{mail: {dmarc: {policy: none}}}]\n", "").replace("severity: high\n", "")
    )
    (folder / "tenancy" / "taken.yaml").write_text(
        RULE.replace("mail-sample-wrong", "tenancy-taken").replace("nist-800-53-r5: [SI-8", "own: [X")
    )
    (folder / "frameworks").mkdir()
    (folder / "frameworks" / "own.yaml").write_text("title: Our own\n")
    assert [line.split()[:2] for line in _faults(source, folder)] == [
        ["frameworks/own.yaml:1:1", "key-missing"],
        ["frameworks/own.yaml:1:1", "key-missing"],
        ["frameworks/own.yaml:1:1", "key-missing"],
        ["frameworks/own.yaml:1:1", "key-missing"],
        ["mail/sample-wrong.yaml:1:1", "key-missing"],
        ["mail/sample-wrong.yaml:1:5", "rule-id"],
        ["mail/sample-wrong.yaml:5:24", "pattern"],
        ["mail/sample-wrong.yaml:11:35", "control-unknown"],
        ["mail/sample-wrong.yaml:14:3", "example-missing"],
    ]


def test_policies_of_an_earlier_revision_are_not_asked_which_controls_there_are(
    source: EstateSource, folder: Path
) -> None:
    """A control that was withdrawn since must not keep a change from being compared with its base."""
    (folder / "mail" / "sample-wrong.yaml").write_text(RULE.replace("AC-4", "AC-13"))
    assert len(load_policies(source, folder, is_past=True).rules) == 2
    assert len(_faults(source, folder)) == 1


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mail/spf-open.yml", "mail/spf-open.yml file-unexpected only <name>.yaml files belong here"),
        ("mail/notes.md", "mail/notes.md file-unexpected only <name>.yaml files belong here"),
        ("mail/inner/spf-open.yaml", "mail/inner file-unexpected only <name>.yaml files belong here"),
        ("profiles/strict.yml", "profiles/strict.yml file-unexpected only <name>.yaml files belong here"),
        (
            "mial/spf-open.yaml",
            "mial file-unexpected no part of the policies has this name; did you mean 'mail'?",
        ),
        ("gateway", "gateway file-unexpected a folder belongs here"),
        (
            "waivers.yml",
            "waivers.yml file-unexpected no part of the policies has this name; did you mean 'waivers.yaml'?",
        ),
    ],
)
def test_what_nothing_would_read_shuts_the_gate(
    source: EstateSource, folder: Path, name: str, expected: str
) -> None:
    """A rule that is passed over in silence looks like one that finds nothing."""
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(RULE)
    assert _faults(source, folder) == [expected]


def test_hidden_files_and_parts_of_a_pack_belong_to_the_policies(source: EstateSource, folder: Path) -> None:
    """What editors, Python and Pulumi leave or need there is nobody's mistake."""
    (folder / "__pycache__").mkdir()
    for name in (
        ".DS_Store",
        "mail/.sample-wrong.yaml.swp",
        "PulumiPolicy.yaml",
        "__main__.py",
        "bundle.lock",
    ):
        (folder / name).write_text("")
    assert len(load_policies(source, folder).rules) == 2
