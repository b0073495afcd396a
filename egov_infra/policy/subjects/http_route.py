"""`http_route`: a path of an institution on the gateway's host."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Literal

from egov_infra.policy.subject import Kind, Planned, Subject, model_kind
from egov_infra.source.frozen import frozen

_PARAMETER = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@frozen
class HttpRoute:
    """A path, and who may call it how often."""

    path: str
    """Path template below the institution's base path, such as /v1/engineers/{number}."""
    parameters: tuple[str, ...]
    """Names of the path's parameters; paths stand in logs."""
    methods: tuple[str, ...]
    """Methods that it takes, such as GET."""
    auth: Literal["jwt", "none"]
    """How callers prove who they are."""
    rate_per_second: int
    """Calls a second that it takes for long."""
    burst: int
    """Calls that it takes at once."""
    retire_on: datetime.date
    """Day on which it is taken away."""
    target: str
    """Name of the target that answers."""


def find(planned: Planned) -> Iterator[Subject]:
    """Each HTTP route of the institution."""
    gateway = planned.loaded.institution.gateway
    for index, route in enumerate(gateway.http if gateway else ()):
        facts = HttpRoute(
            route.path,
            tuple(_PARAMETER.findall(route.path)),
            tuple(route.methods),
            route.auth,
            route.rate_per_second,
            route.burst,
            route.retire_on,
            route.target,
        )
        yield Subject(facts, f"gateway/http{route.path}", ("gateway", "http", index))


KIND: Kind = model_kind("http_route", HttpRoute, find)
