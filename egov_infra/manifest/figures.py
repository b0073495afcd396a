"""The figures of a period, counted from manifests and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from egov_infra.model.institution import Institution

SYSTEMS = ("data_centre", "gms", "e_office", "gmp", "training", "advice", "helpdesk")


@dataclass(frozen=True, slots=True)
class Figure:
    """A system's institutions: all, and those that are new in the period."""

    institutions: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures by system."""

    period: str
    institutions: int
    systems: dict[str, Figure] = field(default_factory=dict)


def count(institutions: Iterable[Institution], period: str) -> Figures:
    """Count enrolments; training and advice count those of the period only."""
    total: dict[str, list[str]] = {system: [] for system in SYSTEMS}
    added: dict[str, list[str]] = {system: [] for system in SYSTEMS}
    number = 0
    for institution in institutions:
        number += 1
        for system, since in _enrolments(institution, period):
            total[system].append(institution.slug)
            if since == period:
                added[system].append(institution.slug)
    systems = {system: Figure(tuple(total[system]), tuple(added[system])) for system in SYSTEMS}
    return Figures(period, number, systems)


def _enrolments(institution: Institution, period: str) -> Iterable[tuple[str, str]]:
    services, support = institution.services, institution.support
    if institution.tenancy is not None:
        yield "data_centre", institution.tenancy.since
    mail = [domain.mail.since for domain in institution.domains if domain.mail is not None]
    if mail:
        yield "gms", min(mail)
    if services.e_office is not None:
        yield "e_office", services.e_office.since
    if institution.gateway is not None:
        yield "gmp", institution.gateway.since
    if services.helpdesk is not None:
        yield "helpdesk", services.helpdesk.since
    if any(training.period == period for training in support.training):
        yield "training", period
    if any(advice.period == period for advice in support.advice):
        yield "advice", period
