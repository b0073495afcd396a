"""What becomes of an institution that is draining, then closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from egov_infra.audit.run import Audit, run_audit
from egov_infra.cloud.error import CloudError
from egov_infra.cloud.handle import Handle
from egov_infra.cloud.session import Cloud
from egov_infra.engine import entry
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.destroy import Destruction, destroy, prepare_destroy
from egov_infra.engine.error import RefusedError
from egov_infra.engine.gate import Gate
from egov_infra.engine.preview import Action
from egov_infra.engine.run import Summary
from egov_infra.engine.up import apply, prepare

PARENT = {"erb": "mwtc", "trc": "mwtc"}
IMAGE, NEW_IMAGE = "@sha256:", f"@sha256:{'5' * 8}"


class _Estate:
    """A small estate on a cloud, that a test runs commands on."""

    def __init__(
        self, folder: Path, policies: Path, store: Store, cloud: Cloud, slug: str, *selectors: str
    ) -> None:
        self._folder, self._policies, self._store, self._cloud = folder, policies, store, cloud
        self.slug = slug
        self._selectors = selectors or ("platform", slug)
        self.manifest = folder / "institutions" / f"{slug}.yaml"

    def rewrite(self, old: str, new: str) -> None:
        text = self.manifest.read_text(encoding="utf-8")
        assert old in text
        self.manifest.write_text(text.replace(old, new, 1), encoding="utf-8")

    def up(self) -> Summary:
        gate = self._gate()
        prepared = prepare(
            gate.source, gate.policies, gate.context, self._selectors, self._store, self._cloud.cloud_id
        )
        assert prepared.decision.is_open
        done = apply(prepared, self._store, self._cloud, None, lambda *_: None)
        assert done.errors == ()
        return done

    def prepare_destroy(self) -> Destruction:
        gate = self._gate()
        return prepare_destroy(gate.source, gate.context, [self.slug], self._store, self._cloud.cloud_id)

    def destroy(self) -> Summary:
        prepared = self.prepare_destroy()
        return destroy(prepared, self._store, self._cloud, prepared.digest, lambda *_: None)

    def refusals(self) -> list[str]:
        with pytest.raises(RefusedError) as refused:
            self.prepare_destroy()
        return str(refused.value).split("\n")

    def audit(self) -> Audit:
        gate = self._gate()
        return run_audit(gate.source, gate.policies, gate.context, [self.slug], self._store, self._cloud)

    def stacks(self) -> tuple[str, ...]:
        return tuple(name for name in self._store.stacks() if name.startswith(f"{self.slug}."))

    def names(self) -> frozenset[str]:
        return frozenset(name for stack in self.stacks() for name in self._store.load(stack).by_name())

    def _gate(self) -> Gate:
        return Gate.of(self._folder, self._policies)


@pytest.fixture
def estate(
    request: pytest.FixtureRequest, estate_of: Callable[..., Path], root: Path, store: Store, cloud: Cloud
) -> _Estate:
    """An institution with everything that it has, applied."""
    slug = request.param
    found = _Estate(estate_of(slug, PARENT[slug]), root / "policies", store, cloud, slug)
    found.up()
    return found


def _guarded(stack: str, name: str) -> str:
    return f"{stack}: {name} is still guarded against deletion: `egov-infra up {stack}` lifts that first"


def _changed(done: Summary) -> dict[Action, int]:
    return {action: count for action, count in done.counts.items() if count and action is not Action.SAME}


@pytest.mark.parametrize("estate", ["erb", "trc"], indirect=True)
def test_everything_an_institution_has_lives_from_first_to_last(estate: _Estate) -> None:
    """Up, audit, a new image, draining, closed, gone: a register of professionals, and a sale of tickets."""
    assert estate.audit().exit_code == 0
    text = estate.manifest.read_text(encoding="utf-8")
    image = text[text.index(IMAGE) : text.index(IMAGE) + len(NEW_IMAGE)]
    estate.rewrite(image, NEW_IMAGE)
    assert _changed(estate.up()) == {Action.REPLACE: 1, Action.UPDATE: 1}
    assert estate.audit().exit_code == 0
    assert _changed(estate.up()) == {}

    estate.rewrite("state: active", "state: draining")
    (application,) = (stack for stack in estate.stacks() if ".app-" in stack)
    balancer = f"{application.replace('.', '-')}-balancer"
    assert estate.refusals() == [_guarded(application, balancer)]
    assert _changed(estate.up()) == {Action.UPDATE: 1}
    everything = estate.names()
    why = {item.name: item.why for item in estate.prepare_destroy().staying}
    kept = {name for name, text in why.items() if "holds data" in text or text.endswith("which stays")}
    subnets = f"{application.replace('.', '-')}-database-subnets"
    needed = f"is needed by {subnets} of {application}, which stays"
    assert why[f"{estate.slug}-tenancy-prod-subnet-a"] == needed
    assert estate.destroy().errors == ()
    assert estate.names() == kept < everything
    assert _changed(estate.up()) == {}
    audit = estate.audit()
    assert (audit.exit_code, audit.unjudged) == (0, (estate.slug,))

    estate.rewrite("state: draining", "state: closed")
    database = f"{application.replace('.', '-')}-database"
    assert _guarded(application, database) in estate.refusals()
    assert set(_changed(estate.up())) == {Action.UPDATE}
    assert estate.destroy().errors == ()
    assert estate.stacks() == ()
    assert _changed(estate.up()) == {}


def test_what_cannot_be_deleted_keeps_what_it_needs(
    own_estate: Path, root: Path, store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without its bucket a site would be broken, and still there."""
    estate = _Estate(own_estate, root / "policies", store, cloud, "erb", "erb.domain")
    estate.up()
    estate.rewrite("state: active", "state: closed")
    delete = Handle.delete

    def fail(handle: Handle, identifier: str, inputs: Mapping[str, Any], label: str) -> None:
        if label == "erb-domain-web-erb-go-tz-distribution":
            raise CloudError(handle.adapter.type, label, "delete_distribution", "Busy", "not now")
        delete(handle, identifier, inputs, label)

    monkeypatch.setattr(Handle, "delete", fail)
    errors = estate.destroy().errors
    assert errors[0] == (
        "aws:cloudfront/distribution:Distribution erb-domain-web-erb-go-tz-distribution: "
        "delete_distribution failed: Busy: not now"
    )
    assert (
        "aws:s3/bucket:Bucket erb-domain-web-erb-go-tz-bucket: not tried, "
        "since erb-domain-web-erb-go-tz-distribution is not gone" in errors
    )
    assert {error.split(" ")[1].rstrip(":") for error in errors} == estate.names()


def test_program_by_hand_makes_nothing_again(
    own_estate: Path, root: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """`pulumi up` would: only what the command line names as still there is registered."""
    manifest = own_estate / "institutions" / "erb.yaml"
    manifest.write_text(manifest.read_text().replace("state: active", "state: draining"))
    (own_estate.parent / "policies").symlink_to(root / "policies")
    with pytest.raises(RefusedError, match=r"erb is draining: what was taken down would be made again"):
        entry.admit(own_estate, "erb.domain", "rehearsal-cli")
    kept = tmp_path / "kept"
    kept.write_text("erb-domain-zone-erb-go-tz")
    monkeypatch.setenv(entry.KEPT, str(kept))
    plan = entry.admit(own_estate, "erb.domain", "rehearsal-cli")
    assert [resource.name for resource in plan.resources] == ["erb-domain-zone-erb-go-tz"]
