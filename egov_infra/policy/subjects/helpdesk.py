"""`helpdesk`: what an institution has at the helpdesk, beside its gateway and what is planned."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.plan.helpdesk.place import address
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.frozen import frozen

_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"
_AGE = "ApproximateAgeOfOldestMessage"


@frozen
class HelpdeskPlan:
    """What is planned for an institution at the helpdesk."""

    told_after_minutes: int | None
    """Age of an unread ticket at which the desk is told; absent where no alarm watches."""


@frozen
class Helpdesk:
    """An institution's service level, and its ways to the desk."""

    level: str
    """Name of the service level."""
    response_minutes: int
    """Until somebody answers."""
    resolution_minutes: int
    """Until it is solved."""
    address: str
    """Where its people write to."""
    has_gateway: bool
    """Whether it is on the mobile gateway."""
    status_keywords: tuple[str, ...]
    """Codes and keywords by which people ask how a ticket stands, such as `15200 ERBHALI`."""
    recovery_time_minutes: int | None
    """How soon its hosted systems must be back; absent without a tenancy."""
    plan: HelpdeskPlan | None
    """What is planned for it; absent where its stack is not judged."""


def find(planned: Planned) -> Iterator[Subject]:
    """The institution's helpdesk, if it has one."""
    institution, estate = planned.loaded.institution, planned.context.estate
    wanted, gateway, tenancy = institution.services.helpdesk, institution.gateway, institution.tenancy
    if wanted is None:
        return
    level = estate.helpdesk.service_levels[wanted.sla]
    stack = next((item for item in planned.stacks if item.name == f"{institution.slug}.helpdesk"), None)
    facts = Helpdesk(
        level=wanted.sla,
        response_minutes=level.response_minutes,
        resolution_minutes=level.resolution_minutes,
        address=address(estate, institution.slug),
        has_gateway=gateway is not None,
        status_keywords=tuple(
            f"{route.short_code} {route.keyword}"
            for route in (gateway.sms if gateway else ())
            if gateway is not None and gateway.targets[route.target].kind == "helpdesk"
        ),
        recovery_time_minutes=estate.tiers[tenancy.tier].recovery_time_minutes if tenancy else None,
        plan=HelpdeskPlan(_told_after(stack)) if stack else None,
    )
    yield Subject(facts, "services/helpdesk", ("services", "helpdesk"))


def _told_after(stack: StackPlan) -> int | None:
    """Minutes after which the first alarm on the age of a ticket tells somebody."""
    found = [
        threshold
        for item in stack.resources
        if item.type == _ALARM and item.inputs.get("metric_name") == _AGE and item.inputs.get("alarm_actions")
        if isinstance(threshold := item.inputs.get("threshold"), int | float)
    ]
    return int(min(found) // 60) if found else None


KIND: Kind = model_kind("helpdesk", Helpdesk, find)
