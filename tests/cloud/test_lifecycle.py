from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from egov_infra.cloud.error import UnknownPropertyError
from egov_infra.cloud.handle import Handle
from egov_infra.cloud.registry import adapter_of, live_types
from egov_infra.cloud.session import in_process
from tests.cloud import lifecycles
from tests.cloud.lifecycle import LifeCycle, World

MODULES = [
    importlib.import_module(f"{lifecycles.__name__}.{item.name}")
    for item in pkgutil.iter_modules(lifecycles.__path__)
]
LIFE_CYCLES: list[LifeCycle] = [cycle for module in MODULES for cycle in module.LIFE_CYCLES]


@pytest.fixture
def world() -> Iterator[World]:
    """An empty cloud inside this process."""
    with in_process() as cloud:
        yield World(cloud)


def test_every_live_type_has_a_life_cycle() -> None:
    """An adapter without a life cycle counts for nothing."""
    assert sorted({cycle.type for cycle in LIFE_CYCLES}) == list(live_types())


@pytest.mark.parametrize("token", live_types())
def test_every_property_is_lived_through(token: str) -> None:
    """Each property that an adapter keeps is declared in a life cycle, and changed where a step changes it."""
    adapter = adapter_of(token)
    assert adapter is not None
    cycles = [cycle for cycle in LIFE_CYCLES if cycle.type == token]
    declared: set[str] = set()
    changed: set[str] = set()
    for cycle in cycles:
        with in_process() as cloud:
            declared |= cycle.inputs(World(cloud)).keys()
            changed |= cycle.changes(World(cloud)).keys()
    declared |= changed
    assert set(adapter.readable) - declared == set()
    assert (adapter.settable & set(adapter.readable)) - changed == set()


@pytest.mark.parametrize("cycle", LIFE_CYCLES, ids=lambda cycle: cycle.label)
def test_lives_from_creation_to_deletion(cycle: LifeCycle, world: World) -> None:
    """Created, read back, changed, meddled with and seen, deleted: at every step the cloud says what is."""
    handle = world.handle(cycle.type)
    adapter = handle.adapter
    inputs = cycle.inputs(world)
    made = handle.create(inputs, "it")
    identifier = made.id
    live = _reads_as_declared(handle, identifier, inputs)
    assert {name: made.outputs.get(name) for name in adapter.outputs} == {
        name: live.get(name) for name in adapter.outputs
    }
    assert adapter.difference(inputs, inputs).changed == ()

    if change := cycle.changes(world):
        changed = {**inputs, **change}
        difference = adapter.difference(inputs, changed)
        assert set(difference.changed) == set(change)
        if difference.replaces:
            handle.delete(identifier, inputs, "it")
            identifier = handle.create(changed, "it").id
            _reads_as_declared(handle, identifier, changed)
            handle.delete(identifier, changed, "it")
            identifier = handle.create(inputs, "it").id
        else:
            identifier = handle.update(identifier, inputs, changed, "it").id
            _reads_as_declared(handle, identifier, changed)
            handle.update(identifier, changed, inputs, "it")
        _reads_as_declared(handle, identifier, inputs)

    cycle.meddle(world, identifier, inputs)
    seen = handle.read(identifier, {}, "it")
    if cycle.seen_in:
        assert seen is not None
        assert cycle.seen_in in {found.path for found in adapter.compare(inputs, seen)}
    else:
        assert seen is None

    handle.delete(identifier, inputs, "it")
    assert seen is None or (handle.read(identifier, {}, "it") is None) is not bool(adapter.stays)
    handle.delete(identifier, inputs, "it")  # gone already is no fault


@pytest.mark.parametrize("token", live_types())
def test_refuses_what_it_does_not_know(token: str, world: World) -> None:
    """A property that an adapter would lose is an error that names type and property."""
    with pytest.raises(UnknownPropertyError, match=f"{token}.*never_heard_of"):
        world.handle(token).create({"never_heard_of": 1}, "it")


def _reads_as_declared(handle: Handle, identifier: str, declared: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is live, by the id alone, and nothing that was declared is missing from it."""
    live = handle.read(identifier, {}, "it")
    assert live is not None
    assert list(handle.adapter.compare(declared, live)) == []
    readable = set(handle.adapter.readable) - handle.adapter.unread.keys()
    blank = {name for name in readable & declared.keys() if declared[name] in (None, "", (), [], {}, False)}
    assert (readable & declared.keys()) - blank - live.keys() == set()
    return live
