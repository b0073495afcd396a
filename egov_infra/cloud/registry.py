"""Finds the adapter of an AWS type, and what an account may hold, by scanning `cloud/adapters/` and `cloud/holdings/`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from egov_infra.cloud import adapters, holdings
from egov_infra.cloud.adapter import Adapter, Members
from egov_infra.cloud.holding import Holding
from egov_infra.cloud.recorded import RECORDED_ONLY, RecordedOnly


@cache
def _found() -> Mapping[str, Adapter]:
    found: dict[str, Adapter] = {}
    for module in pkgutil.iter_modules(adapters.__path__):
        for adapter in importlib.import_module(f"{adapters.__name__}.{module.name}").ADAPTERS:
            found[adapter.type] = adapter
    return found


def adapter_of(token: str) -> Adapter | None:
    """The adapter of a type, or None."""
    return _found().get(token)


@cache
def all_holdings() -> tuple[Holding, ...]:
    """Every kind of thing that an account may hold: the `HOLDINGS` of `cloud/holdings/`, in the order of its modules."""
    modules = sorted(module.name for module in pkgutil.iter_modules(holdings.__path__))
    return tuple(
        holding
        for name in modules
        for holding in importlib.import_module(f"{holdings.__name__}.{name}").HOLDINGS
    )


@cache
def members_of(token: str) -> tuple[tuple[Adapter, Members], ...]:
    """The adapters of what can belong to a resource of a type, each with how it is found, sorted by their type."""
    return tuple(
        (adapter, members)
        for _, adapter in sorted(_found().items())
        for members in adapter.members
        if members.of == token
    )


def live_types() -> tuple[str, ...]:
    """Every type that has an adapter, sorted."""
    return tuple(sorted(_found()))


def recorded_only(token: str) -> RecordedOnly | None:
    """Why a type is recorded only, or None if it is not."""
    return RECORDED_ONLY.get(token)
