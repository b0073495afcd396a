"""What applications need of the environment in which they run: actions, endpoints, and services that use its key."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import field

from egov_infra.source.frozen import frozen


@frozen
class Needs:
    """Added up over the applications of an environment; an environment without any needs nothing."""

    actions: tuple[str, ...] = ()
    """What their roles do, which the account's permissions boundary must permit."""
    endpoints: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Services that they reach without the internet, and what goes through each endpoint."""
    key_users: tuple[str, ...] = ()
    """Services that encrypt with the environment's key."""
    key_makers: tuple[str, ...] = ()
    """Those of them for which whoever makes what they keep must use the key, and which hold it by grants."""


NOTHING = Needs()


def added_up(needs: Iterable[Needs]) -> Needs:
    """All needs together, in a stable order."""
    actions: set[str] = set()
    endpoints: dict[str, tuple[str, ...]] = {}
    users: set[str] = set()
    makers: set[str] = set()
    for one in needs:
        actions.update(one.actions)
        users.update(one.key_users)
        makers.update(one.key_makers)
        for service, wanted in one.endpoints.items():
            endpoints[service] = tuple(sorted({*endpoints.get(service, ()), *wanted}))
    return Needs(
        tuple(sorted(actions)), dict(sorted(endpoints.items())), tuple(sorted(users)), tuple(sorted(makers))
    )
