"""What the life-cycle test needs to know of a type: how to make it, change it, and meddle with it from outside."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.cloud.handle import Handle
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
    change: Mapping[str, Any] | Callable[[World], Mapping[str, Any]] | None
    """Or a function that makes what the change needs; None where the type has nothing to update."""
    meddle: Callable[[World, str, Mapping[str, Any]], object]
    """Somebody changes or removes it behind our back."""
    seen_in: str
    """Path of the property in which that shows; empty if the resource is gone."""
    case: str = ""
    """Tells two life cycles of one type apart."""

    def changes(self, world: World) -> Mapping[str, Any]:
        """What is changed; empty if nothing can be."""
        return self.change(world) if callable(self.change) else self.change or {}

    @property
    def label(self) -> str:
        """The type and the case."""
        return f"{self.type} {self.case}".strip()


def call(service: str, operation: str, /, **params: Any) -> Callable[[World, str, Mapping[str, Any]], object]:
    """Meddling by one call. In text, `{id}` stands for the id, `{name}` for an input."""

    def meddle(world: World, identifier: str, inputs: Mapping[str, Any]) -> object:
        return getattr(world.client(service), operation)(**_filled(params, {**inputs, "id": identifier}))

    return meddle


def _filled(value: Any, words: Mapping[str, Any]) -> Any:
    if isinstance(value, str):
        return value.format(**words) if "{" in value and not value.startswith(('{"', "[{")) else value
    if isinstance(value, Mapping):
        return {key: _filled(item, words) for key, item in value.items()}
    if isinstance(value, list):
        return [_filled(item, words) for item in value]
    return value


def given(**inputs: Any) -> Callable[[World], Mapping[str, Any]]:
    """Inputs that need nothing to be there."""
    return lambda _world: inputs


def document(action: str, **more: Any) -> str:
    """A policy document that allows the account one action."""
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
        "Action": action,
        "Resource": "*",
        **more,
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
