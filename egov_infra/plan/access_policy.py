"""Access policies of AWS: statements and the documents that they make (IAM user guide, JSON policy elements)."""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.plan.arn import account_root
from egov_infra.plan.value import Document, Value

VERSION = "2012-10-17"


def policy(*statements: Mapping[str, Value]) -> Document:
    """A document of statements, in the current version of the language."""
    return Document({"Version": VERSION, "Statement": statements})


def statement(
    sid: str,
    principal: Mapping[str, Value] | str | None,
    actions: tuple[str, ...],
    resources: tuple[Value, ...] = ("*",),
    condition: Mapping[str, Value] | None = None,
    effect: str = "Allow",
) -> dict[str, Value]:
    """One statement; a policy of an identity has no principal, a policy of a key means itself by `*`."""
    made: dict[str, Value] = {"Sid": sid, "Effect": effect}
    if principal is not None:
        made["Principal"] = principal
    made["Action"] = actions if len(actions) > 1 else actions[0]
    made["Resource"] = resources if len(resources) > 1 else resources[0]
    if condition is not None:
        made["Condition"] = condition
    return made


def account(*accounts: str) -> dict[str, Value]:
    """The principal that stands for whole accounts, each of which decides who of its own may."""
    roots = tuple(account_root(number) for number in accounts)
    return {"AWS": roots if len(roots) > 1 else roots[0]}


def service(name: str) -> dict[str, Value]:
    """A service of AWS as principal, such as `sns`."""
    return {"Service": f"{name}.amazonaws.com"}


def only_tls(resource: Value, actions: str) -> dict[str, Value]:
    """Nobody without TLS (NIST 800-53 SC-8)."""
    condition: dict[str, Value] = {"Bool": {"aws:SecureTransport": "false"}}
    return statement("OnlyTls", "*", (actions,), (resource,), condition, effect="Deny")
