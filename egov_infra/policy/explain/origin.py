"""Where values were written: a value comes from what changes it.

What a rule reads is mostly not what somebody wrote but follows from it: the policy that receivers apply from three tags, the
settings of a bucket from a class of data. So each value of the files is changed, the institution is planned again, and what
the rule reads is compared. Many are changed at a time, and halves of them only where that made a difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

from egov_infra.policy.explain.alternative import alternatives
from egov_infra.policy.explain.scene import File, Scene, Spot
from egov_infra.policy.expression.compile import Frame
from egov_infra.policy.rule import Rule

Read: TypeAlias = Callable[[Rule, Frame], Mapping[str, str]]
"""Gives the leaves of a rule's formula with what stands in them."""


@dataclass(frozen=True, slots=True)
class Origin:
    """A value of a file that a leaf follows from."""

    spot: Spot
    value: Any
    is_written: bool
    """Whether somebody wrote it; else it is a default."""


def find_origins(scene: Scene, read: Read, now: Mapping[str, str]) -> Mapping[str, tuple[Origin, ...]]:
    """Leaves to what they follow from, in the order of the files. `now` is what stands in them as things are."""
    found: defaultdict[str, list[Origin]] = defaultdict(list)
    for file, data in scene.written.items():
        changes = [
            (spot, value, other)
            for spot, value in scalars(file, data)
            for other in alternatives(file, data, spot.path)[:1]
        ]
        for spot, value, leaves in _search(scene, read, now, changes):
            for leaf in leaves:
                found[leaf].append(Origin(spot, value, scene.is_written(spot)))
    return {leaf: tuple(origins) for leaf, origins in found.items()}


def scalars(file: File, data: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[Spot, Any]]:
    """Every value of a file that is neither mapping nor list, and that is there."""
    if isinstance(data, Mapping):
        for key, item in data.items():
            yield from scalars(file, item, (*path, key))
    elif isinstance(data, tuple | list):
        for number, item in enumerate(data):
            yield from scalars(file, item, (*path, number))
    elif data is not None:
        yield Spot(file, path), data


_Change: TypeAlias = tuple[Spot, Any, Any]


def _search(
    scene: Scene, read: Read, now: Mapping[str, str], changes: Sequence[_Change]
) -> Iterator[tuple[Spot, Any, Sequence[str]]]:
    """Those of the changes that change a leaf, with the leaves."""
    if not changes:
        return
    seen = scene.see(read, {spot: other for spot, _, other in changes})
    different = [leaf for leaf in now if seen is not None and seen.asked.get(leaf) != now[leaf]]
    if seen is not None and not different:
        return
    if len(changes) > 1:
        middle = len(changes) // 2
        yield from _search(scene, read, now, changes[:middle])
        yield from _search(scene, read, now, changes[middle:])
    elif seen is not None:
        yield changes[0][0], changes[0][1], different
