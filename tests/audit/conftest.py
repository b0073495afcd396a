"""What the tests of audit share: an empty cloud, a state, a small estate, and how to apply and audit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from egov_infra.audit.drift import audit_stack
from egov_infra.audit.known import Known
from egov_infra.audit.live import Live
from egov_infra.audit.record import StackAudit
from egov_infra.audit.run import Audit, run_audit
from egov_infra.cloud.session import Cloud, in_process
from egov_infra.engine.checkpoint import PROVIDER_TYPE, Entry, Store
from egov_infra.engine.gate import Gate
from egov_infra.engine.rehearsal import TARGET, apply_stack
from egov_infra.engine.up import apply, prepare
from egov_infra.plan.resource import StackPlan
from egov_infra.source.diagnostic import Place

PLACE = Place("erb.yaml", 1, 1)


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """An empty cloud inside this process."""
    with in_process() as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty state folder."""
    return Store(tmp_path / "state", TARGET)


@pytest.fixture
def gate(own_estate: Path, root: Path) -> Gate:
    """A small estate that a test may change, with the policies."""
    return Gate.of(own_estate, root / "policies")


@pytest.fixture
def look(store: Store, cloud: Cloud) -> Callable[[StackPlan], tuple[StackAudit, StackPlan]]:
    """Audits one stack, of which every value stands at one place."""

    def audit(plan: StackPlan) -> tuple[StackAudit, StackPlan]:
        known = Known(store.load(stack) for stack in store.stacks())
        with ThreadPoolExecutor(4) as pool:
            live = Live(cloud, [plan], store.load, pool)
            return audit_stack(live, plan, known, lambda _path: PLACE)

    return audit


@pytest.fixture
def make(store: Store, cloud: Cloud) -> Callable[[StackPlan], None]:
    """Applies one stack."""

    def up(plan: StackPlan) -> None:
        applied = apply_stack(plan, store, cloud, lambda _stack: {}, lambda *_: None)
        assert applied.errors == ()

    return up


@pytest.fixture
def audit(gate: Gate, store: Store, cloud: Cloud) -> Callable[..., Audit]:
    """Audits what selectors mean."""
    return lambda *selectors: run_audit(gate.source, gate.policies, gate.context, selectors, store, cloud)


@pytest.fixture
def up(gate: Gate, store: Store, cloud: Cloud) -> Callable[..., None]:
    """Applies what selectors mean."""

    def up(*selectors: str) -> None:
        prepared = prepare(gate.source, gate.policies, gate.context, selectors, store, cloud.cloud_id)
        summary = apply(prepared, store, cloud, None, lambda *_: None)
        assert summary.errors == ()

    return up


def forget_all_but_ids(store: Store) -> None:
    """Take inputs, outputs and exports out of every recorded state."""

    def bare(entry: Entry) -> Entry:
        return entry if entry.type == PROVIDER_TYPE else replace(entry, inputs={}, outputs={})

    for stack in store.stacks():
        checkpoint = store.load(stack)
        entries = {urn: bare(entry) for urn, entry in checkpoint.entries.items()}
        store.save(replace(checkpoint, entries=entries))
