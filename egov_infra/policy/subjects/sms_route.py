"""`sms_route`: a keyword of an institution on a short code."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Literal

from egov_infra.model.value import keyword_normal_form
from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.frozen import frozen


@frozen
class SmsRoute:
    """A keyword, and the code that it stands on."""

    short_code: str
    """The code that people write to, such as 15200."""
    code_kind: Literal["shared", "dedicated"]
    """Whether others have keywords on the code, too."""
    code_holder: str
    """Slug of the institution that holds the code, or `platform`."""
    code_certified_on: datetime.date
    """Day of the regulator's certificate for the code."""
    code_operators: tuple[str, ...]
    """Operators that have opened the code."""
    keyword: str
    """The keyword as the manifest has it."""
    normal_form: str
    """The form in which keywords are compared."""
    match: Literal["first-word", "only-word"]
    """Where in the message the keyword stands."""
    is_reserved: bool
    """Whether the keyword belongs to nobody, such as STOP."""
    target: str
    """Name of the target that answers."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each keyword of the institution."""
    gateway = planned.loaded.institution.gateway
    platform = planned.context.estate.gateway
    codes = {code.number: code for code in platform.short_codes}
    reserved = frozenset(map(keyword_normal_form, platform.reserved_keywords))
    for index, route in enumerate(gateway.sms if gateway else ()):
        code, normal = codes[route.short_code], keyword_normal_form(route.keyword)
        facts = SmsRoute(
            short_code=route.short_code,
            code_kind=code.kind,
            code_holder=code.holder,
            code_certified_on=code.certified_on,
            code_operators=tuple(code.operators),
            keyword=route.keyword,
            normal_form=normal,
            match=route.match,
            is_reserved=normal in reserved,
            target=route.target,
        )
        yield Subject(facts, f"gateway/sms/{route.short_code}/{normal}", ("gateway", "sms", index, "keyword"))


KIND: Kind = model_kind("sms_route", SmsRoute, find)
