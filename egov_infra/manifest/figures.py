"""The figures of a reporting period, counted from manifests and from nothing else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.source.frozen import frozen

SYSTEMS = ("data_centre", "gms", "e_office", "gmp", "training", "advice", "helpdesk")
YEARLY = frozenset(("training", "advice"))
"""What is given anew in each period: it has no total over the periods."""


@frozen
class Figure:
    """A system's institutions: all up to the end of the period, and those that are new in it."""

    institutions: tuple[str, ...] = ()
    added: tuple[str, ...] = ()


@frozen
class Built:
    """An application that was built in the period."""

    institution: str
    blueprint: str
    name: str


@frozen
class Figures:
    """What the manifests say of a period."""

    period: str
    institutions: int
    systems: Mapping[str, Figure]
    applications: tuple[Built, ...]


def count(institutions: Iterable[Institution], period: str) -> Figures:
    """Count enrolments up to the end of a period such as `2019/2020`; training and advice count those of it only."""
    total: dict[str, list[str]] = {system: [] for system in SYSTEMS}
    added: dict[str, list[str]] = {system: [] for system in SYSTEMS}
    built: list[Built] = []
    number = 0
    for institution in institutions:
        number += 1
        for system, since in enrolments(institution, period):
            if since <= period:  # `YYYY/YYYY` sorts as text
                total[system].append(institution.slug)
            if since == period:
                added[system].append(institution.slug)
        built += [
            Built(institution.slug, application.blueprint, application.name)
            for application in institution.services.applications
            if application.since == period
        ]
    systems = {system: Figure(tuple(total[system]), tuple(added[system])) for system in SYSTEMS}
    return Figures(period, number, systems, tuple(built))


def count_staff(estate: Estate, period: str) -> Mapping[str, int]:
    """Members of staff who attended a course in a period, by its kind: `professional`, `long_term`."""
    kinds = [{course.kind for course in member.courses if course.period == period} for member in estate.staff]
    return {
        kind.replace("-", "_"): sum(kind in found for found in kinds)
        for kind in ("professional", "long-term")
    }


def enrolments(institution: Institution, period: str) -> Iterator[tuple[str, str]]:
    """Each system of an institution, with the period of its enrolment; training and advice of this period only."""
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
