"""The formats of `report/format/`, by scanning: adding one is adding a module there."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from egov_infra.report import format as package

if TYPE_CHECKING:  # a name is looked up before anything is judged: what that takes is loaded for each start
    from egov_infra.report.outcome import Outcome, Unread


@dataclass(frozen=True, slots=True)
class Format:
    """How an outcome is written: as pieces of text, so that a large one need not be held."""

    render: Callable[[Outcome], Iterable[str]]
    render_unread: Callable[[Unread], Iterable[str]]
    """The same of a check that could not begin."""
    wants_evaluations: bool = False
    """Whether it tells of subjects that have no finding, too."""
    wants_plans: bool = False
    """Whether it tells what a change plans otherwise."""


def format_names() -> tuple[str, ...]:
    """Names of the formats, sorted."""
    return tuple(sorted(module.name.replace("_", "-") for module in pkgutil.iter_modules(package.__path__)))


def format_of(name: str) -> Format:
    """The format of a name that is one of `format_names`."""
    found: Format = importlib.import_module(f"{package.__name__}.{name.replace('-', '_')}").FORMAT
    return found
