from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from egov_infra.cloud.adapter import Handle, normal
from egov_infra.cloud.registry import live_types
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


def _differences(
    declared: Mapping[str, Any], live: Mapping[str, Any], unread: Mapping[str, str]
) -> dict[str, Any]:
    """Declared properties whose live value is another, but for those that the cloud does not give back."""
    return {
        name: (value, live.get(name))
        for name, value in declared.items()
        if name not in unread and normal(name, value) != normal(name, live.get(name))
    }


def test_every_live_type_has_a_life_cycle() -> None:
    """An adapter without a life cycle counts for nothing."""
    assert sorted(cycle.type for cycle in LIFE_CYCLES) == list(live_types())


@pytest.mark.parametrize("cycle", LIFE_CYCLES, ids=lambda cycle: cycle.type)
def test_lives_from_creation_to_deletion(cycle: LifeCycle, world: World) -> None:
    """Created, read back, changed, meddled with and seen, deleted: at every step the cloud says what is."""
    handle = world.handle(cycle.type)
    unread = handle.adapter.unread
    inputs = cycle.inputs(world)
    identifier = handle.create(inputs, "it").id
    _reads_as_declared(handle, identifier, inputs)
    assert handle.adapter.difference(inputs, inputs).changed == ()

    if cycle.change is not None:
        changed = {**inputs, **cycle.change}
        difference = handle.adapter.difference(inputs, changed)
        assert set(difference.changed) == set(cycle.change)
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
    live = handle.read(identifier, inputs, "it")
    if cycle.seen_in:
        assert live is not None
        assert cycle.seen_in in _differences(inputs, live, unread)
    else:
        assert live is None

    handle.delete(identifier, inputs, "it")
    assert (handle.read(identifier, inputs, "it") is None) is not bool(handle.adapter.stays)
    handle.delete(identifier, inputs, "it")  # gone already is no fault


def _reads_as_declared(handle: Handle, identifier: str, declared: Mapping[str, Any]) -> None:
    live = handle.read(identifier, declared, "it")
    assert live is not None
    assert _differences(declared, live, handle.adapter.unread) == {}
