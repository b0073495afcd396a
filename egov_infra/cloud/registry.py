"""Finds the adapter of an AWS type: every `ADAPTERS` of `cloud/adapters/`, found by scanning the folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache

from egov_infra.cloud import adapters
from egov_infra.cloud.adapter import Adapter
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


def live_types() -> tuple[str, ...]:
    """Every type that has an adapter, sorted."""
    return tuple(sorted(_found()))


def recorded_only(token: str) -> RecordedOnly | None:
    """Why a type is recorded only, or None if it is not."""
    return RECORDED_ONLY.get(token)
