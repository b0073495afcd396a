from __future__ import annotations

import pathlib

import pytest

from egov_infra.policy.load import load_rule
from egov_infra.policy.rule import fill
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
            "sample-wrong.yaml:8:20 expression MailDomain has no field 'nme'; did you mean 'name'?",
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


TUNED = """\
id: mail-sample-wrong
title: A sample is wrong
severity: high
applies_to: mail_domain
parameters:
  max_age_days:
    type: integer
    description: Age of a key, in days.
    minimum: 1
    default: 183
  words:
    type: array
    description: Words that are fine.
    items: {type: string}
    minItems: 1
    default: [reject, quarantine]
must: |
  parameters.words.all(word, word != 'none') && subject.dkim.exists(key, key.age_days <= parameters.max_age_days)
message: "{subject.name}: older than {parameters.max_age_days} days, not {parameters.words}"
fix: "make a key every {parameters.max_age_days} days"
rationale: >
  Samples must be right.
reference: [RFC 9989]
controls: {nist-800-53-r5: [SI-8]}
since: 1.0.0
examples:
  pass: [{parameters: {max_age_days: 200}}]
  fail: [{mail: {dmarc: {policy: none}}}]
"""


def test_parameters_are_constants_of_expressions_message_and_fix(tmp_path: pathlib.Path) -> None:
    """Defaults first, then what is given; what a finding shows of the subject stays the same."""
    path = tmp_path / "sample-wrong.yaml"
    path.write_text(TUNED)
    rule = load_rule(path, "mail")
    tuned = rule.bind({"max_age_days": 7})
    assert rule.parameters == {"max_age_days": 183, "words": ("reject", "quarantine")}
    assert tuned.parameters == {"max_age_days": 7, "words": ("reject", "quarantine")}
    assert (rule.fix, tuned.fix) == ("make a key every 183 days", "make a key every 7 days")
    assert [text for text, _ in tuned.leaves] == [text for text, _ in rule.leaves] == ["subject.dkim"]
    assert rule.bind({}) is rule
    assert tuned.bind({}).fix == rule.fix
    assert fill(tuned.message[2:], []) == ": older than 7 days, not reject, quarantine"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (
            "<= parameters.max_age_days",
            "<= parameters.max_age_day",
            "sample-wrong.yaml:18:101 expression Parameters has no field 'max_age_day'; did you mean 'max_age_days'?",
        ),
        (
            "<= parameters.max_age_days",
            "<= 183",
            "sample-wrong.yaml:6:3 parameter-unread parameter 'max_age_days' decides nothing: neither when nor must reads it",
        ),
        (
            "word != 'none'",
            "word != parameters.max_age_days",
            "sample-wrong.yaml:18:35 expression string and int never compare",
        ),
        (
            "word != 'none'",
            "[parameters] == []",
            "sample-wrong.yaml:18:31 expression parameters are read one by one, as parameters.NAME",
        ),
        (
            "    minItems: 1\n",
            "",
            "sample-wrong.yaml:17:20 expression-vacuous all over parameters.words holds for an empty list: guard with size() or say may_be_empty: true",
        ),
        (
            "default: 183",
            "default: 0",
            "sample-wrong.yaml:10:14 parameter-value max_age_days: 0 is less than 1",
        ),
        (
            "    minimum: 1",
            "    minItems: 1",
            "sample-wrong.yaml:9:5 parameter-schema minItems says nothing of integer",
        ),
        (
            "    minimum: 1",
            "    minimun: 1",
            "sample-wrong.yaml:9:5 key-unknown unknown key 'minimun'; did you mean 'minimum'?",
        ),
        (
            "{parameters: {max_age_days: 200}}",
            "{parameters: {max_age: 200}}",
            "sample-wrong.yaml:27:24 parameter-unknown no parameter 'max_age'; the rule has max_age_days, words; did you mean 'max_age_days'?",
        ),
        (
            "a key every {parameters.max_age_days} days",
            "the key of {subject.name} anew",
            "sample-wrong.yaml:20:24 expression no variable 'subject'",
        ),
    ],
)
def test_wrong_parameter_is_an_error_at_its_place(
    tmp_path: pathlib.Path, old: str, new: str, expected: str
) -> None:
    """In the declaration, in an example, and where an expression reads it."""
    assert old in TUNED
    assert _faults(tmp_path, TUNED.replace(old, new)) == [expected]


def test_wrong_declaration_hides_no_other_mistake(tmp_path: pathlib.Path) -> None:
    """Declaration, example, expression and message, all at once; a list without items has no type yet."""
    text = TUNED.replace("default: 183", "default: 0").replace("    items: {type: string}\n", "")
    text = text.replace("{max_age_days: 200}}", "[200]}").replace("key.age_days", "key.age_day")
    text = text.replace("{subject.name}", "{subject.nme}")
    assert [line.split()[1] for line in _faults(tmp_path, text)] == [
        "parameter-value",
        "parameter-schema",
        "expression",
        "expression",
        "parameter-value",
    ]


def test_a_parameter_that_nothing_reads_is_an_error(tmp_path: pathlib.Path) -> None:
    """Whoever sets it would think that it does something."""
    text = TUNED.replace("parameters.words.all(word, word != 'none')", "subject.name != ''")
    text = text.replace(", not {parameters.words}", "")
    assert _faults(tmp_path, text) == [
        "sample-wrong.yaml:11:3 parameter-unread parameter 'words' decides nothing: neither when nor must reads it"
    ]


def test_without_parameters_the_name_is_free(tmp_path: pathlib.Path) -> None:
    """A rule that declares none may call a variable of a macro so, and reads no parameter."""
    named = RULE.replace("size(subject.dkim) >= 0", "subject.dkim.exists(parameters, parameters.bits > 0)")
    path = tmp_path / "sample-wrong.yaml"
    path.write_text(named)
    assert load_rule(path, "mail").parameters == {}
    read = RULE.replace("size(subject.dkim) >= 0", "size(subject.dkim) >= parameters.least")
    assert _faults(tmp_path, read) == ["sample-wrong.yaml:7:30 expression no variable 'parameters'"]


def test_line_is_shown_with_a_caret_under_the_mistake(tmp_path: pathlib.Path) -> None:
    """People see where in the expression it is; the line that programs read stays as it is."""
    path = tmp_path / "sample-wrong.yaml"
    path.write_text(RULE.replace("size(subject.dkim)", "siz(subject.dkm)"))
    with pytest.raises(InputError) as caught:
        load_rule(path, "mail")
    shown = [item.shown().removeprefix(f"{tmp_path}/").split("\n") for item in caught.value.diagnostics]
    assert shown == [
        [
            "sample-wrong.yaml:7:8 expression no function 'siz'; did you mean 'size'?",
            "  |     && siz(subject.dkm) >= 0",
            "  |        ^",
        ],
        [
            "sample-wrong.yaml:7:20 expression MailDomain has no field 'dkm'; did you mean 'dkim'?",
            "  |     && siz(subject.dkm) >= 0",
            "  |                    ^",
        ],
    ]


def test_mistakes_outside_and_inside_of_expressions_show_in_one_run(tmp_path: pathlib.Path) -> None:
    """A misspelt key, a word that is none, and a field that is none."""
    text = RULE.replace("severity: high", "severity: hgh").replace("fix:", "fxi:").replace(".dkim)", ".dkm)")
    assert [item.partition(" ")[2].split(" ")[0] for item in _faults(tmp_path, text)] == [
        "key-missing",
        "value-unknown",
        "expression",
        "key-unknown",
    ]


def test_mistake_in_a_folded_message_stands_at_its_line(tmp_path: pathlib.Path) -> None:
    """Expressions in braces are found wherever the text goes on."""
    text = RULE.replace(
        '"{subject.name}: is wrong"',
        ">\n  The domain of this institution, which is\n  {subject.nme}, is wrong",
    )
    assert _faults(tmp_path, text) == [
        "sample-wrong.yaml:10:12 expression MailDomain has no field 'nme'; did you mean 'name'?"
    ]


def test_what_misses_at_the_end_is_shown_after_the_last_word(tmp_path: pathlib.Path) -> None:
    """Not on the line of the next key."""
    text = RULE.replace("size(subject.dkim) >= 0\n", "size(subject.dkim) >=\n")
    assert _faults(tmp_path, text) == ["sample-wrong.yaml:7:29 expression 'the end' is not expected here"]
