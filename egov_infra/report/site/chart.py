"""What charts show, and where their columns stand. A chart is drawn by its template, as SVG in the page."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from egov_infra.manifest.figures import Figures
from egov_infra.model.institution import Identity

ENROLLED = ("gms", "helpdesk", "gmp", "e_office", "data_centre")
"""Systems in which an institution stays, the largest first."""
COLUMN, SPACE, HEIGHT = 24, 8, 120
"""Width of a column, space between two, and height of the highest."""


@dataclass(frozen=True, slots=True)
class Share:
    """How many of how many."""

    part: int
    whole: int

    @property
    def percent(self) -> int:
        """In whole percent, rounded half up; something is never nothing, and not all is never all."""
        if not self.part or not self.whole:
            return 0
        rounded = (200 * self.part + self.whole) // (2 * self.whole)
        return min(max(rounded, 1), 100 if self.part == self.whole else 99)


@dataclass(frozen=True, slots=True)
class Row:
    """A group of institutions with its share in each system."""

    name: str
    whole: int
    shares: Mapping[str, Share]


@dataclass(frozen=True, slots=True)
class Column:
    """A period in a system's growth; `y` and heights in units of the picture, from the top."""

    period: str
    x: int
    total: int
    added: int
    y: int
    height: int
    added_height: int
    """Of the upper part: those that are new in the period."""


def rows(
    identities: Iterable[Identity], figures: Figures, group: Callable[[Identity], str]
) -> tuple[Row, ...]:
    """Shares of each group of institutions, in the order of the groups' names; the group without a name comes last."""
    members: dict[str, set[str]] = {}
    for identity in identities:
        members.setdefault(group(identity), set()).add(identity.slug)
    enrolled = {system: set(figures.systems[system].institutions) for system in ENROLLED}
    return tuple(
        Row(
            name,
            len(slugs),
            {system: Share(len(slugs & enrolled[system]), len(slugs)) for system in ENROLLED},
        )
        for name, slugs in sorted(members.items(), key=lambda item: (not item[0], item[0]))
    )


@dataclass(frozen=True, slots=True)
class Growth:
    """A system's growth over the periods, as columns."""

    columns: tuple[Column, ...]
    column: int = COLUMN
    step: int = COLUMN + SPACE
    height: int = HEIGHT

    @property
    def width(self) -> int:
        """Of the picture."""
        return len(self.columns) * self.step


def growth(figures: Mapping[str, Figures], system: str) -> Growth:
    """A column for each period; the highest reaches the top."""
    systems = {period: found.systems[system] for period, found in sorted(figures.items())}
    top = max((len(figure.institutions) for figure in systems.values()), default=0) or 1
    columns = []
    for number, (period, figure) in enumerate(systems.items()):
        total, added = len(figure.institutions), len(figure.added)
        height, added_height = HEIGHT * total // top, HEIGHT * added // top
        x = number * (COLUMN + SPACE)
        columns.append(Column(period, x, total, added, HEIGHT - height, height, added_height))
    return Growth(tuple(columns))
