from __future__ import annotations

import asyncio
import runpy
import shutil
from pathlib import Path
from typing import Any

import pulumi
import pytest

from egov_infra import model
from egov_infra.cloud.secret import SecretReader
from egov_infra.cloud.session import Cloud
from egov_infra.engine import entry
from egov_infra.engine.change import Changer
from egov_infra.engine.checkpoint import PROJECT, Checkpoint, Stamp, Store
from egov_infra.engine.components import MailDomain
from egov_infra.engine.error import RefusedError
from egov_infra.engine.gate import Gate, GateShutError
from egov_infra.engine.ledger import Ledger
from egov_infra.engine.monitor import Monitor
from egov_infra.engine.rehearsal import TARGET
from egov_infra.plan.canonical import plan_digest
from egov_infra.source.diagnostic import InputError


@pytest.fixture
def own_gate(own_estate: Path, root: Path) -> Gate:
    """The gate of a small estate that a test may change."""
    return Gate.of(own_estate, root / "policies")


def _run(stack: str, program: Any, cloud: Cloud, folder: Path) -> Checkpoint:
    """What a program leaves recorded, run as Pulumi's language host runs it."""
    store = Store(folder, TARGET)
    stamp = Stamp(TARGET, cloud.cloud_id, "", succeeded=False)
    with store.journal(stack, stamp) as journal:
        ledger = Ledger(Checkpoint(stack), journal)
        secrets = SecretReader(cloud)
        monitor = Monitor(ledger, Changer(ledger, cloud, (), secrets), lambda *_: None, secrets)
        pulumi.runtime.configure(
            pulumi.runtime.Settings(
                project=PROJECT,
                stack=stack,
                monitor=monitor,
                engine=None,
                dry_run=False,
                organization="organization",
            )
        )

        async def run() -> None:
            program()

        try:
            asyncio.run(pulumi.runtime.run_in_stack(run))
        finally:
            found = ledger.checkpoint(stamp, {})
            assert monitor.errors == {}
    return found


def test_program_registers_its_stack(
    root: Path, own_estate: Path, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`stacks/__main__.py`, run from its folder, registers the stack that Pulumi asks for."""
    (own_estate.parent / "policies").symlink_to(root / "policies")
    monkeypatch.chdir(own_estate.parent)
    monkeypatch.setattr(entry, "AWS", "another target than the one rehearsed here")
    monkeypatch.setattr(entry, "demand_own_estate", lambda *_: None)
    monkeypatch.setattr("egov_infra.engine.entry.signal.signal", lambda *_: None)
    program = root / "stacks" / "__main__.py"
    found = _run("erb.domain", lambda: runpy.run_path(str(program), run_name="__main__"), cloud, tmp_path)
    planned = Gate.of(own_estate, root / "policies").admit("erb.domain")
    assert sorted(found.by_name()) == sorted(resource.name for resource in planned.resources)
    assert found.outputs == {"zone_id_erb-go-tz": found.by_name()["erb-domain-zone-erb-go-tz"].id}


def test_program_ends_before_the_first_resource_when_refused(
    root: Path, own_estate: Path, cloud: Cloud, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    """A shut gate gives one block of text and exit code 32; nothing is registered, so nothing can be deleted."""
    (own_estate.parent / "policies").symlink_to(root / "policies")
    manifest = own_estate / "institutions" / "erb.yaml"
    manifest.write_text(manifest.read_text().replace("policy: reject", "policy: none"))
    shutil.copy(root / "stacks" / "rehearsal" / "Pulumi.yaml", own_estate.parent)
    monkeypatch.chdir(own_estate.parent)
    monkeypatch.setattr("egov_infra.engine.entry.signal.signal", lambda *_: None)
    monkeypatch.setenv("EGOV_INFRA_REFUSAL", str(tmp_path / "refusal"))
    seen: list[str] = []
    monkeypatch.setattr(pulumi.log, "error", seen.append)
    with pytest.raises(SystemExit) as stop:
        _run("erb.domain", lambda: entry.main("rehearsal-cli"), cloud, tmp_path)
    assert stop.value.code == 32
    assert len(seen) == 1
    assert seen[0].startswith("erb.domain: the gate is shut; nothing was registered, nothing was changed\n")
    assert "blocks critical mail-dmarc-not-enforced at estate/institutions/erb.yaml:" in seen[0]
    assert (tmp_path / "refusal").read_text() == seen[0]
    assert Store(tmp_path, TARGET).load("erb.domain").by_name() == {}


def test_project_without_our_provider_rehearses_nothing(root: Path) -> None:
    """The production project names none, so its resources would go to AWS."""
    entry.demand_own_provider(root / "stacks" / "rehearsal")
    with pytest.raises(RefusedError, match="names no provider of its own for aws"):
        entry.demand_own_provider(root / "stacks")


def test_sample_estate_is_never_applied_to_aws(estate_folder: Path) -> None:
    """What is invented must not be made for real."""
    with pytest.raises(RefusedError, match="is a sample estate: it can be rehearsed, never applied to AWS"):
        entry.admit(estate_folder, "erb.domain", "aws")


def test_only_the_reviewed_plan_is_registered(
    own_estate: Path, root: Path, own_gate: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reviewed names its digest: a manifest that changed since then is refused."""
    (own_estate.parent / "policies").symlink_to(root / "policies")
    plan = own_gate.admit("erb.domain")
    monkeypatch.setenv("EGOV_INFRA_REVIEWED", plan_digest(plan))
    assert entry.admit(own_estate, "erb.domain", "rehearsal-cli") == plan
    manifest = own_estate / "institutions" / "erb.yaml"
    manifest.write_text(manifest.read_text().replace("values: [41.59.0.10]", "values: [41.59.0.11]"))
    with pytest.raises(RefusedError, match=r"erb\.domain: what .*estate plans now is not what was reviewed"):
        entry.admit(own_estate, "erb.domain", "rehearsal-cli")


def test_unknown_stack_is_refused(own_gate: Gate) -> None:
    """A program for a stack that nobody plans must not run: the engine would delete everything in it."""
    with pytest.raises(RefusedError, match=r"no stack 'erb\.domains' is planned; there are: .*erb\.domain"):
        own_gate.admit("erb.domains")


def test_component_serves_in_another_program(own_gate: Gate, cloud: Cloud, tmp_path: Path) -> None:
    """MailDomain gates by itself, parents its resources and exports what they give."""

    def program() -> None:
        domain = MailDomain("erb", own_gate)
        pulumi.export("zone", domain.exports["zone_id_erb-go-tz"])

    found = _run("anyone", program, cloud, tmp_path)
    zone = found.by_name()["erb-domain-zone-erb-go-tz"]
    assert zone.parent == "urn:pulumi:anyone::egov::egov:index:MailDomain::erb-domain"
    assert found.outputs == {"zone": zone.id}
    assert found.entries[zone.parent].outputs == {"zone_id_erb-go-tz": zone.id}


def test_component_takes_an_institution_written_in_python(
    own_gate: Gate, cloud: Cloud, tmp_path: Path
) -> None:
    """The same plan and gate, without a manifest."""
    institution = own_gate.source.read("erb").institution
    found = _run("anyone", lambda: MailDomain(institution, own_gate), cloud, tmp_path)
    assert len(found.by_name()) == len(own_gate.admit("erb.domain").resources)


def test_institution_written_in_python_is_judged_within_the_estate(own_gate: Gate) -> None:
    """Not by itself: what it takes from another is refused, with both places."""
    erb = own_gate.source.read("erb").institution
    identity = erb.institution.model_copy(update={"slug": "dsb"})
    other = model.Institution(institution=identity, domains=erb.domains)
    refusal = r"mail-domain-claimed-twice at .*erb\.yaml:.*\n.*<python>:dsb/domains/0/name"
    with pytest.raises(GateShutError, match=refusal):
        own_gate.admit_written(other, "domain")


def test_environment_written_in_python_has_the_range_that_is_named(
    own_gate: Gate, own_estate: Path, root: Path
) -> None:
    """Its network is cut from that; without one it is refused, as a manifest is."""
    erb = own_gate.source.read("erb").institution
    assert erb.tenancy is not None
    prod = erb.tenancy.environments["prod"].model_copy(update={"account": "210000000999"})
    tenancy = erb.tenancy.model_copy(update={"environments": {"prod": prod}})
    identity = erb.institution.model_copy(update={"slug": "dsb"})
    other = model.Institution(institution=identity, tenancy=tenancy)
    addresses = {"dsb/prod": "10.41.2.0/24"}
    gate = Gate.of(own_estate, root / "policies", institutions=[other], addresses=addresses)
    (network,) = gate.admit("dsb.tenancy.prod").by_type()["aws:ec2/vpc:Vpc"]
    assert network.inputs["cidr_block"] == "10.41.2.0/24"
    with pytest.raises(InputError, match="range-missing dsb/prod has no range"):
        Gate.of(own_estate, root / "policies", institutions=[other]).admit("dsb.tenancy.prod")


def test_component_refuses_what_the_gate_refuses(own_estate: Path, root: Path) -> None:
    """The constructor raises before anything is registered."""
    manifest = own_estate / "institutions" / "erb.yaml"
    manifest.write_text(manifest.read_text().replace("policy: reject", "policy: none"))
    with pytest.raises(GateShutError, match="mail-dmarc-not-enforced"):
        MailDomain("erb", Gate.of(own_estate, root / "policies"))
