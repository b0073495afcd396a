"""`sender_id`: the name that subscribers see as the sender of an institution's messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.frozen import frozen


@frozen
class SenderId:
    """A sender ID, and where it is approved."""

    text: str
    """What recipients see as the sender."""
    message_class: Literal["emergency", "otp", "transactional", "service", "promotional"]
    """What is sent under this name: `class` in the manifest."""
    approved_operators: tuple[str, ...]
    """Operators whose approval has a date that has come."""
    unapproved_operators: tuple[str, ...]
    """The estate's other operators, which drop messages of this sender."""
    promotional_from_hour: int
    """First hour of the day in which the estate lets promotional messages out."""
    promotional_until_hour: int
    """Hour at which it stops."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each sender ID of the institution."""
    gateway = planned.loaded.institution.gateway
    platform = planned.context.estate.gateway
    begin, end = (int(time.partition(":")[0]) for time in platform.promotional_hours.split("-"))
    late = any(int(time.partition(":")[2]) for time in platform.promotional_hours.split("-")[1:])
    for index, sender in enumerate(gateway.sender_ids if gateway else ()):
        approved = sorted(name for name, day in sender.approved.items() if day <= planned.context.today)
        facts = SenderId(
            text=sender.text,
            message_class=sender.class_,
            approved_operators=tuple(approved),
            unapproved_operators=tuple(sorted(set(platform.operators) - set(approved))),
            promotional_from_hour=begin,
            promotional_until_hour=end + late,
        )
        yield Subject(facts, f"gateway/sender_ids/{sender.text}", ("gateway", "sender_ids", index))


KIND: Kind = model_kind("sender_id", SenderId, find)
