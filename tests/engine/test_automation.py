from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from egov_infra.engine.automation import Automation
from egov_infra.engine.checkpoint import SECRET, SIGNATURE, Store
from egov_infra.engine.destroy import Destruction
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.gate import Gate
from egov_infra.engine.preview import Action, Step, preview_of, preview_stack
from egov_infra.engine.reads import usable_state
from egov_infra.engine.run import Summary
from egov_infra.engine.selection import SelectedStack
from egov_infra.engine.staying import Staying
from egov_infra.engine.target import AWS, REHEARSAL_CLI
from egov_infra.engine.up import Prepared, prepare
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.resource import Options, StackPlan
from egov_infra.plan.value import SecretRef
from tests.engine.pretended import PretendedCli

STACK = "erb.domain"
URN = f"urn:pulumi:{STACK}::egov::"
PROVIDER = f"{URN}pulumi:providers:aws::account-110000000002"
ZONE = f"{URN}egov:index:MailDomain$aws:route53/zone:Zone::erb-domain-zone"
EVENTS = Path(__file__).parent / "events"


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, root: Path, own_estate: Path) -> PretendedCli:
    """The only CLI on PATH, and both projects beside a small estate."""
    shutil.copy(root / "stacks" / "Pulumi.yaml", own_estate.parent)
    shutil.copytree(root / "stacks" / "rehearsal", own_estate.parent / "rehearsal")
    folder = tmp_path / "bin"
    folder.mkdir()
    found = PretendedCli.at(folder)
    monkeypatch.setenv("PATH", found.path())
    return found


@pytest.fixture(scope="module")
def judged(estate_folder: Path, root: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A judgement whose gate is open; a test says what was planned."""
    gate = Gate.of(estate_folder, root / "policies")
    store = Store(tmp_path_factory.mktemp("state"), REHEARSAL_CLI)
    return prepare(gate.source, gate.policies, gate.context, [STACK], store, None)


def _plan(comment: str = "c") -> StackPlan:
    builder = StackBuilder(STACK, "erb", "110000000002", "af-south-1")
    zone = builder.at()
    zone("route53.Zone", "zone", Options(protect=True), name="erb.go.tz", comment=comment)
    return builder.build()


def _recorded(
    name: str = "erb.go.tz", provider: dict[str, Any] | None = None, *, protect: bool = True
) -> Any:
    """The provider and the zone, as the CLI exports them."""
    inputs = {"allowedAccountIds": '["110000000002"]', "region": "af-south-1", "egovCloudId": "c1"}
    return (
        {
            "urn": PROVIDER,
            "custom": True,
            "type": "pulumi:providers:aws",
            "id": "p",
            "inputs": {**inputs, **(provider or {})},
        },
        {
            "urn": ZONE,
            "custom": True,
            "type": "aws:route53/zone:Zone",
            "id": "Z1",
            "inputs": {"name": name, "comment": "c"},
            "protect": protect,
            "provider": f"{PROVIDER}::p",
        },
    )


def _up(judged: Prepared, target: Automation, plan: StackPlan, approved: bool = False) -> tuple[Summary, Any]:
    """Apply one plan as if it had been selected; gives the summary, and what was told."""
    state = usable_state(target.states, plan.name, target.cloud_id)
    preview = preview_stack(plan, state, lambda _: {})
    prepared = replace(judged, stacks=((SelectedStack(plan, None), preview),))
    told: list[Any] = []
    digest = prepared.digest if approved else None
    done = target.apply(prepared, digest, lambda *step: told.append(step), lambda *one: told.append(one))
    return done, told


def test_new_stack_is_made_and_applied(cli: PretendedCli, judged: Prepared, own_estate: Path) -> None:
    """Nobody's selection changes, and the program is told which plan was reviewed."""
    cli.says("up", EVENTS / "update.jsonl")
    done, told = _up(judged, Automation.of(own_estate, REHEARSAL_CLI, "c1"), _plan())
    assert list(cli.calls()) == [
        f"stack init {STACK} --no-select",
        "up --yes --skip-preview --color never --suppress-outputs --suppress-progress --exec-kind auto.local",
    ]
    assert cli.environment["EGOV_INFRA_REVIEWED"] == plan_digest(_plan())
    assert "EGOV_INFRA_REFRESHED" not in cli.environment
    assert (dict(done.counts), done.errors) == ({Action.SAME: 2, Action.UPDATE: 1}, ())
    step = (STACK, Action.UPDATE, "aws:route53/record:Record", "erb-domain-record-intranet-erb-go-tz-a")
    assert [item for item in told if Action.SAME not in item] == [(STACK, True), step, (STACK, False)]


def test_unchanged_stack_is_left_alone(cli: PretendedCli, judged: Prepared, own_estate: Path) -> None:
    """It is exported and compared, and no engine starts."""
    cli.holds(STACK, *_recorded())
    done, told = _up(judged, Automation.of(own_estate, REHEARSAL_CLI, "c1"), _plan())
    assert list(cli.calls()) == []
    assert (dict(done.counts), done.skipped_stacks) == ({Action.SAME: 1}, 1)
    assert told == [
        (STACK, True),
        (STACK, Action.SAME, "aws:route53/zone:Zone", "erb-domain-zone"),
        (STACK, False),
    ]


def test_stack_with_a_secret_is_never_called_unchanged(
    cli: PretendedCli, judged: Prepared, own_estate: Path
) -> None:
    """Nothing here can read it: the run finds out whether it was rotated."""
    builder = StackBuilder(STACK, "erb", "110000000002", "af-south-1")
    builder.at()(
        "route53.Zone", "zone", Options(protect=True), name="erb.go.tz", comment=SecretRef("erb/key")
    )
    provider, zone = _recorded()
    secret = {SIGNATURE: SECRET, "plaintext": '"kept"'}
    cli.holds(STACK, provider, {**zone, "inputs": {"name": "erb.go.tz", "comment": secret}})
    _up(judged, Automation.of(own_estate, REHEARSAL_CLI, "c1"), builder.build())
    assert [call.partition(" ")[0] for call in cli.calls()] == ["up"]


def test_leftover_of_a_replacement_is_not_unchanged(
    cli: PretendedCli, judged: Prepared, own_estate: Path
) -> None:
    """The plan is there, and something else is still to be deleted."""
    provider, zone = _recorded()
    cli.holds(STACK, provider, zone, {**zone, "id": "Z0", "delete": True})
    _up(judged, Automation.of(own_estate, REHEARSAL_CLI, "c1"), _plan())
    assert [call.partition(" ")[0] for call in cli.calls()] == ["up"]


def test_new_cloud_is_read_back_first(cli: PretendedCli, judged: Prepared, own_estate: Path) -> None:
    """Nothing of what is recorded is there: everything is created again, never unchanged."""
    cli.holds(STACK, *_recorded())
    target = Automation.of(own_estate, REHEARSAL_CLI, "c2")
    done, _ = _up(judged, target, _plan())
    assert [call.partition(" --color")[0] for call in cli.calls()] == ["up --yes --skip-preview"]
    assert " --refresh" in (cli.folder / "calls").read_text()
    assert cli.environment["EGOV_INFRA_REFRESHED"] == "true"
    assert done.skipped_stacks == 0


def test_replacement_of_what_holds_data_waits_for_approval(
    cli: PretendedCli, judged: Prepared, own_estate: Path
) -> None:
    """The guard is the same for every target, and refuses before any command."""
    cli.holds(STACK, *_recorded("old.go.tz"))
    with pytest.raises(RefusedError, match="would replace erb-domain-zone, which holds data"):
        _up(judged, Automation.of(own_estate, REHEARSAL_CLI, "c1"), _plan())
    assert list(cli.calls()) == []


@pytest.mark.parametrize("is_done", [True, False])
def test_approved_replacement_is_let_go_for_that_run_only(
    cli: PretendedCli, judged: Prepared, own_estate: Path, is_done: bool
) -> None:
    """The engine would refuse a protected one; what is there afterwards without protection gets it again."""
    cli.holds(STACK, *_recorded("old.go.tz"))
    target = Automation.of(own_estate, REHEARSAL_CLI, "c1")
    target.states.load(STACK)
    if is_done:
        cli.says("up", EVENTS / "replace.jsonl")
    else:
        cli.says("up", EVENTS / "failure.jsonl")
        cli.fails("up", "error: update failed")
        cli.holds(STACK, *_recorded("old.go.tz", protect=False))
    done, _ = _up(judged, target, _plan(), approved=True)
    words = ["state unprotect", "up --yes"] + ([] if is_done else ["state protect"])
    assert [" ".join(call.split()[:2]) for call in cli.calls()] == words
    assert next(cli.calls()) == f"state unprotect {ZONE} --yes --stack {STACK}"
    assert ["NoSuchHostedZone" in error for error in done.errors] == ([] if is_done else [True])


def test_refusal_of_the_program_is_no_failure(cli: PretendedCli, judged: Prepared, own_estate: Path) -> None:
    """The manifest changed between review and run: the program says so, and the run is refused."""
    cli.refuses("up", f"{STACK}: what is planned now is not what was reviewed")
    cli.fails("up", "error: update failed")
    with pytest.raises(RefusedError, match="is not what was reviewed"):
        _up(judged, Automation.of(own_estate, REHEARSAL_CLI, "c1"), _plan())


def test_failure_without_events_is_told_by_the_command(
    cli: PretendedCli, judged: Prepared, own_estate: Path
) -> None:
    """Such as a plugin that cannot be loaded."""
    cli.fails("up", "error: could not load plugin for aws provider\nmore about it")
    done, _ = _up(judged, Automation.of(own_estate, REHEARSAL_CLI, "c1"), _plan())
    assert done.errors == (f"{STACK}: could not load plugin for aws provider",)


@pytest.mark.parametrize(
    ("target", "provider", "other"),
    [
        (AWS, None, REHEARSAL_CLI),
        (REHEARSAL_CLI, {"assumeRoles": '[{"roleArn":"arn:aws:iam::110000000002:role/r"}]'}, AWS),
    ],
)
def test_state_of_another_target_is_refused(
    cli: PretendedCli, own_estate: Path, target: str, provider: dict[str, Any] | None, other: str
) -> None:
    """Both projects may keep their states in one backend, under the same names."""
    cli.holds(STACK, *_recorded(provider=provider))
    with pytest.raises(RefusedError, match=rf"{STACK}: state of target {other}, not of {target}"):
        Automation.of(own_estate, target, None).states.load(STACK)


def test_stack_that_vanished_is_destroyed_and_forgotten(
    cli: PretendedCli, judged: Prepared, own_estate: Path
) -> None:
    """Its program would refuse a stack that nobody plans."""
    cli.holds(STACK, *_recorded(protect=False))
    cli.says("destroy", EVENTS / "change.jsonl")
    done, _ = _up(judged, Automation.of(own_estate, REHEARSAL_CLI, "c1"), replace(_plan(), resources=()))
    assert [" ".join(call.split()[:2]) for call in cli.calls()] == ["destroy --skip-preview", "stack rm"]
    assert done.counts[Action.DELETE] == 3


def _destruction(*steps: Step, staying: tuple[Staying, ...] = ()) -> Destruction:
    return Destruction((preview_of(STACK, "", steps),), staying)


def test_destroy_lets_go_of_what_was_reviewed(cli: PretendedCli, own_estate: Path) -> None:
    """Protection is lifted beforehand: a CLI that meets a protected one has deleted others by then."""
    cli.holds(STACK, *_recorded())
    going = _destruction(
        Step(Action.DELETE, "aws:route53/zone:Zone", "erb-domain-zone", (), is_protected=True)
    )
    target = Automation.of(own_estate, REHEARSAL_CLI, "c1")
    with pytest.raises(RefusedError, match=f"repeat with --approve {going.digest}"):
        target.destroy(going, None, lambda *_: None)
    assert list(cli.calls()) == []
    target.destroy(going, going.digest, lambda *_: None)
    assert [" ".join(call.split()[:2]) for call in cli.calls()] == [
        "state unprotect",
        "destroy --skip-preview",
        "stack rm",
    ]


def test_destroy_of_a_part_names_each_resource(cli: PretendedCli, own_estate: Path) -> None:
    """What stays is not touched, and the stack is kept."""
    cli.holds(STACK, *_recorded(protect=False))
    stays = (Staying(STACK, "erb-domain-other", "holds data"),)
    step = Step(Action.DELETE, "aws:route53/zone:Zone", "erb-domain-zone")
    target = Automation.of(own_estate, REHEARSAL_CLI, "c1")
    target.destroy(_destruction(step, staying=stays), None, lambda *_: None)
    assert [call.split()[0] for call in cli.calls()] == ["destroy"]
    assert f"--target {ZONE}" in next(cli.calls())


def test_destroy_of_nothing_starts_nothing(cli: PretendedCli, own_estate: Path) -> None:
    """Everything stays: a command that targets nothing would delete it all."""
    cli.holds(STACK, *_recorded())
    stays = (Staying(STACK, "erb-domain-zone", "holds data"),)
    target = Automation.of(own_estate, REHEARSAL_CLI, "c1")
    done = target.destroy(_destruction(staying=stays), None, lambda *_: None)
    assert (list(cli.calls()), dict(done.counts), done.errors) == ([], {}, ())


def test_missing_cli_is_one_sentence(
    cli: PretendedCli, own_estate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where it is to be found too."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(RefusedError) as refused:
        Automation.of(own_estate, REHEARSAL_CLI, None)
    assert str(refused.value) == "target rehearsal-cli needs the Pulumi CLI, and no `pulumi` is on PATH"


@pytest.mark.parametrize("shown", ["v4.0.0", "nonsense"])
def test_cli_of_another_age_is_refused(cli: PretendedCli, own_estate: Path, shown: str) -> None:
    """The Automation API takes versions that it knows."""
    cli.answers("version", shown)
    with pytest.raises(RefusedError, match="the Pulumi CLI on PATH cannot be used: "):
        Automation.of(own_estate, REHEARSAL_CLI, None)


def test_production_project_rehearses_nothing(cli: PretendedCli, own_estate: Path) -> None:
    """Its resources would go to the official provider."""
    shutil.copy(own_estate.parent / "Pulumi.yaml", own_estate.parent / "rehearsal")
    with pytest.raises(RefusedError, match="names no provider of its own for aws"):
        Automation.of(own_estate, REHEARSAL_CLI, None)


@pytest.mark.parametrize(
    ("said", "fault", "clear"),
    [
        (
            "error: PULUMI_ACCESS_TOKEN must be set for login during non-interactive CLI sessions",
            RefusedError,
            "has no backend to keep its state in: set PULUMI_BACKEND_URL, write `backend: {url: …}`",
        ),
        (
            "error: constructing secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or …",
            RefusedError,
            "have no key: set PULUMI_CONFIG_PASSPHRASE",
        ),
        (
            "error: failed to decrypt: incorrect passphrase, please set PULUMI_CONFIG_PASSPHRASE to the …",
            RefusedError,
            "the passphrase that is set is not that of the state",
        ),
        (
            "error: unable to open state directory\nusage: …",
            FailedError,
            "^pulumi: unable to open state directory$",
        ),
        ("panic: no idea", FailedError, "panic: no idea"),
    ],
)
def test_what_the_cli_lacks_is_said_clearly(
    cli: PretendedCli, own_estate: Path, said: str, fault: type[Exception], clear: str
) -> None:
    """Where a person must set something it is a refusal, else a failure."""
    cli.fails("stack-ls", said)
    with pytest.raises(fault, match=clear):
        Automation.of(own_estate, REHEARSAL_CLI, None)


def test_locked_stack_is_refused(cli: PretendedCli, judged: Prepared, own_estate: Path) -> None:
    """Two runs never change one stack."""
    cli.fails("up", "error: the stack is currently locked by 1 lock(s)")
    with pytest.raises(RefusedError, match=rf"{STACK} is being changed by another run"):
        _up(judged, Automation.of(own_estate, REHEARSAL_CLI, "c1"), _plan())
