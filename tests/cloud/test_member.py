from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from egov_infra.cloud.adapter import Members
from egov_infra.cloud.registry import adapter_of, live_types, members_of
from egov_infra.cloud.session import in_process
from tests.cloud import lifecycles
from tests.cloud.lifecycle import LifeCycle, World

LIFE_CYCLES: list[LifeCycle] = [
    cycle
    for item in pkgutil.iter_modules(lifecycles.__path__)
    for cycle in importlib.import_module(f"{lifecycles.__name__}.{item.name}").LIFE_CYCLES
]
PAIRS = [
    (parent, adapter.type, members) for parent in live_types() for adapter, members in members_of(parent)
]


@dataclass(frozen=True)
class Witness(World):
    """A world that remembers what was made in it."""

    made: list[tuple[str, str]] = field(default_factory=list)

    def make(self, token: str, **inputs: Any) -> str:
        """Something that a type needs to be there; gives its id."""
        identifier = super().make(token, **inputs)
        self.made.append((token, identifier))
        return identifier


@pytest.fixture
def world() -> Iterator[Witness]:
    """An empty cloud inside this process."""
    with in_process() as cloud:
        yield Witness(cloud)


@pytest.mark.parametrize(
    ("parent", "token", "members"),
    PAIRS,
    ids=lambda item: "" if isinstance(item, Members) else item.rpartition(":")[2],
)
def test_finds_all_that_belongs_to_a_resource(
    parent: str, token: str, members: Members, world: Witness
) -> None:
    """Whatever is made is found by its adapter's id, and nothing else; once deleted, it is not there."""
    handle = world.handle(token)
    inputs = next(cycle.inputs(world) for cycle in LIFE_CYCLES if cycle.type == token)
    owners = [identifier for kind, identifier in world.made if kind == parent]

    def found() -> list[str]:
        listed: list[str] = []
        for owner in owners:
            live = world.handle(parent).read(owner, {}, "parent")
            assert live is not None
            listed += world.handle(parent).members(owner, live, members, "parent")
        return [one for one in listed if handle.read(one, {}, "it") is not None]

    before = found()
    identifier = handle.create(inputs, "it").id
    assert sorted(set(found()) - set(before)) == [identifier]
    handle.delete(identifier, inputs, "it")
    assert found() == before


@pytest.mark.parametrize("token", live_types())
def test_every_list_is_read_whole(token: str) -> None:
    """A read that AWS gives in pages says so, or names the one thing that it asks for."""
    adapter = adapter_of(token)
    assert adapter is not None
    calls = [
        *adapter.reads,
        *filter(None, [adapter.listing]),
        *filter(None, [m.call for m in adapter.members]),
    ]
    with in_process() as cloud:
        world = World(cloud)
        for call in calls:
            service, _, operation = call.operation.rpartition(".")
            is_narrow = call in adapter.reads and "{" in str(call.params)
            if world.client(service or adapter.service).can_paginate(operation):
                assert call.is_paged or is_narrow, call.operation
