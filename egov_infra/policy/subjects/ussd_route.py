"""`ussd_route`: a place of an institution in the menu behind a USSD code."""

from __future__ import annotations

from collections.abc import Iterator

from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.frozen import frozen

_GSM7 = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
"""The default alphabet (3GPP TS 23.038, section 6.2.1), without the extension table, whose characters count twice."""


@frozen
class UssdRoute:
    """A menu entry, and what answers it."""

    code: str
    """The code that people dial, such as *152*00#."""
    path: tuple[int, ...]
    """Choices that lead here."""
    label_sw: str
    """What the menu shows in Swahili."""
    label_en: str
    """What the menu shows in English."""
    is_gsm7: bool
    """Whether both labels are of the default alphabet: other characters halve the screen."""
    target: str
    """Name of the target that answers."""
    timeout_seconds: int | None
    """How long the target may take; absent if nobody said."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each menu entry of the institution."""
    gateway = planned.loaded.institution.gateway
    if gateway is None:
        return
    for index, route in enumerate(gateway.ussd):
        label = route.label
        facts = UssdRoute(
            code=route.code,
            path=tuple(route.path),
            label_sw=label.sw,
            label_en=label.en,
            is_gsm7=_GSM7.issuperset(label.sw + label.en),
            target=route.target,
            timeout_seconds=gateway.targets[route.target].timeout_seconds,
        )
        key = f"gateway/ussd/{route.code}/{'/'.join(map(str, route.path))}"
        yield Subject(facts, key, ("gateway", "ussd", index))


KIND: Kind = model_kind("ussd_route", UssdRoute, find)
