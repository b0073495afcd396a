"""AWS Identity and Access Management: who gets in without being declared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from egov_infra.cloud.adapter import Call
from egov_infra.cloud.holding import Holding, principals, statements

_OF_AWS = ("/aws-service-role/", "/aws-reserved/")


def _lets_others_in(row: Mapping[str, Any]) -> bool:
    """Whether somebody outside the account may take the role, other than AWS's own services."""
    if row["path"].startswith(_OF_AWS):
        return False
    for statement in statements(row["policy"]):
        if statement.get("Effect") != "Allow":
            continue
        named = principals(statement)
        own = (row["account"], f"arn:aws:iam::{row['account']}:")
        if any(kind not in ("AWS", "Service") for kind in named):
            return True
        if any(not principal.startswith(own) for principal in named.get("AWS", ())):
            return True
    return False


HOLDINGS = (
    Holding(
        "user",
        "iam",
        Call("list_users", at="Users[].{id: UserName}", is_paged=True),
        "has lasting credentials, where people come by federation",
        types=("aws:iam/user:User",),
        is_global=True,
    ),
    Holding(
        "role for others",
        "iam",
        Call(
            "list_roles",
            at="Roles[].{id: RoleName, path: Path, policy: AssumeRolePolicyDocument}",
            is_paged=True,
        ),
        "lets somebody outside the account in",
        types=("aws:iam/role:Role",),
        is_global=True,
        is_worth=_lets_others_in,
    ),
    Holding(
        "root access key",
        "iam",
        Call("get_account_summary", at="SummaryMap.AccountAccessKeysPresent > `0` && [{id: 'root'}] || `[]`"),
        "can do everything, and nothing can limit it",
        is_global=True,
    ),
)
