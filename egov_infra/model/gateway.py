"""Routes of an institution on the mobile gateway: SMS, USSD, HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from egov_infra.model.record import Record
from egov_infra.model.secret import SecretReference
from egov_infra.model.value import (
    Date,
    HttpPath,
    HttpsUrl,
    Keyword,
    Name,
    Period,
    SenderText,
    ShortCode,
    UssdCode,
)


class SenderId(Record):
    """The name that subscribers see as the sender of a text message."""

    text: SenderText
    """What subscribers see."""
    class_: Annotated[
        Literal["emergency", "otp", "transactional", "service", "promotional"], Field(alias="class")
    ]
    """Class of the messages."""
    approved: Mapping[Name, Date] = {}
    """Day of approval per operator."""


class SmsRoute(Record):
    """Messages to a short code whose first word is the keyword go to the target."""

    short_code: ShortCode
    """Code to which subscribers write."""
    keyword: Keyword
    """First word of the message."""
    match: Literal["first-word", "only-word"]
    """Whether anything may follow the keyword."""
    target: Name
    """A `webhook`, `queue` or `helpdesk` target of this manifest."""


class Label(Record):
    """A text in both languages."""

    sw: Annotated[str, Field(min_length=1)]
    """In Swahili."""
    en: Annotated[str, Field(min_length=1)]
    """In English."""


class UssdRoute(Record):
    """A place in the menu behind a USSD code."""

    code: UssdCode
    """Code that subscribers dial."""
    path: Annotated[tuple[Annotated[int, Field(ge=0, le=99)], ...], Field(min_length=1)]
    """Choices that lead here, from the first page on."""
    label: Label
    """What the menu shows."""
    target: Name
    """An `https` target of this manifest."""


class HttpRoute(Record):
    """A path of the institution on the gateway's host."""

    path: HttpPath
    """Path template, below the institution's base path."""
    methods: Annotated[
        tuple[Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"], ...], Field(min_length=1)
    ]
    """HTTP methods, each named."""
    auth: Literal["jwt", "none"]
    """How callers prove who they are; none is for public reads only."""
    rate_per_second: Annotated[int, Field(ge=1)]
    """Requests a second."""
    burst: Annotated[int, Field(ge=1)]
    """Requests at once."""
    target: Name
    """An `https` target of this manifest."""
    retire_on: Date
    """Day on which the route goes away."""


class Target(Record):
    """Where messages and requests go."""

    kind: Literal["webhook", "queue", "https", "helpdesk"]
    """A webhook is called from a queue, a queue is read by the institution, https answers at once, the helpdesk tells how a ticket stands."""
    url: HttpsUrl | None = None
    """Address; a queue and the helpdesk have none."""
    timeout_seconds: Annotated[int, Field(ge=1, le=29)] | None = None
    """How long an answer may take, in seconds: at most 5 for a webhook, 29 for https."""
    secret: SecretReference | None = None
    """Key that the gateway sends along."""


class Gateway(Record):
    """What the institution has on the mobile gateway."""

    since: Period
    """Reporting period of enrolment."""
    sender_ids: tuple[SenderId, ...] = ()
    """Sender IDs."""
    sms: tuple[SmsRoute, ...] = ()
    """Keyword routes."""
    ussd: tuple[UssdRoute, ...] = ()
    """Menu routes."""
    http: tuple[HttpRoute, ...] = ()
    """HTTP routes."""
    targets: Mapping[Name, Target] = {}
    """Targets by name."""
