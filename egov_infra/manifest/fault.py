"""Something wrong with data, at a path: it becomes a diagnostic when the data came from a file."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from egov_infra.source.diagnostic import Diagnostic, Path, Place
from egov_infra.source.frozen import frozen


@frozen
class Fault:
    """Something wrong at a path of data. `is_key` means that the key there is wrong, not its value."""

    path: Path
    code: str
    message: str
    suggestion: str | None = None
    is_key: bool = False


class Placed(Protocol):
    """What knows where its values stand."""

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Where a value or its key stands."""


def diagnose(
    source: Placed, stages: Iterable[Iterable[Fault]], found: Iterable[Diagnostic] = ()
) -> list[Diagnostic]:
    """Faults as diagnostics, after those already found.

    A later stage says nothing of a place that an earlier one found wrong: one cause, one message.
    """
    diagnostics = list(found)
    for stage in stages:
        named = {item.place for item in diagnostics}
        for fault in stage:
            place = source.place(fault.path, key=fault.is_key)
            if place not in named:
                diagnostics.append(Diagnostic(place, fault.code, fault.message, fault.suggestion))
    return diagnostics


def dotted(path: Path) -> str:
    """A path as people write it: `tenancy.buckets[0].locked`."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return text.removeprefix(".")
