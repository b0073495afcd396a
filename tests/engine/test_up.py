from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Stamp, Store
from egov_infra.engine.destroy import destroy, prepare_destroy
from egov_infra.engine.error import RefusedError
from egov_infra.engine.gate import Gate
from egov_infra.engine.preview import Action, preview_stack
from egov_infra.engine.reads import reads_digest, recorded_outputs
from egov_infra.engine.rehearsal import TARGET
from egov_infra.engine.run import Summary
from egov_infra.engine.selection import SelectedStack
from egov_infra.engine.staying import Staying
from egov_infra.engine.up import Prepared, Unchanged, apply, prepare
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.outline import stack_references
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.value import StackRef, Value

ACCOUNT, REGION = "110000000002", "af-south-1"


@pytest.fixture
def gate(own_estate: Path, root: Path) -> Gate:
    """The gate of a small estate that a test may change."""
    return Gate.of(own_estate, root / "policies")


def _prepare(gate: Gate, store: Store, cloud: Cloud, *selectors: str) -> Prepared:
    return prepare(gate.source, gate.policies, gate.context, selectors, store, cloud.cloud_id)


def _apply(prepared: Prepared, store: Store, cloud: Cloud, approved: str | None = None) -> Summary:
    return apply(prepared, store, cloud, approved, lambda *_: None)


def _zone(stack: str, name: str = "platform.go.tz") -> StackPlan:
    builder = StackBuilder(stack, stack.partition(".")[0], ACCOUNT, REGION)
    zone = builder.at()("route53.Zone", "zone", name=name, comment="c", tags={"owner": "x"})
    return builder.build({"zone": zone.id})


def _record(stack: str, zone: Value, name: str) -> StackPlan:
    builder = StackBuilder(stack, stack.partition(".")[0], ACCOUNT, REGION)
    builder.at()("route53.Record", "a", zone_id=zone, name=name, type="A", ttl=300, records=("192.0.2.1",))
    return builder.build()


def _these(prepared: Prepared, store: Store, *plans: StackPlan) -> Prepared:
    """As if these stacks had been planned, judged and selected."""

    def outputs(stack: str) -> Mapping[str, Any]:
        return store.load(stack).outputs

    stacks = tuple(
        (SelectedStack(plan, None), preview_stack(plan, store.load(plan.name), outputs)) for plan in plans
    )
    return replace(prepared, stacks=stacks)


def test_applies_the_estate_once_and_then_skips_it(gate: Gate, store: Store, cloud: Cloud) -> None:
    """The second time nothing is even tried, for plan, target, cloud and success are the same."""
    first = _apply(_prepare(gate, store, cloud, "erb.domain"), store, cloud)
    second = _apply(_prepare(gate, store, cloud, "erb.domain"), store, cloud)
    made = first.counts[Action.CREATE]
    assert (dict(first.counts), first.errors, first.skipped_stacks) == ({Action.CREATE: made}, (), 0)
    assert (dict(second.counts), second.errors, second.skipped_stacks) == ({Action.SAME: made}, (), 1)
    assert second.recorded_only == first.recorded_only > 0
    assert second.outputs == first.outputs


def test_unchanged_stack_is_told_by_the_head_of_its_state(gate: Gate, store: Store, cloud: Cloud) -> None:
    """It is counted, and neither kept nor compared; another plan, another cloud or an unfinished run is looked at."""
    made = _apply(_prepare(gate, store, cloud, "erb.domain"), store, cloud)

    def look(cloud_id: str = cloud.cloud_id) -> tuple[int, tuple[Unchanged, ...]]:
        found = prepare(
            gate.source, gate.policies, gate.context, ["erb.domain"], store, cloud_id, skips_unchanged=True
        )
        return len(found.stacks), found.unchanged

    unchanged = (Unchanged("erb.domain", made.counts[Action.CREATE], made.recorded_only),)
    assert look() == (0, unchanged)
    assert look("another") == (1, ())
    stamp = Stamp(TARGET, cloud.cloud_id, "", succeeded=False)
    with store.journal("erb.domain", stamp):
        assert look() == (1, ())


def test_stack_is_not_skipped_when_what_it_reads_has_changed(gate: Gate, store: Store, cloud: Cloud) -> None:
    """The plan is the same, yet an input would be another: the digest of what was read tells."""
    reader, zone = _record("abc.domain", StackRef("platform.dns", "zone"), "a.go.tz"), _zone("platform.dns")
    prepared = _prepare(gate, store, cloud, "erb.domain")
    _apply(_these(prepared, store, reader, zone), store, cloud)
    before = store.head("abc.domain")
    assert before is not None
    reads = stack_references(reader)
    assert reads_digest(reads, recorded_outputs(store, cloud.cloud_id)) == before.stamp.reads_digest
    _apply(_these(prepared, store, _zone("platform.dns", "other.go.tz")), store, cloud)
    assert reads_digest(reads, recorded_outputs(store, cloud.cloud_id)) != before.stamp.reads_digest


def test_reader_follows_what_it_reads(gate: Gate, store: Store, cloud: Cloud) -> None:
    """A stack that reads another comes after it, in the same run, and follows when the value changes."""
    prepared = _prepare(gate, store, cloud, "erb.domain")
    reader = _record("abc.domain", StackRef("platform.dns", "zone"), "a.platform.go.tz")
    done = _apply(_these(prepared, store, reader, _zone("platform.dns")), store, cloud)
    assert (dict(done.counts), done.errors) == ({Action.CREATE: 2}, ())
    zone = store.load("platform.dns").outputs["zone"]
    assert store.load("abc.domain").by_name()["abc-domain-a"].inputs["zoneId"] == zone
    moved = _record("abc.domain", StackRef("platform.dns", "zone"), "a.other.go.tz")
    again = _apply(_these(prepared, store, moved, _zone("platform.dns", "other.go.tz")), store, cloud)
    assert dict(again.counts) == {Action.REPLACE: 2}
    assert ["HostedZoneNotEmpty" in error for error in again.errors] == [True]  # the record was still in it
    assert store.load("abc.domain").by_name()["abc-domain-a"].inputs["zoneId"] != zone
    last = _apply(_these(prepared, store, moved, _zone("platform.dns", "other.go.tz")), store, cloud)
    assert (dict(last.counts), last.errors) == ({Action.SAME: 2}, ())
    zones = cloud.client("route53", ACCOUNT, REGION).list_hosted_zones()["HostedZones"]
    assert [item["Name"] for item in zones] == ["other.go.tz."]


def test_stacks_are_told_when_they_begin_and_end(gate: Gate, store: Store, cloud: Cloud) -> None:
    """Also one that is not tried; and what is unchanged is told too, so that a count of all comes to its end."""
    prepared = _prepare(gate, store, cloud, "erb.domain")
    told: list[Any] = []

    def run(*plans: StackPlan) -> list[Any]:
        told.clear()
        apply(
            _these(prepared, store, *plans),
            store,
            cloud,
            None,
            lambda stack, action, _token, _name: told.append((stack, action.value)),
            on_stack=lambda *stack: told.append(stack),
        )
        return list(told)

    begun, ended = ("platform.dns", True), ("platform.dns", False)
    assert run(_zone("platform.dns")) == [begun, ("platform.dns", "create"), ended]
    assert run(_zone("platform.dns")) == [begun, ("platform.dns", "unchanged"), ended]
    reader = _record("abc.domain", StackRef("platform.none", "zone"), "a.platform.go.tz")
    assert run(reader) == [("abc.domain", True), ("abc.domain", False)]


def test_reader_is_not_tried_without_what_it_reads(gate: Gate, store: Store, cloud: Cloud) -> None:
    """A missing output of another stack is an error with its name, never an input left out."""
    prepared = _prepare(gate, store, cloud, "erb.domain")
    reader = _record("abc.domain", StackRef("platform.dns", "zone"), "a.platform.go.tz")
    done = _apply(_these(prepared, store, reader), store, cloud)
    assert done.errors == ("abc.domain: not tried: platform.dns has no output 'zone' yet",)
    assert store.stacks() == ()


def test_reader_is_not_tried_after_a_failure(
    gate: Gate, store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What reads a stack that failed waits for the next run; independent stacks go on."""
    prepared = _prepare(gate, store, cloud, "erb.domain")
    client = cloud.client("route53", ACCOUNT, REGION)
    real = client.create_hosted_zone

    def fail(**params: Any) -> Any:
        if params["Name"] == "broken.go.tz":
            raise client.exceptions.InvalidInput(
                {"Error": {"Code": "InvalidInput", "Message": "no"}}, "Create"
            )
        return real(**params)

    monkeypatch.setattr(client, "create_hosted_zone", fail)
    reader = _record("abc.domain", StackRef("abd.domain", "zone"), "a.broken.go.tz")
    plans = (reader, _zone("abd.domain", "broken.go.tz"), _zone("abe.domain", "abe.go.tz"))
    done = _apply(_these(prepared, store, *plans), store, cloud)
    assert done.errors == (
        "aws:route53/zone:Zone abd-domain-zone: create_hosted_zone failed: InvalidInput: no",
        "abc.domain: not tried, since it reads abd.domain, which failed",
    )
    assert dict(done.counts) == {Action.CREATE: 1}


def test_independent_stacks_run_side_by_side(gate: Gate, store: Store, cloud: Cloud) -> None:
    """Two stacks that do not read each other are both at work at one moment."""
    prepared = _prepare(gate, store, cloud, "erb.domain")
    meeting = threading.Barrier(2, timeout=60)
    plans = (_zone("abc.domain", "abc.go.tz"), _zone("abd.domain", "abd.go.tz"))
    done = apply(
        _these(prepared, store, *plans), store, cloud, None, lambda *_: void(meeting.wait()), workers=2
    )
    assert (dict(done.counts), done.errors) == ({Action.CREATE: 2}, ())


def void(_value: object) -> None:
    """Drop a value."""


def test_stack_that_another_run_holds_is_refused(gate: Gate, store: Store, cloud: Cloud) -> None:
    """The other run goes on; this one says so and changes nothing there."""
    prepared = _prepare(gate, store, cloud, "erb.domain")
    with store.locked("erb.domain"), pytest.raises(RefusedError, match="being changed by another run"):
        _apply(prepared, store, cloud)


def test_stack_that_vanished_is_shown_and_refused(
    own_estate: Path, gate: Gate, store: Store, cloud: Cloud, root: Path
) -> None:
    """Absence never deletes: a domain stack that is no longer planned is refused while it holds data."""
    _apply(_prepare(gate, store, cloud, "erb.domain"), store, cloud)
    manifest = own_estate / "institutions" / "erb.yaml"
    manifest.write_text(manifest.read_text().replace("state: active", "state: requested"))
    after = _prepare(Gate.of(own_estate, root / "policies"), store, cloud, "erb.domain")
    assert [(preview.stack, {step.action for step in preview.steps}) for _, preview in after.stacks] == [
        ("erb.domain", {Action.DELETE})
    ]
    with pytest.raises(RefusedError, match="absence never deletes"):
        _apply(replace(after, decision=replace(after.decision, exit_code=0)), store, cloud)


def test_active_institution_is_not_destroyed(gate: Gate, store: Store, cloud: Cloud) -> None:
    """Only the state in the manifest permits it."""
    _apply(_prepare(gate, store, cloud, "erb.domain"), store, cloud)
    with pytest.raises(RefusedError, match=r"erb\.domain: erb is active: only what is draining or closed"):
        prepare_destroy(gate.source, gate.context, ["erb"], store, cloud.cloud_id)


def test_closed_institution_is_destroyed_when_reviewed(
    own_estate: Path, root: Path, gate: Gate, store: Store, cloud: Cloud
) -> None:
    """Everything goes, with the digest of what was reviewed; what outlives it is said."""
    _apply(_prepare(gate, store, cloud, "erb.domain"), store, cloud)
    manifest = own_estate / "institutions" / "erb.yaml"
    manifest.write_text(manifest.read_text().replace("state: active", "state: closed"))
    closed = Gate.of(own_estate, root / "policies")
    prepared = prepare_destroy(closed.source, closed.context, ["erb"], store, cloud.cloud_id)
    with pytest.raises(RefusedError, match=f"repeat with --approve {prepared.digest}"):
        destroy(prepared, store, cloud, None, lambda *_: None)
    done = destroy(prepared, store, cloud, prepared.digest, lambda *_: None)
    assert done.errors == ()
    assert done.counts[Action.DELETE] == len(prepared.previews[0].steps)
    assert store.stacks() == ()
    assert cloud.client("route53", ACCOUNT, REGION).list_hosted_zones()["HostedZones"] == []
    assert cloud.client("s3", ACCOUNT, REGION).list_buckets()["Buckets"] == []
    assert [item.why.partition(",")[0] for item in prepared.staying] == [
        "the key can be restored for 30 days"
    ]


def test_draining_institution_keeps_what_holds_data(
    own_estate: Path, root: Path, gate: Gate, store: Store, cloud: Cloud
) -> None:
    """Zones and buckets stay with all they need; records go."""
    _apply(_prepare(gate, store, cloud, "erb.domain"), store, cloud)
    manifest = own_estate / "institutions" / "erb.yaml"
    manifest.write_text(manifest.read_text().replace("state: active", "state: draining"))
    draining = Gate.of(own_estate, root / "policies")
    prepared = prepare_destroy(draining.source, draining.context, ["erb"], store, cloud.cloud_id)
    protected = [name for name, entry in store.load("erb.domain").by_name().items() if entry.is_protected]
    staying = {item.name for item in prepared.staying}
    assert set(protected) <= staying
    assert (
        Staying("erb.domain", protected[0], "holds data; it may go when the institution is closed")
        in prepared.staying
    )
    done = destroy(prepared, store, cloud, prepared.digest, lambda *_: None)
    assert done.errors == ()
    assert set(store.load("erb.domain").by_name()) == staying


def test_what_holds_data_goes_only_once_it_is_retired(
    own_estate: Path, gate: Gate, store: Store, cloud: Cloud, root: Path
) -> None:
    """By exactly its own path, from its day on, and then with the digest of the reviewed plan."""
    stack = "erb.tenancy.test"
    _apply(_prepare(gate, store, cloud, "platform", stack), store, cloud)
    manifest = own_estate / "institutions" / "erb.yaml"
    text = manifest.read_text().replace("    - {name: exports, retention_days: 90}\n", "")

    def attempt(retired: str, approved: str | None = None) -> Summary:
        manifest.write_text(f"{text}\nretired: [{retired}]\n")
        after = _prepare(Gate.of(own_estate, root / "policies"), store, cloud, stack)
        return _apply(after, store, cloud, approved)

    for other in (
        "",
        "{what: tenancy/buckets/export, on: 2020-01-01}",
        "{what: tenancy/buckets/exports, on: 2020-07-01}",
    ):
        with pytest.raises(
            RefusedError, match=r"erb-tenancy-test-data-exports-bucket .* absence never deletes"
        ):
            attempt(other)
    permitted = "{what: tenancy/buckets/exports, on: 2020-06-30}"
    with pytest.raises(RefusedError, match="would delete erb-tenancy-test-data-exports-bucket") as unreviewed:
        attempt(permitted)
    digest = str(unreviewed.value).rpartition(" ")[2]
    done = attempt(permitted, digest)
    assert done.errors == ()
    assert "erb-tenancy-test-data-exports-bucket" not in store.load(stack).by_name()
    assert "erb-tenancy-test-data-records-bucket" in store.load(stack).by_name()
