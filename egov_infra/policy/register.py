"""The register of waivers: each with where it stands today, as far as that can be said without judging."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from egov_infra.manifest.fault import Fault
from egov_infra.policy.finding import Severity
from egov_infra.policy.rule import Rule
from egov_infra.policy.waiver import Register, Waiver
from egov_infra.policy.waiver_fault import Terms
from egov_infra.policy.waiving import known_faults
from egov_infra.source.diagnostic import Place
from egov_infra.source.frozen import frozen

WaiverState: TypeAlias = Literal["in-force", "ending", "expired", "faulty", "waiting"]
WAIVER_STATES: tuple[WaiverState, ...] = get_args(WaiverState)


@frozen
class Registered:
    """A waiver as it stands today."""

    waiver: Waiver
    place: Place
    rule: Rule | None
    """None if it runs not in this profile, or is none."""
    state: WaiverState
    """in-force; ending: so soon that it warns; expired; faulty: wrong in another way; waiting: the profile leaves its rule out."""
    days_left: int
    """Days after today on which it still holds; negative if it expired."""
    faults: tuple[Fault, ...]

    @property
    def severity(self) -> Severity | None:
        """That of its rule, if it runs."""
        return self.rule.metadata.severity if self.rule else None


def registered(register: Register, terms: Terms) -> tuple[Registered, ...]:
    """Every waiver: what ends first comes first."""
    known = known_faults(register, terms)
    rows = [_row(register, number, terms, faults) for number, faults in enumerate(known)]
    return tuple(sorted(rows, key=lambda row: (row.waiver.expires_on, row.place)))


def _row(register: Register, number: int, terms: Terms, faults: tuple[Fault, ...]) -> Registered:
    waiver = register.waivers[number]
    days_left = waiver.days_left(terms.today)
    return Registered(
        waiver,
        register.place(number),
        terms.rules.get(waiver.rule),
        _state(waiver, terms, faults, days_left),
        days_left,
        faults,
    )


def _state(waiver: Waiver, terms: Terms, faults: tuple[Fault, ...], days_left: int) -> WaiverState:
    if terms.waits(waiver):
        return "waiting"
    if days_left < 0:
        return "expired"
    if faults:
        return "faulty"
    return "ending" if days_left <= terms.limits.warn_days else "in-force"
