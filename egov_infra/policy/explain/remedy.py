"""What would make a finding go away: single values of the files that were changed, planned and judged again."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from egov_infra.policy.explain.alternative import alternatives
from egov_infra.policy.explain.origin import Origin
from egov_infra.policy.explain.scene import Scene
from egov_infra.policy.finding import Verdict
from egov_infra.policy.reading import constants_of
from egov_infra.policy.rule import Rule

_MOST_TRIED = 24
"""Values that are tried in the place of one."""
_LONGEST_AHEAD_DAYS = 4000


@dataclass(frozen=True, slots=True)
class Remedy:
    """One value to write instead, with which the rule holds."""

    origin: Origin
    value: Any
    breaks: tuple[tuple[str, str], ...]
    """Rule and subject of what would fail then, and does not now."""


def find_remedies(scene: Scene, origins: Iterable[Origin], today: datetime.date) -> tuple[Remedy, ...]:
    """For each value that the rule's answer follows from, the nearest other one with which the rule holds."""
    wished = tuple(_wishes(scene.rule, today))
    now: frozenset[tuple[str, str]] | None = None
    found = []
    for origin in dict.fromkeys(origins):
        for value in _tried(scene, origin, wished):
            changes = {origin.spot: value}
            seen = scene.see(lambda _rule, _frame: None, changes)
            if seen is None or seen.verdict is not Verdict.PASS:
                continue
            now = scene.failing() if now is None else now
            then = scene.failing(changes)
            if now is not None and then is not None:
                found.append(Remedy(origin, value, tuple(sorted(then - now))))
                break
    return tuple(sorted(found, key=lambda remedy: len(remedy.breaks)))


def _tried(scene: Scene, origin: Origin, wished: Sequence[Any]) -> Sequence[Any]:
    """Other values, the nearest first where there is a distance."""
    spot = origin.spot
    found = alternatives(spot.file, scene.written[spot.file], spot.path, wished)
    if isinstance(origin.value, int | float | datetime.date) and not isinstance(origin.value, bool):
        found = sorted(
            (item for item in found if isinstance(item, type(origin.value))),
            key=lambda item: abs(item - origin.value),
        )
    return found[:_MOST_TRIED]


def _wishes(rule: Rule, today: datetime.date) -> Iterator[Any]:
    """Constants that the rule compares with, and those next to them; of numbers, days from today too."""
    constants = tuple(constants_of(rule))
    numbers = [value for value in constants if isinstance(value, int) and not isinstance(value, bool)]
    yield from (value for value in constants if value is not None and value not in numbers)
    for number in numbers:
        yield from (number, number + 1, number - 1)
        if abs(number) <= _LONGEST_AHEAD_DAYS:
            yield today + datetime.timedelta(days=number)
