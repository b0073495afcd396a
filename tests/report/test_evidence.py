from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.cli.evidence import command
from egov_infra.manifest.schema import schema_of
from egov_infra.plan.canonical import canonical_json
from egov_infra.report.evidence import digest_of
from egov_infra.report.evidence_record import Evidence
from egov_infra.report.verification import Difference, compare, read_evidence
from egov_infra.source.diagnostic import InputError

Json = Any


class Runner:
    """Runs the command on an estate that a test may change."""

    def __init__(self, estate: Path, policies: Path) -> None:
        self.estate = estate
        self._more = ["--estate", str(estate), "--policies", str(policies)]
        self.file = estate.parent / "evidence.json"

    def run(self, *arguments: str) -> tuple[Any, str]:
        """What the command returned, and its standard output."""
        done = CliRunner().invoke(
            command, [*arguments, *self._more], standalone_mode=False, catch_exceptions=False
        )
        return done.return_value, done.stdout

    def write(self, *selectors: str) -> Json:
        """Evidence of selectors, also in the file."""
        _, content = self.run(*selectors)
        self.file.write_text(content, encoding="utf-8")
        return json.loads(content)

    def rewrite(self, record: Json, *, rehash: bool = True) -> None:
        """Put another record into the file, with a digest that fits it."""
        digest = digest_of(record) if rehash else record["digest"]
        self.file.write_text(json.dumps({**record, "digest": digest}), encoding="utf-8")

    def verify(self, *more: str) -> tuple[Any, list[str]]:
        """Exit code and lines of verification."""
        code, output = self.run("verify", str(self.file), *more)
        return code, output.splitlines()

    def change(self, old: str, new: str, slug: str = "erb") -> None:
        """Change a manifest."""
        path = self.estate / "institutions" / f"{slug}.yaml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.fixture
def runner(own_estate: Path, root: Path) -> Runner:
    """Runs on a small copy of the estate."""
    return Runner(own_estate, root / "policies")


def test_committed_schema_is_what_the_record_says(root: Path) -> None:
    """`make docs` writes it anew."""
    committed = (root / "docs" / "reference" / "evidence.schema.json").read_text(encoding="utf-8")
    assert committed == schema_of(Evidence)


def test_selectors_write_and_what_was_written_is_verified(runner: Runner) -> None:
    """`evidence erb` needs no word before its selectors; everything in it comes out again."""
    record = runner.write("erb.domain", "mwtc")
    assert list(record["digests"]["plans"]) == [
        "erb.domain",
        "mwtc.domain",
        "mwtc.e-office",
        "mwtc.gateway",
        "mwtc.helpdesk",
        "mwtc.tenancy.prod",
        "mwtc.tenancy.test",
    ]
    assert runner.verify() == (
        0,
        [
            f"verified: evidence of erb.domain, mwtc as of 2020-06-30, 7 plans, {len(record['rules'])} rules, 0 findings"
        ],
    )


def test_options_may_stand_before_selectors(runner: Runner) -> None:
    """Where options come first, it is still selectors that follow."""
    content = runner.run("erb")[1]
    done = CliRunner().invoke(command, [*runner._more, "erb"], standalone_mode=False)
    assert done.stdout == content


def test_same_inputs_give_the_same_bytes_wherever_they_lie(
    runner: Runner, tmp_path: Path, root: Path
) -> None:
    """No time of day, no place of the checkout: also where a finding names places of two manifests."""
    runner.change("mwtc.go.tz", "erb.go.tz", "mwtc")
    elsewhere = tmp_path / "else where" / "same"
    shutil.copytree(runner.estate, elsewhere)
    contents = {other.run("*")[1] for other in (runner, runner, Runner(elsewhere, root / "policies"))}
    assert len(contents) == 1
    (content,) = contents
    claimed = [
        item for item in json.loads(content)["findings"] if item["rule"] == "mail-domain-claimed-twice"
    ]
    assert claimed[0]["place"]["file"] == "institutions/mwtc.yaml"
    assert "institutions/erb.yaml:" in claimed[0]["values"]["subject.places"]
    assert str(tmp_path) not in content


def test_forged_and_rehashed_record_is_found_out(runner: Runner) -> None:
    """A finding that was taken away, with every count and the digest made to fit, is named with its verdict."""
    runner.change("dmarc: {policy: reject", "dmarc: {policy: none")
    record = runner.write("erb")
    assert runner.verify()[0] == 0
    forged = copy.deepcopy(record)
    gone = [item for item in record["findings"] if item["rule"] == "mail-dmarc-not-enforced"]
    forged["findings"] = [item for item in record["findings"] if item not in gone]
    forged["summary"]["verdicts"]["fail"] -= 1
    forged["summary"]["verdicts"]["pass"] += 1
    forged["summary"]["blocking"] -= 1
    runner.rewrite(forged)
    code, lines = runner.verify()
    counts = record["summary"]["verdicts"]
    assert (code, lines) == (
        1,
        [
            f"differs summary/blocking: recorded {forged['summary']['blocking']}, found {record['summary']['blocking']}",
            f"differs summary/verdicts/fail: recorded {counts['fail'] - 1}, found {counts['fail']}",
            f"differs summary/verdicts/pass: recorded {counts['pass'] + 1}, found {counts['pass']}",
            (
                "differs finding mail-dmarc-not-enforced of erb on domains/erb.go.tz, verdict: "
                "recorded no finding, found fail"
            ),
            (
                "not verified: evidence of erb as of 2020-06-30 is not what manifests and policies give; "
                "differences: 4"
            ),
        ],
    )


def test_record_that_was_only_changed_differs_from_its_own_digest(runner: Runner) -> None:
    """Without a new digest the record gives itself away too."""
    record = runner.write("erb")
    runner.rewrite({**record, "selectors": ["er[b]"]}, rehash=False)
    code, lines = runner.verify()
    assert code == 1
    assert lines[0].startswith(f"differs digest of the record itself: recorded {record['digest']}, found ")


@pytest.mark.parametrize(
    ("changed", "named"),
    [
        ("estate.yaml", {"digests/estate"}),
        ("addresses.lock.json", {"digests/addresses"}),
        ("institutions/erb.yaml", {"digests/all_manifests", "digests/manifests/erb"}),
        ("institutions/mwtc.yaml", {"digests/all_manifests"}),
    ],
)
def test_changed_input_is_named_by_its_digest(changed: str, named: set[str], runner: Runner) -> None:
    """A byte that means nothing changes the digest of its file and nothing else."""
    runner.write("erb")
    with (runner.estate / changed).open("a", encoding="utf-8") as stream:
        stream.write("\n")
    code, lines = runner.verify()
    assert code == 1
    assert {line.removeprefix("differs ").partition(":")[0] for line in lines[:-1]} == named


def test_changed_policy_is_named(runner: Runner, own_estate: Path, root: Path) -> None:
    """The digest of the policies, and the rule that is there no longer."""
    policies = own_estate.parent / "policies"
    shutil.copytree(root / "policies", policies)
    other = Runner(own_estate, policies)
    count = other.write("erb")["rules"]["mail-spf-uses-ptr"]
    (policies / "mail" / "spf-uses-ptr.yaml").unlink()
    code, lines = other.verify()
    assert code == 1
    assert any(line.startswith("differs digests/policies: ") for line in lines)
    assert f"differs rules/mail-spf-uses-ptr: recorded {count}, found absent" in lines


def test_record_of_another_profile_is_verified_by_that_one_only(runner: Runner) -> None:
    """The estate's own profile is what it is judged by, unless another is named; each has its digest."""
    own = runner.write("erb.domain")
    record = runner.write("erb.domain", "--profile", "gov-uk-mail")
    assert (own["summary"]["profile"], record["summary"]["profile"]) == ("default", "gov-uk-mail")
    assert own["digests"]["profile"] != record["digests"]["profile"]
    assert own["digests"]["policies"] == record["digests"]["policies"]
    assert set(record["rules"]) < set(own["rules"])
    assert runner.verify("--profile", "gov-uk-mail")[0] == 0
    code, lines = runner.verify()
    assert (code, lines[0]) == (1, "differs summary/profile: recorded gov-uk-mail, found default")


def test_state_that_is_not_here_differs_unless_left_out(runner: Runner) -> None:
    """Who has the repository only verifies the rest, and is told so; what was never applied has no digest."""
    record = runner.write("erb")
    assert set(record["digests"]["states"].values()) == {None}
    record["digests"]["states"]["erb.domain"] = "0" * 64
    runner.rewrite(record)
    assert runner.verify() == (
        1,
        [
            f"differs digests/states/erb.domain: recorded {'0' * 64}, found null",
            "not verified: evidence of erb as of 2020-06-30 is not what manifests and policies give; differences: 1",
        ],
    )
    assert runner.verify("--without-states")[0] == 0


def test_day_and_institutions_that_are_not_the_estates_differ(runner: Runner) -> None:
    """A sample stands still at its day; a record of who is not there cannot be confirmed."""
    record = runner.write("erb")
    runner.rewrite({**record, "summary": {**record["summary"], "as_of": "2020-01-01"}})
    assert runner.verify()[1][0] == "differs summary/as_of: recorded 2020-01-01, found 2020-06-30"
    runner.rewrite({**record, "selectors": ["erbb"]})
    assert runner.verify()[1][0] == "differs selectors: recorded nothing is called 'erbb', found no such"


def test_verdict_on_a_record_is_data_too(runner: Runner) -> None:
    """JSON in the envelope of every output."""
    record = runner.write("erb")
    record["rules"]["mail-spf-uses-ptr"] += 1
    runner.rewrite(record)
    code, output = runner.run("verify", str(runner.file), "--format", "json")
    found = json.loads(output)
    assert list(found) == ["version", "summary", "diagnostics", "findings", "differences"]
    assert (code, found["summary"]) == (
        1,
        {"verified": False, "selectors": ["erb"], "as_of": "2020-06-30", "exit_code": 1},
    )
    count = record["rules"]["mail-spf-uses-ptr"]
    assert found["differences"] == [
        {"what": "rules/mail-spf-uses-ptr", "recorded": str(count), "found": str(count - 1)}
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "evidence-unreadable not readable as JSON: Expecting value"),
        (b"\xff\xfe\x00", "evidence-unreadable not readable as JSON: "),
        (b'{"version": NaN}', "evidence-unreadable not readable as JSON: NaN is no number"),
        (b'{"a": 1, "a": 2}', "evidence-unreadable not readable as JSON: a key stands twice"),
        (b"[" * 100_000, "evidence-unreadable nested too deep"),
        (b"[]", "evidence-schema [] is not of type 'object'"),
        (b"9" * 5_000, "evidence-unreadable not readable as JSON: "),
    ],
)
def test_what_is_no_evidence_cannot_be_read(content: bytes, said: str, tmp_path: Path) -> None:
    """Exit 2, and why."""
    file = tmp_path / "evidence.json"
    file.write_bytes(content)
    with pytest.raises(InputError, match=f"^{file} ".replace(".", r"\.")) as caught:
        read_evidence(file)
    assert said in str(caught.value)


def test_missing_file_cannot_be_read(tmp_path: Path) -> None:
    """No file is no evidence."""
    with pytest.raises(InputError, match="evidence-unreadable no such file or directory"):
        read_evidence(tmp_path / "none.json")


def test_everything_that_does_not_fit_the_schema_is_said_at_once(runner: Runner) -> None:
    """Each at its own place in the record."""
    record = runner.write("erb")
    record["summary"]["as_of"] = "2020-02-30"
    record["digests"]["estate"] = "x"
    del record["rules"]
    record["more"] = 1
    runner.rewrite(record)
    with pytest.raises(InputError) as caught:
        runner.verify()
    places = [item.place.file.removeprefix(str(runner.file)) for item in caught.value.diagnostics]
    assert places == ["", "", "/digests/estate", "/summary/as_of"]


def _leaves(value: Json, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    inner = [leaf for key, item in items for leaf in _leaves(item, (*path, key))]
    yield from inner or [path]


@pytest.fixture(scope="module")
def recorded(root: Path, estate_folder: Path) -> Mapping[str, Any]:
    """Evidence with a finding."""
    finding = {
        "fingerprint": "0" * 16, "rule": "mail-spf-malformed", "severity": "high", "verdict": "fail",
        "institution": "erb", "subject": "domains/erb.go.tz", "place": {"file": "institutions/erb.yaml", "line": 1, "column": 1},
        "resource": None, "message": "m", "fix": "f", "values": {"a": "b"}, "values_digest": "1" * 16,
        "controls": {"x": ["y"]}, "reference": ["z"], "waiver": None,
    }  # fmt: skip
    _, content = Runner(estate_folder, root / "policies").run("mwtc")
    record = json.loads(content)
    return {**record, "findings": [finding, {**finding, "subject": "domains/x.go.tz"}]}


@given(data=st.data())
def test_whatever_is_forged_is_named(data: st.DataObject, recorded: Mapping[str, Any]) -> None:
    """Any value changed, dropped or added anywhere, with a digest that fits: there is a difference that leads to it."""
    forged = copy.deepcopy(dict(recorded))
    leaves = [leaf for leaf in _leaves(forged) if leaf[0] not in ("tool", "version", "digest")]
    path = data.draw(st.sampled_from(leaves))
    parent: Any = forged
    for step in path[:-1]:
        parent = parent[step]
    old = parent[path[-1]]
    if path[0] == "findings" and data.draw(st.booleans()):
        del forged["findings"][path[1]]
    elif path[0] == "rules" and data.draw(st.booleans()):
        del parent[path[-1]]
    else:
        parent[path[-1]] = old + 1 if isinstance(old, int) else ["x"] if old == [] else f"{old}x"
    forged["digest"] = digest_of(forged)
    differences = compare(forged, {key: value for key, value in recorded.items() if key != "digest"})
    assert differences
    assert all(isinstance(item, Difference) for item in differences)
    words = " ".join(item.what for item in differences)
    assert ("finding " if path[0] == "findings" else str(path[0])) in words


def test_record_equal_to_what_is_found_has_no_difference(recorded: Mapping[str, Any]) -> None:
    """Order of keys and the tool's version make none."""
    turned = json.loads(canonical_json(recorded))
    turned["tool"]["version"] = "9.9.9"
    turned["digest"] = digest_of(turned)
    assert compare(turned, recorded) == ()
