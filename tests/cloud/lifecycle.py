"""What the life-cycle test needs to know of a type: how to make it, change it, and meddle with it from outside."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.cloud.adapter import Handle
from egov_infra.cloud.registry import adapter_of
from egov_infra.cloud.session import Cloud

ACCOUNT = "110000000002"
REGION = "af-south-1"
TAGS = {"institution": "erb", "owner": "erb"}


@dataclass(frozen=True)
class World:
    """A cloud, and the account and region in which a type lives."""

    cloud: Cloud
    account: str = ACCOUNT
    region: str = REGION

    def client(self, service: str) -> Any:
        """A client of somebody else in the same account."""
        return self.cloud.client(service, self.account, self.region)

    def handle(self, token: str) -> Handle:
        """The adapter of a type."""
        adapter = adapter_of(token)
        assert adapter is not None
        return Handle(
            adapter,
            lambda service, home: self.cloud.client(service, self.account, home or self.region),
            self.account,
            self.region,
        )

    def make(self, token: str, **inputs: Any) -> str:
        """Something that a type needs to be there; gives its id."""
        return self.handle(token).create(inputs, "needed").id


@dataclass(frozen=True)
class LifeCycle:
    """One type. `needs` makes what must be there and gives inputs; `change` is laid over them."""

    type: str
    inputs: Callable[[World], Mapping[str, Any]]
    change: Mapping[str, Any] | None
    """None where the type has nothing to update."""
    meddle: Callable[[World, str, Mapping[str, Any]], object]
    """Somebody changes or removes it behind our back."""
    seen_in: str
    """Property in which that shows; empty if the resource is gone."""
