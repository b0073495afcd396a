"""What an explicit provider says of itself: the one account and the region in which its resources live."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_KEYS = ("allowedAccountIds", "region")
CLOUD_KEY = "egovCloudId"
"""Noted among a provider's inputs: the id of the rehearsal cloud that a state speaks of. Nobody declares it."""
REFRESHED = "EGOV_INFRA_REFRESHED"
"""Environment variable: set where the state is read back in the same run, so that it speaks of this cloud from now on."""


class ConfigurationError(Exception):
    """A provider's configuration does not say where. `faults` maps a property to what is wrong with it."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {fault}" for name, fault in faults.items()))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Configuration:
    """Where the resources of a provider live, unless one names a region of its own."""

    account: str
    region: str

    @classmethod
    def of(cls, inputs: Mapping[str, Any]) -> Configuration:
        """The configuration that Pulumi sends, in which nested values are JSON text. Raises ConfigurationError."""
        accounts, region = (_opened(inputs.get(key)) for key in _KEYS)
        faults = {}
        if not (isinstance(accounts, list) and len(accounts) == 1 and str(accounts[0]).isdigit()):
            faults["allowedAccountIds"] = "a provider of the rehearsal cloud serves one account: name it here"
        if not (isinstance(region, str) and region):
            faults["region"] = "a provider of the rehearsal cloud serves one region: name it here"
        if faults:
            raise ConfigurationError(faults)
        return cls(str(accounts[0]), region)


def cloud_noted(old: Mapping[str, Any], cloud_id: str) -> str:
    """The cloud that the state speaks of: still the old one, until what it recorded was read back from this one."""
    return cloud_id if REFRESHED in os.environ else str(old.get(CLOUD_KEY) or cloud_id)


def moved(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[str, ...]:
    """Properties of a provider whose change moves all of its resources elsewhere."""
    return tuple(key for key in _KEYS if _opened(old.get(key)) != _opened(new.get(key)))


def _opened(value: Any) -> Any:
    if isinstance(value, str) and value[:1] == "[":
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value
