from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.preview import Action, preview_stack
from egov_infra.engine.rehearsal import apply_stack
from egov_infra.engine.run import Applied
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import Options, StackPlan

ACCOUNT, REGION = "110000000002", "af-south-1"


def _none(_stack: str) -> Mapping[str, Any]:
    return {}


def _apply(plan: StackPlan, store: Store, cloud: Cloud, *lifted: str) -> Applied:
    return apply_stack(plan, store, cloud, _none, lambda *_: None, lifted)


def _records(name: str, *, was: tuple[str, ...] = (), is_protected: bool = False) -> StackPlan:
    """A bucket with versioning that reads it; the bucket's role may be a new one."""
    stack = StackBuilder("erb.domain", "erb", ACCOUNT, REGION)
    add = stack.at("domains", 0)
    options = Options(protect=is_protected, aliases=was)
    bucket = add(
        "s3.Bucket",
        name,
        opts=options,
        bucket="erb-records",
        object_lock_enabled=name == "locked",
        force_destroy=True,
    )
    add("s3.BucketVersioning", "versions", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
    return stack.build({"bucket": bucket.id})


def test_deleting_first_takes_readers_along(store: Store, cloud: Cloud) -> None:
    """A bucket keeps its name when it is replaced, so what it carried is made anew with it, though nothing there changed."""
    assert _apply(_records("plain"), store, cloud).errors == ()
    plan = _records("locked", was=("erb-domain-plain",))
    assert preview_stack(plan, store.load(plan.name), _none).count(Action.REPLACE) == 2
    applied = _apply(plan, store, cloud)
    assert (dict(applied.counts), applied.errors) == ({Action.REPLACE: 2}, ())
    client = cloud.client("s3", ACCOUNT, REGION)
    assert client.get_bucket_versioning(Bucket="erb-records")["Status"] == "Enabled"
    assert client.get_object_lock_configuration(Bucket="erb-records")
    assert list(store.load(plan.name).by_name()) == ["erb-domain-locked", "erb-domain-versions"]


def test_renamed_resource_stays_the_same_thing(store: Store, cloud: Cloud) -> None:
    """An alias tells the old name: nothing is made, nothing is deleted."""
    _apply(_records("records", is_protected=True), store, cloud)
    identity = store.load("erb.domain").by_name()["erb-domain-records"].id
    plan = _records("archive", was=("erb-domain-records",), is_protected=True)
    foretold = preview_stack(plan, store.load(plan.name), _none)
    assert [(step.action, step.name) for step in foretold.changes] == [(Action.UPDATE, "erb-domain-archive")]
    applied = _apply(plan, store, cloud)
    assert (dict(applied.counts), applied.errors) == ({Action.UPDATE: 1, Action.SAME: 1}, ())
    found = store.load(plan.name).by_name()
    assert {name: entry.id for name, entry in found.items()} == {
        "erb-domain-archive": identity,
        "erb-domain-versions": identity,
    }


def test_protected_resource_is_not_deleted_unreviewed(store: Store, cloud: Cloud) -> None:
    """Whatever a plan leaves out: what is protected stays, with an error, until a review lifts that."""
    _apply(_records("records", is_protected=True), store, cloud)
    empty = StackBuilder("erb.domain", "erb", ACCOUNT, REGION).build()
    applied = _apply(empty, store, cloud)
    assert applied.errors == (
        "aws:s3/bucket:Bucket erb-domain-records: is protected: no reviewed plan says delete",
    )
    assert list(store.load("erb.domain").by_name()) == ["erb-domain-records"]
    assert _apply(empty, store, cloud, "erb-domain-records").errors == ()
    assert cloud.client("s3", ACCOUNT, REGION).list_buckets()["Buckets"] == []
    assert store.stacks() == ()


def test_bucket_of_another_stack_is_not_taken_over(store: Store, cloud: Cloud) -> None:
    """What exists already is taken over only where an interrupted run of this stack may have made it."""
    cloud.client("s3", ACCOUNT, REGION).create_bucket(
        Bucket="erb-records", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    applied = _apply(_records("records"), store, cloud)
    assert len(applied.errors) == 1
    assert "BucketAlreadyOwnedByYou" in applied.errors[0]
    assert applied.skipped == ("erb-domain-versions",)


def _zone(comment: str = "c") -> StackPlan:
    stack = StackBuilder("erb.domain", "erb", ACCOUNT, REGION)
    zone = stack.at("domains", 0)(
        "route53.Zone", "zone", name="erb.go.tz", comment=comment, tags={"owner": "erb"}
    )
    return stack.build({"zone": zone.id})


def test_half_made_resource_is_finished_by_the_next_run(
    store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The zone was made and its tags failed: the next run continues with that zone and sets the tags."""
    client = cloud.client("route53", ACCOUNT, REGION)

    def fail(**_params: Any) -> Any:
        raise client.exceptions.ClientError({"Error": {"Code": "Throttling", "Message": "later"}}, "Change")

    monkeypatch.setattr(client, "change_tags_for_resource", fail)
    first = _apply(_zone(), store, cloud)
    monkeypatch.undo()
    assert first.errors == (
        "aws:route53/zone:Zone erb-domain-zone: change_tags_for_resource failed: Throttling: later",
    )
    assert [entry.name for entry in store.load("erb.domain").pending.values()] == ["erb-domain-zone"]
    second = _apply(_zone(), store, cloud)
    assert (dict(second.counts), second.errors) == ({Action.CREATE: 1}, ())
    assert store.load("erb.domain").pending == {}
    (zone,) = client.list_hosted_zones()["HostedZones"]
    tags = client.list_tags_for_resource(ResourceType="hostedzone", ResourceId=zone["Id"][12:])
    assert tags["ResourceTagSet"]["Tags"] == [{"Key": "owner", "Value": "erb"}]


def test_reference_to_an_output_that_is_not_there_is_an_error(
    store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pulumi leaves an empty input out without a word; here it is an error that names it."""
    stack = StackBuilder("erb.domain", "erb", ACCOUNT, REGION)
    add = stack.at("domains", 0)
    zone = add("route53.Zone", "zone", name="erb.go.tz", comment="c", tags={"owner": "erb"})
    add(
        "route53.Record",
        "a",
        zone_id=zone.output("delegation_set_id"),
        name="a",
        type="A",
        ttl=1,
        records=("192.0.2.1",),
    )
    applied = _apply(stack.build(), store, cloud)
    assert applied.errors == (
        "aws:route53/record:Record erb-domain-a: zoneId: what this refers to has no such output",
    )


def test_what_a_stopped_run_made_and_nobody_wants_any_longer_is_deleted(
    store: Store, cloud: Cloud, tmp_path: Path
) -> None:
    """A zone that was being made when the run was killed, and was then taken from the manifest, does not stay behind."""
    stack = StackBuilder("erb.domain", "erb", ACCOUNT, REGION)
    stack.at("domains", 0)("route53.Zone", "zone", name="erb.go.tz", comment="c", tags={"owner": "erb"})
    _apply(stack.build(), store, cloud)
    path = tmp_path / "rehearsal" / "erb.domain.json"
    path.write_text(path.read_text())
    entry = store.load("erb.domain").by_name()["erb-domain-zone"]
    whole = store.load("erb.domain")
    assert whole.stamp is not None
    without = {urn: item for urn, item in whole.entries.items() if urn != entry.urn}
    store.save(type(whole)(whole.stack, without, (), {entry.urn: entry}, whole.stamp))
    assert list(store.load("erb.domain").pending) == [entry.urn]
    applied = _apply(StackBuilder("erb.domain", "erb", ACCOUNT, REGION).build(), store, cloud)
    assert applied.errors == ()
    assert cloud.client("route53", ACCOUNT, REGION).list_hosted_zones()["HostedZones"] == []


def test_secret_stays_marked(store: Store) -> None:
    """What Pulumi holds for secret stands in the state in Pulumi's own marking, and is read back in clear."""
    from egov_infra.engine.checkpoint import SECRET, SIGNATURE, Checkpoint, Entry

    entry = Entry(
        "urn:x::y::t::n",
        "t",
        is_custom=True,
        id="1",
        inputs={"password": "p"},
        secrets=frozenset({"password"}),
    )
    assert entry.to_json()["inputs"] == {"password": {SIGNATURE: SECRET, "plaintext": '"p"'}}
    store.save(Checkpoint("erb.domain", {entry.urn: entry}))
    assert store.load("erb.domain").entries[entry.urn] == entry
