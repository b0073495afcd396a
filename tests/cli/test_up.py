from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.main import main
from egov_infra.cli.main import root as root_command
from egov_infra.cloud.rehearsal import start, stop
from egov_infra.engine.applier import Rehearsal
from egov_infra.engine.preview import Action
from egov_infra.engine.run import Summary
from egov_infra.engine.up import Prepared

ZONE = "aws:route53/zone:Zone"


@pytest.fixture(scope="module")
def schema(root: Path) -> jsonschema.Draft202012Validator:
    """What describes the output."""
    text = (root / "docs" / "reference" / "change.schema.json").read_text()
    jsonschema.Draft202012Validator.check_schema(json.loads(text))
    return jsonschema.Draft202012Validator(json.loads(text))


@pytest.fixture
def estate(own_estate: Path) -> Iterator[Path]:
    """A small estate with a cloud that runs."""
    start(own_estate / ".state")
    yield own_estate
    stop(own_estate / ".state")


class _Runner:
    def __init__(self, policies: Path, schema: jsonschema.Draft202012Validator) -> None:
        self._policies = policies
        self._schema = schema

    def __call__(self, estate: Path, *words: str) -> tuple[int, dict[str, Any], str]:
        """Exit code, checked JSON of stdout, and stderr."""
        named = ("--estate", str(estate), "--policies", str(self._policies))
        done = CliRunner().invoke(root_command, [*words, *named, "--format", "json"], standalone_mode=False)
        code = done.return_value
        if done.exception is not None:
            code = ExitCode.of(done.exception)
        document = json.loads(done.stdout)
        self._schema.validate(document)
        assert document["summary"]["exit_code"] == code
        return code, document, done.stderr


@pytest.fixture
def run(root: Path, schema: jsonschema.Draft202012Validator) -> _Runner:
    """Runs a command with `--format json`."""
    return _Runner(root / "policies", schema)


def _edit(estate: Path, old: str, new: str) -> None:
    path = estate / "institutions" / "erb.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_up_says_what_it_would_do_and_did(run: _Runner, estate: Path) -> None:
    """Stdout is data; a second time nothing is done; a changed record is one step; the digest is that of `plan`."""
    code, first, talk = run(estate, "up", "erb.domain", "--yes")
    assert code == ExitCode.CLEAN
    assert "  create erb.domain erb-domain-zone-erb-go-tz" in talk
    stacks = {item["stack"]: item for item in first["stacks"]}
    domain = stacks["erb.domain"]
    assert [step["name"] for step in domain["done"]] == [step["name"] for step in domain["steps"]]
    assert domain["done"][0] == {"action": "create", "type": ZONE, "name": "erb-domain-zone-erb-go-tz"}
    made = sum(len(item["steps"]) for item in stacks.values())
    assert first["summary"]["changes"] == {"create": made, "update": 0, "replace": 0, "delete": 0}
    applied = first["summary"]["applied"]
    assert (applied["created"], applied["unchanged"], applied["skipped_stacks"]) == (made, 0, 0)

    _, again, _ = run(estate, "up", "erb.domain", "--yes")
    assert (again["stacks"], again["unchanged"]) == ([], sorted(stacks))
    assert again["summary"]["applied"]["unchanged"] == made

    _edit(estate, "values: [41.59.0.10]", "values: [41.59.0.11]")
    _, planned, _ = run(estate, "plan", "erb.domain")
    _, changed, _ = run(estate, "up", "erb.domain", "--yes")
    step = {
        "action": "update",
        "type": "aws:route53/record:Record",
        "name": "erb-domain-record-intranet-erb-go-tz-a",
        "properties": ["records"],
        "protected": False,
    }
    assert changed["stacks"][0]["steps"] == [step]
    assert [item["steps"] for item in planned["stacks"] if item["steps"]] == [[step]]
    assert planned["summary"]["digest"] == changed["summary"]["digest"]


def test_done_steps_stand_in_the_order_of_the_plan(
    run: _Runner, estate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the order in which they were done, so that the same run gives the same bytes."""

    def backwards(
        _applier: Rehearsal, prepared: Prepared, _approved: Any, on_step: Any, _stack: Any
    ) -> Summary:
        for _, preview in reversed(prepared.stacks):
            for step in reversed(preview.steps):
                on_step(preview.stack, step.action, step.type, step.name)
        on_step("erb.domain", Action.DELETE, ZONE, "left-by-an-earlier-run")
        return Summary({}, 0, 0, (), {})

    monkeypatch.setattr(Rehearsal, "apply", backwards)
    _, document, _ = run(estate, "up", "erb.domain", "--yes")
    (domain,) = (item for item in document["stacks"] if item["stack"] == "erb.domain")
    planned = [(step["action"], step["name"]) for step in domain["steps"]]
    done = [(step["action"], step["name"]) for step in domain["done"]]
    assert done == [*planned, ("delete", "left-by-an-earlier-run")]


def test_shut_gate_is_data_too(run: _Runner, own_estate: Path) -> None:
    """The finding blocks; nothing was tried."""
    _edit(own_estate, "policy: reject", "policy: none")
    code, document, _ = run(own_estate, "up", "erb.domain", "--yes")
    assert code == ExitCode.BLOCKED
    assert [finding["rule"] for finding in document["findings"]] == ["mail-dmarc-not-enforced"]
    assert document["summary"]["applied"] is None
    assert all(item["done"] == [] for item in document["stacks"])


def test_guard_is_data_too(run: _Runner, estate: Path) -> None:
    """What was refused is a diagnostic, and stands among the talk."""
    _edit(estate, "  state: active", "  state: frozen")
    code, document, talk = run(estate, "up", "erb.domain", "--yes")
    assert code == ExitCode.REFUSED
    text = "erb.domain: erb is frozen: nothing may change"
    assert document["diagnostics"] == [{"code": "refused", "message": text, "place": {"file": str(estate)}}]
    assert f"refused\n{text}" in talk


@pytest.mark.parametrize("command", ["up", "plan"])
@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("aws", "is a sample estate: it can be rehearsed, never applied to AWS"),
        ("rehearsal-cli", "no Pulumi.yaml is there"),
    ],
)
def test_target_that_cannot_be_is_refused(
    run: _Runner, estate: Path, command: str, target: str, message: str
) -> None:
    """Before anything is judged; the exit code stands in the data."""
    code, document, _ = run(estate, command, "erb.domain", "--target", target)
    assert code == ExitCode.REFUSED
    (diagnostic,) = document["diagnostics"]
    assert diagnostic["code"] == "refused"
    assert message in diagnostic["message"]


def test_cli_rehearsal_needs_a_cloud_that_runs(run: _Runner, own_estate: Path) -> None:
    """The plugin is a process of its own: a cloud inside this one would be out of its reach."""
    code, document, _ = run(own_estate, "up", "erb.domain", "--target", "rehearsal-cli")
    assert code == ExitCode.REFUSED
    message = "no rehearsal cloud runs: `egov-infra cloud start` starts one"
    assert [item["message"] for item in document["diagnostics"]] == [message]


def test_unreadable_manifest_is_data_too(run: _Runner, own_estate: Path) -> None:
    """With its place, as `check` has it."""
    _edit(own_estate, "kind: board", "kind: bord")
    for command in ("up", "plan"):
        code, document, _ = run(own_estate, command, "erb.domain")
        assert code == ExitCode.UNREADABLE
        assert document["diagnostics"][0]["place"]["line"] == 5


def test_failure_is_data_too(run: _Runner, estate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the cloud said is a diagnostic, and what was done is told."""

    def fail(_applier: Rehearsal, _prepared: Any, _approved: Any, on_step: Any, _on_stack: Any) -> Summary:
        on_step("erb.domain", Action.CREATE, ZONE, "erb-domain-zone-erb-go-tz")
        return Summary({Action.CREATE: 1}, 0, 0, ("erb.domain: the disk is full",), {})

    monkeypatch.setattr(Rehearsal, "apply", fail)
    code, document, _ = run(estate, "up", "erb.domain", "--yes")
    assert code == ExitCode.FAILED
    assert [(item["code"], item["message"]) for item in document["diagnostics"]] == [
        ("failed", "erb.domain: the disk is full")
    ]
    assert [len(item["done"]) for item in document["stacks"] if item["stack"] == "erb.domain"] == [1]


def test_refusal_is_exit_code_3_on_the_command_line(
    estate_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever the command and the form of its output."""
    words = ["plan", "erb", "--estate", str(estate_folder), "--target", "aws"]
    monkeypatch.setattr("sys.argv", ["egov-infra", *words])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == ExitCode.REFUSED
    assert capsys.readouterr().err.startswith("refused\nGovernment of Tanzania (sample) is a sample estate")
