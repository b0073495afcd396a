"""How far a run is: a bar on a terminal, a line for each change elsewhere; never both."""

from __future__ import annotations

import os
import sys
import threading
from collections import Counter
from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Protocol

from egov_infra.cli.options import say

if TYPE_CHECKING:
    from types import TracebackType

    from egov_infra.engine.preview import Action, Preview

_SAME = "unchanged"
_SHOWN_STACKS = 4


class Progress(Protocol):
    """Told what happens, from any thread."""

    def step(self, stack: str, action: Action, token: str, name: str) -> None:
        """A resource is done."""

    def stack(self, name: str, is_under_way: bool) -> None:
        """A stack begins, or has ended."""


class Lines:
    """A line for each resource that changed."""

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to end."""

    def step(self, stack: str, action: Action, _token: str, name: str) -> None:
        """Say what changed."""
        if action != _SAME:
            say(f"  {action} {stack} {name}")

    def stack(self, _name: str, _is_under_way: bool) -> None:
        """Each line names its stack."""


class Bar:
    """Resources done of all that are planned, the time left, and the stacks that are under way."""

    def __init__(self, totals: dict[str, int]) -> None:
        """`totals` is the number of steps of each stack."""
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            MofNCompleteColumn,
            Progress,
            SpinnerColumn,
            TextColumn,
            TimeRemainingColumn,
        )

        self._totals = totals
        self._lock = threading.Lock()
        self._done: Counter[str] = Counter()
        self._under_way: dict[str, None] = {}
        self._shown = Progress(
            SpinnerColumn(),
            MofNCompleteColumn(),
            BarColumn(),
            TimeRemainingColumn(),
            TextColumn("{task.fields[stacks]}", markup=False),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._shown.add_task("", total=sum(totals.values()), stacks="")

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._shown.stop()

    def step(self, stack: str, _action: Action, _token: str, _name: str) -> None:
        """Count it. What the plan did not foresee, such as the deletion of what an earlier run left, does not count."""
        with self._lock:
            self._done[stack] += 1
            self._show()

    def stack(self, name: str, is_under_way: bool) -> None:
        """Name it while it is under way."""
        with self._lock:
            if is_under_way:
                self._under_way[name] = None
            else:
                self._under_way.pop(name, None)
            self._show()
            self._shown.refresh()

    def _show(self) -> None:
        self._shown.start()  # as late as this: workers are forked while there is but one thread
        done = sum(min(number, self._totals.get(stack, 0)) for stack, number in self._done.items())
        more = len(self._under_way) - _SHOWN_STACKS
        names = ", ".join([*self._under_way][:_SHOWN_STACKS]) + (f" and {more} more" if more > 0 else "")
        self._shown.update(self._task, completed=done, stacks=names)


def progress(previews: Iterable[Preview]) -> AbstractContextManager[Progress]:
    """What suits where stderr goes to."""
    if sys.stderr.isatty() and "CI" not in os.environ and os.environ.get("TERM") != "dumb":
        return Bar({preview.stack: len(preview.steps) for preview in previews})
    return Lines()
