"""What accounts hold that nobody declared."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor

from egov_infra.audit.known import Known
from egov_infra.audit.record import Undeclared, Unknown
from egov_infra.cloud.error import CloudError
from egov_infra.cloud.holding import GLOBAL_REGION, Found, Holding, find
from egov_infra.cloud.registry import all_holdings
from egov_infra.cloud.session import Cloud


def find_undeclared(
    cloud: Cloud, places: Iterable[tuple[str, str]], known: Known, pool: Executor
) -> tuple[tuple[Undeclared, ...], tuple[Unknown, ...]]:
    """What accounts hold and no stack has recorded, and what could not be asked; `places` are accounts with regions.

    Kinds without regions are asked once for each account, whatever its regions.
    """
    places = sorted(set(places))
    questions = [(place, holding) for place in places for holding in all_holdings() if not holding.is_global]
    accounts = sorted({account for account, _ in places})
    questions += [
        ((account, GLOBAL_REGION), holding)
        for account in accounts
        for holding in all_holdings()
        if holding.is_global
    ]

    def ask(question: tuple[tuple[str, str], Holding]) -> tuple[Found, ...] | CloudError:
        (account, region), holding = question
        where = None if holding.is_global else region

        def is_declared(identifier: str) -> bool:
            return any(known.has(account, token, identifier, where) for token in holding.types)

        try:
            return find(cloud, holding, account, region, is_declared)
        except CloudError as error:
            return error

    undeclared: list[Undeclared] = []
    unknown: list[Unknown] = []
    for ((account, region), holding), answer in zip(questions, pool.map(ask, questions), strict=True):
        if isinstance(answer, CloudError):
            unknown.append(Unknown(account, region, holding.name, str(answer)))
        else:
            undeclared += [
                Undeclared(account, region, holding.name, found.id, found.name, holding.why)
                for found in answer
            ]
    return (
        tuple(sorted(undeclared, key=lambda item: (item.account, item.region, item.kind, item.id))),
        tuple(sorted(unknown, key=lambda item: (item.account, item.region, item.kind))),
    )
