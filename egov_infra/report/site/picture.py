"""Planned resources as a picture: a stack is a box, a service a box within it, a resource a tile."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from egov_infra.plan.outline import stack_references
from egov_infra.plan.resource import PlannedResource, StackPlan

TILE, GAP, ACROSS = 10, 3, 12
"""Side of a tile, space between two, and tiles in a row."""


@dataclass(frozen=True, slots=True)
class Tile:
    """A resource. `holds_data`: it is protected, since it holds what cannot be made again."""

    kind: str
    name: str
    holds_data: bool


@dataclass(frozen=True, slots=True)
class Service:
    """The resources of one AWS service."""

    name: str
    tiles: tuple[Tile, ...]

    @property
    def width(self) -> int:
        """Width of the picture."""
        return min(len(self.tiles), ACROSS) * (TILE + GAP) - GAP

    @property
    def height(self) -> int:
        """Height of the picture."""
        return -(-len(self.tiles) // ACROSS) * (TILE + GAP) - GAP

    def placed(self) -> Iterator[tuple[int, int, Tile]]:
        """Where each tile stands: from the left, from the top, the tile."""
        for number, tile in enumerate(self.tiles):
            row, column = divmod(number, ACROSS)
            yield column * (TILE + GAP), row * (TILE + GAP), tile


@dataclass(frozen=True, slots=True)
class Box:
    """A stack."""

    name: str
    account: str
    region: str
    services: tuple[Service, ...]
    """In the order of their names."""
    reads: tuple[str, ...]
    """Other stacks that it reads."""

    @property
    def count(self) -> int:
        """Resources in it."""
        return sum(len(service.tiles) for service in self.services)


def draw_stack(plan: StackPlan) -> Box:
    """A planned stack as a box."""
    services: dict[str, list[Tile]] = {}
    for resource in plan.resources:
        service, kind = _kind(resource)
        services.setdefault(service, []).append(Tile(kind, resource.name, resource.options.protect))
    return Box(
        plan.name,
        plan.account,
        plan.region,
        tuple(
            Service(name, tuple(sorted(tiles, key=lambda tile: (tile.kind, tile.name))))
            for name, tiles in sorted(services.items())
        ),
        tuple(sorted({reference.stack for reference in stack_references(plan)})),
    )


def _kind(resource: PlannedResource) -> tuple[str, str]:
    """Service and kind of `aws:s3/bucket:Bucket`: s3, Bucket."""
    _, module, kind = resource.type.split(":")
    return module.partition("/")[0], kind
