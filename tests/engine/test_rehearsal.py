from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from egov_infra.cloud.session import Cloud, in_process
from egov_infra.engine.checkpoint import Checkpoint, Stamp, Store
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.preview import Action, Preview, preview_stack
from egov_infra.engine.rehearsal import TARGET, apply_stack, usable
from egov_infra.engine.run import Applied
from egov_infra.manifest.load import LoadedInstitution
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import Options, StackPlan
from egov_infra.plan.stacks import plan_institution
from egov_infra.plan.value import Join

ACCOUNT, REGION = "110000000002", "af-south-1"


def _none(_stack: str) -> Mapping[str, Any]:
    return {}


def _stack(address: str = "192.0.2.1", *extra: str, zone: str = "erb.go.tz") -> StackPlan:
    """A zone with a record, a text that needs the zone's id, and further records."""
    stack = StackBuilder("erb.domain", "erb", ACCOUNT, REGION)
    add = stack.at("domains", 0)
    made = add(
        "route53.Zone", "zone", opts=Options(protect=True), name=zone, comment="c", tags={"owner": "erb"}
    )
    add("route53.Record", "www", zone_id=made.id, name=f"www.{zone}", type="A", ttl=300, records=(address,))
    text = Join(("zone=", made.id))
    add("route53.Record", "id", zone_id=made.id, name=f"id.{zone}", type="TXT", ttl=300, records=(text,))
    for label in extra:
        add(
            "route53.Record",
            label,
            zone_id=made.id,
            name=f"{label}.{zone}",
            type="A",
            ttl=300,
            records=(address,),
        )
    return stack.build({"zone": made.id})


def _apply(plan: StackPlan, store: Store, cloud: Cloud) -> Applied:
    return apply_stack(plan, store, cloud, _none, lambda *_: None)


def _preview(plan: StackPlan, store: Store) -> Preview:
    return preview_stack(plan, store.load(plan.name), _none)


def _live(cloud: Cloud, zone: str) -> dict[str, list[str]]:
    listed = cloud.client("route53", ACCOUNT, REGION).list_resource_record_sets(HostedZoneId=zone)
    return {
        item["Name"]: [value["Value"] for value in item["ResourceRecords"]]
        for item in listed["ResourceRecordSets"]
        if item["Type"] not in ("NS", "SOA")
    }


def test_lives_from_first_to_last(store: Store, cloud: Cloud) -> None:
    """Created, unchanged, updated, added to, taken from: the preview says beforehand what happens."""
    steps = [
        (_stack(), {Action.CREATE: 3}),
        (_stack(), {Action.SAME: 3}),
        (_stack("192.0.2.2"), {Action.UPDATE: 1, Action.SAME: 2}),
        (_stack("192.0.2.2", "a", "b"), {Action.CREATE: 2, Action.SAME: 3}),
        (_stack("192.0.2.2", "b"), {Action.DELETE: 1, Action.SAME: 4}),
    ]
    for plan, expected in steps:
        foretold = {action: _preview(plan, store).count(action) for action in expected}
        applied = _apply(plan, store, cloud)
        assert (foretold, dict(applied.counts), applied.errors) == (expected, expected, ())
    zone = applied.outputs["zone"]
    assert _live(cloud, zone) == {
        "www.erb.go.tz.": ["192.0.2.2"],
        "id.erb.go.tz.": [f'"zone={zone}"'],
        "b.erb.go.tz.": ["192.0.2.2"],
    }


def test_replacement_moves_everything_over(store: Store, cloud: Cloud) -> None:
    """A renamed zone is a new zone; what refers to it follows, and the old one goes last."""
    _apply(_stack(), store, cloud)
    plan = _stack(zone="other.go.tz")
    assert _preview(plan, store).count(Action.REPLACE) == 3
    refused = _apply(plan, store, cloud)
    assert refused.errors == (
        "aws:route53/zone:Zone erb-domain-zone: is protected: no reviewed plan says replace",
    )
    applied = apply_stack(plan, store, cloud, _none, lambda *_: None, {"erb-domain-zone"})
    assert (dict(applied.counts), applied.errors) == ({Action.REPLACE: 3}, ())
    zones = cloud.client("route53", ACCOUNT, REGION).list_hosted_zones()["HostedZones"]
    assert [zone["Name"] for zone in zones] == ["other.go.tz."]
    assert store.load("erb.domain").leaving == ()


def test_failure_of_one_resource_keeps_the_rest(
    store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Independent resources go on, dependents are skipped, and the next run finishes the work."""
    client = cloud.client("route53", ACCOUNT, REGION)
    real = client.change_resource_record_sets

    def fail(**params: Any) -> Any:
        if params["ChangeBatch"]["Changes"][0]["ResourceRecordSet"]["Name"].startswith("www"):
            raise client.exceptions.InvalidInput(
                {"Error": {"Code": "InvalidInput", "Message": "no"}}, "Change"
            )
        return real(**params)

    monkeypatch.setattr(client, "change_resource_record_sets", fail)
    applied = _apply(_stack(), store, cloud)
    assert applied.errors == (
        "aws:route53/record:Record erb-domain-www: change_resource_record_sets failed: InvalidInput: no",
    )
    assert dict(applied.counts) == {Action.CREATE: 2}
    monkeypatch.undo()
    assert dict(_apply(_stack(), store, cloud).counts) == {Action.CREATE: 1, Action.SAME: 2}


def test_killed_run_is_continued_without_doubling(store: Store, cloud: Cloud, tmp_path: Path) -> None:
    """A zone made right before the kill is found again, not made twice."""
    plan = _stack()
    _apply(plan, store, cloud)
    whole = store.load(plan.name)
    zone_urn = next(urn for urn, entry in whole.entries.items() if entry.type.endswith(":Zone"))
    store.remove(plan.name)
    stamp = Stamp(TARGET, cloud.cloud_id, "", succeeded=False)
    with store.journal(plan.name, stamp) as journal:  # what a run leaves that is killed inside create
        journal.write("creating", {**whole.entries[zone_urn].to_json(), "id": ""})
    path = tmp_path / TARGET / "erb.domain.journal"
    path.write_bytes(path.read_bytes() + b'["set", {"urn": "cut')
    assert list(store.load(plan.name).pending) == [zone_urn]
    applied = _apply(plan, store, cloud)
    assert applied.errors == ()
    assert len(cloud.client("route53", ACCOUNT, REGION).list_hosted_zones()["HostedZones"]) == 1
    assert store.load(plan.name).pending == {}


def test_new_cloud_under_an_old_state_is_filled_again(store: Store) -> None:
    """A state speaks of one cloud: another one has nothing, whatever the state says."""
    with in_process() as first:
        _apply(_stack(), store, first)
    with in_process() as second:
        assert usable(store.load("erb.domain"), second) == Checkpoint("erb.domain")
        assert dict(_apply(_stack(), store, second).counts) == {Action.CREATE: 3}


def test_second_run_is_locked_out(store: Store, cloud: Cloud) -> None:
    """Two runs never change one stack at once."""
    with store.locked("erb.domain"), pytest.raises(RefusedError, match="being changed by another run"):
        _apply(_stack(), store, cloud)


def test_state_of_another_target_is_refused(store: Store, cloud: Cloud, tmp_path: Path) -> None:
    """A rehearsal never continues from production's state."""
    _apply(_stack(), store, cloud)
    path = tmp_path / TARGET / "erb.domain.json"
    path.write_text(path.read_text().replace('"target": "rehearsal"', '"target": "aws"'))
    with pytest.raises(RefusedError, match="state of target aws, not of rehearsal"):
        store.load("erb.domain")


def test_state_is_a_pulumi_deployment(store: Store, cloud: Cloud, tmp_path: Path) -> None:
    """Version 3, parents and providers before use, URNs as the engine makes them, nothing of this machine."""
    _apply(_stack(), store, cloud)
    text = (tmp_path / TARGET / "erb.domain.json").read_text()
    document = json.loads(text)
    seen: set[str] = set()
    for resource in document["deployment"]["resources"]:
        assert resource.get("parent", "") in seen | {""}
        assert resource.get("provider", "::").rpartition("::")[0] in seen | {""}
        assert set(resource.get("dependencies", ())) <= seen
        seen.add(resource["urn"])
    assert document["version"] == 3
    assert "urn:pulumi:erb.domain::egov::egov:index:MailDomain$aws:route53/zone:Zone::erb-domain-zone" in seen
    assert str(Path.cwd()) not in text
    assert document["egov"]["planDigest"] == plan_digest(_stack())


def test_full_disk_loses_nothing(store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the state cannot be written at the end, the journal still has every step."""

    def full(*_arguments: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("egov_infra.engine.checkpoint.write_atomically", full)
    with pytest.raises(FailedError, match="No space left on device; every step is in the journal"):
        _apply(_stack(), store, cloud)
    monkeypatch.undo()
    assert len(store.load("erb.domain").by_name()) == 3
    assert dict(_apply(_stack(), store, cloud).counts) == {Action.SAME: 3}


def test_erb_domain_goes_up_and_stays(
    erb: LoadedInstitution, context: PlanContext, store: Store, cloud: Cloud
) -> None:
    """The real stack: everything is made once, what cannot live is recorded only, then nothing changes."""
    plan = next(stack for stack in plan_institution(erb.institution, context) if stack.name == "erb.domain")
    first = _apply(plan, store, cloud)
    assert (dict(first.counts), first.errors) == ({Action.CREATE: len(plan.resources)}, ())
    recorded = [name for name, entry in store.load(plan.name).by_name().items() if entry.is_recorded_only]
    assert recorded == [
        "erb-domain-dnssec-erb-go-tz-ksk",
        "erb-domain-dnssec-erb-go-tz-signing",
        "erb-domain-web-erb-go-tz-headers",
    ]
    assert _preview(plan, store).changes == ()
    assert dict(_apply(plan, store, cloud).counts) == {Action.SAME: len(plan.resources)}
