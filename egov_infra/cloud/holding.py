"""What an account may hold although nobody declared it, as data over boto3: a record for each kind.

A record names the call that lists the kind, and what makes one of them worth listing. What AWS makes itself in every
account, such as the default network, is left out.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from egov_infra.cloud import template
from egov_infra.cloud.adapter import Call
from egov_infra.cloud.calling import call

if TYPE_CHECKING:
    from egov_infra.cloud.session import Cloud

GLOBAL_REGION = "us-east-1"
"""Where services answer that have no regions."""


@dataclass(frozen=True, slots=True)
class Holding:
    """A kind of thing that an account may hold."""

    name: str
    """What people call it: `bucket`."""
    service: str
    listing: Call
    """`{account}` stands for the account; its `at` gives rows with `id`, perhaps `name`, and what else is asked below."""
    why: str
    """What makes it worth listing, in a few words."""
    types: tuple[str, ...] = ()
    """AWS types that declare it, with the same id."""
    id: str = ""
    """How these types spell the id, where the call spells it otherwise: `{tail}` is what follows its last `/`."""
    is_global: bool = False
    """Whether one region answers for all."""
    detail: Call | None = None
    """Asked about each undeclared one; placeholders stand for values of its row, and its `at` gives further ones."""
    is_worth: Callable[[Mapping[str, Any]], bool] | None = None
    """Whether one is worth listing, by its row, which has its `account` too; all are, without it."""


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that an account holds."""

    id: str
    name: str


def find(
    cloud: Cloud, holding: Holding, account: str, region: str, is_declared: Callable[[str], bool]
) -> tuple[Found, ...]:
    """What an account holds of a kind in a region and nobody declared, sorted. Raises CloudError."""
    client = cloud.client(holding.service, account, region)
    label = f"in account {account}, {region}"

    def ask(wanted: Call, scope: Mapping[str, Any]) -> Any:
        params = template.resolved(dict(wanted.params), scope)
        answer = call(client, wanted.operation, params, holding.name, label, is_paged=wanted.is_paged)
        return template.at(answer, wanted.at, scope)

    found = []
    for listed in ask(holding.listing, {"account": account}) or ():
        row = {**listed, "account": account}
        if holding.id:
            tail = row["id"].rpartition("/")[2]
            row["id"] = template.text(holding.id, {"account": account, "region": region, "tail": tail})
        if is_declared(row["id"]):
            continue
        if holding.detail is not None:
            row |= ask(holding.detail, row) or {}
        if holding.is_worth is None or holding.is_worth(row):
            found.append(Found(row["id"], str(row.get("name") or "")))
    return tuple(sorted(found, key=lambda item: item.id))


def lets_everyone_in(policy: Any) -> bool:
    """Whether a statement of a policy, as text or as data, allows everyone without a condition."""
    return any(
        statement.get("Effect") == "Allow"
        and not statement.get("Condition")
        and "*" in principals(statement).get("AWS", ())
        for statement in statements(policy)
    )


def statements(policy: Any) -> list[Mapping[str, Any]]:
    """The statements of a policy, as text or as data."""
    document = json.loads(policy) if isinstance(policy, str) and policy else policy
    found = document.get("Statement", []) if isinstance(document, Mapping) else []
    return found if isinstance(found, list) else [found]


def principals(statement: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Kind of principal to those that a statement names; everyone is `*` of AWS."""
    named = statement.get("Principal") or {}
    if isinstance(named, str):
        return {"AWS": [named]}
    return {kind: value if isinstance(value, list) else [value] for kind, value in named.items()}
