"""`route_target`: where an institution's messages and requests go."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.frozen import frozen


@frozen
class RouteTarget:
    """A target, and who leads to it."""

    name: str
    """Its name in the manifest."""
    kind: Literal["webhook", "queue", "https", "helpdesk"]
    """How it is reached."""
    host: str | None
    """Host of its address; absent for a queue and the helpdesk."""
    port: int | None
    """Port of its address, if it is written."""
    own_domains: tuple[str, ...]
    """The institution's domains."""
    timeout_seconds: int | None
    """How long it may take; absent if nobody said."""
    secret: str | None
    """Name of the secret that the gateway sends along; absent without one."""
    routes: tuple[str, ...]
    """Kinds of the routes that lead here: sms, ussd, http."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each target of the institution."""
    institution = planned.loaded.institution
    gateway = institution.gateway
    if gateway is None:
        return
    domains = tuple(domain.name for domain in institution.domains)
    routes = [
        *((route.target, "sms") for route in gateway.sms),
        *((route.target, "ussd") for route in gateway.ussd),
        *((route.target, "http") for route in gateway.http),
    ]
    for name, target in gateway.targets.items():
        url = urlsplit(target.url) if target.url else None
        facts = RouteTarget(
            name=name,
            kind=target.kind,
            host=url.hostname if url else None,
            port=url.port if url else None,
            own_domains=domains,
            timeout_seconds=target.timeout_seconds,
            secret=target.secret.name if target.secret else None,
            routes=tuple(sorted({kind for leads_to, kind in routes if leads_to == name})),
        )
        yield Subject(facts, f"gateway/targets/{name}", ("gateway", "targets", name))


KIND: Kind = model_kind("route_target", RouteTarget, find)
