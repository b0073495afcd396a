"""`ticketing`: an application that sells tickets, as the one who pays and the one who asks see it."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.model.applications.e_ticketing import ETicketing
from egov_infra.plan.applications.e_ticketing import BOOKINGS, PAYMENTS, RELEASES, SEEN
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.policy.subjects.hosted import Hosted, hosted_of
from egov_infra.source.frozen import frozen

_QUEUE = "aws:sqs/queue:Queue"


@frozen
class Ticketing:
    """An e-ticketing application."""

    name: str
    """Its name in the manifest."""
    keywords: tuple[str, ...]
    """Keywords of the institution's SMS routes."""
    status_keyword: str | None
    """The one that tells how a ticket stands; absent if any does."""
    release_minutes: int
    """How often seats that nobody has paid are given back."""
    queues: tuple[str, ...]
    """Queues of payments and releases that keep apart what cannot be delivered."""
    seen_payments: tuple[str, ...]
    """Tables of payments that were seen, whose items go by themselves."""
    bookings: tuple[str, ...]
    """Tables of bookings that can be restored to any minute, and whose items stay."""
    schedules: tuple[str, ...]
    """Schedules that run."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each e-ticketing application whose stack is planned."""
    institution = planned.loaded.institution
    stacks = {stack.name: stack for stack in planned.stacks}
    routes = institution.gateway.sms if institution.gateway else ()
    for index, application in enumerate(institution.services.applications):
        stack = stacks.get(f"{institution.slug}.app-{application.name}.{application.environment}")
        if not isinstance(application, ETicketing) or stack is None:
            continue
        hosted = hosted_of(stack)
        facts = Ticketing(
            name=application.name,
            keywords=tuple(route.keyword for route in routes),
            status_keyword=application.status_keyword,
            release_minutes=application.release_minutes,
            queues=tuple(_safe_queues(stack)),
            seen_payments=_tables(hosted, SEEN, expires=True),
            bookings=_tables(hosted, BOOKINGS, expires=False),
            schedules=hosted.schedules,
        )
        path = ("services", "applications", index, "status_keyword")
        yield Subject(facts, f"services/applications/{application.name}", path)


def _safe_queues(stack: StackPlan) -> Iterator[str]:
    queues: dict[str, PlannedResource] = {
        item.name: item
        for item in stack.resources
        if item.type == _QUEUE and item.inputs.get("redrive_policy")
    }
    for role in (PAYMENTS, RELEASES):
        yield from (role for name in queues if name.endswith(f"-{role}-queue"))


def _tables(hosted: Hosted, role: str, *, expires: bool) -> tuple[str, ...]:
    return tuple(
        table.name
        for table in hosted.tables
        if table.name.endswith(f"-{role}") and table.expires is expires and table.is_restorable
    )


KIND: Kind = model_kind("ticketing", Ticketing, find)
