"""`enrolment`: a system in which an institution takes part, beside what the authority did for it in that period."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal, TypeAlias, cast

from egov_infra.manifest.figures import YEARLY, enrolments
from egov_infra.plan.context import PlanContext
from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen

System: TypeAlias = Literal["data_centre", "gms", "e_office", "gmp", "helpdesk"]
_PATHS: Mapping[str, Path] = {
    "data_centre": ("tenancy", "since"),
    "gms": ("domains",),
    "e_office": ("services", "e_office", "since"),
    "gmp": ("gateway", "since"),
    "helpdesk": ("services", "helpdesk", "since"),
}


@frozen
class Enrolment:
    """A system, and since when."""

    system: System
    """The system."""
    since: str
    """Reporting period of enrolment."""
    is_new: bool
    """Whether that is the period in which today lies."""
    trained: tuple[str, ...]
    """Who was trained in that period: leaders, ict-managers, users."""
    is_advised: bool
    """Whether the institution was given advice in that period."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each system of the institution."""
    institution = planned.loaded.institution
    current, support = _period_of(planned.context), institution.support
    for system, since in enrolments(institution, current):
        if system in YEARLY:
            continue
        audiences = [training.audience for training in support.training if training.period == since]
        facts = Enrolment(
            system=cast("System", system),
            since=since,
            is_new=since == current,
            trained=tuple(sorted({person for audience in audiences for person in audience})),
            is_advised=any(advice.period == since for advice in support.advice),
        )
        yield Subject(facts, f"enrolments/{system}", _PATHS[system])


def _period_of(context: PlanContext) -> str:
    """The reporting period in which today lies; empty if the estate has none."""
    return next(
        (
            name
            for name, period in context.estate.periods.items()
            if period.begins_on <= context.today <= period.ends_on
        ),
        "",
    )


KIND: Kind = model_kind("enrolment", Enrolment, find)
