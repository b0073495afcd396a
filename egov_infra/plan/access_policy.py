"""Access policies of AWS: statements and the documents that they make (IAM user guide, JSON policy elements)."""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.plan.arn import account_root
from egov_infra.plan.value import Document, Value

ANYONE: Mapping[str, Value] = {"AWS": "*"}
WITHOUT_TLS: Mapping[str, Value] = {"Bool": {"aws:SecureTransport": "false"}}
"""The condition of requests in the clear, which are denied (NIST 800-53 SC-8)."""


def policy(*statements: Mapping[str, Value]) -> Document:
    """A document of statements, in the current version of the language."""
    return Document({"Version": "2012-10-17", "Statement": statements})


def statement(
    principal: Mapping[str, Value] | str | None,
    actions: Value,
    resources: Value = "*",
    condition: Mapping[str, Value] | None = None,
    *,
    sid: str | None = None,
    effect: str = "Allow",
) -> dict[str, Value]:
    """One statement; an identity's has no principal, a trust policy's no resource, and `*` in a key's is the key."""
    made = {
        "Sid": sid,
        "Effect": effect,
        "Principal": principal,
        "Action": actions,
        "Resource": resources,
        "Condition": condition,
    }
    return {name: value for name, value in made.items() if value is not None}


def account(*accounts: str) -> dict[str, Value]:
    """The principal that stands for whole accounts, each of which decides who of its own may."""
    roots = tuple(account_root(number) for number in accounts)
    return {"AWS": roots if len(roots) > 1 else roots[0]}


def service(name: str) -> dict[str, Value]:
    """A service of AWS as principal, such as `sns`."""
    return {"Service": f"{name}.amazonaws.com"}


def allow(actions: tuple[str, ...], resources: tuple[Value, ...]) -> Document:
    """An identity's policy that allows actions on resources."""
    return policy(statement(None, actions, resources))


def trust(principal: Mapping[str, Value], condition: Mapping[str, Value], sid: str | None = None) -> Document:
    """A trust policy: who may take the role, and when."""
    return policy(statement(principal, "sts:AssumeRole", None, condition, sid=sid))


def service_trust(name: str, number: str) -> Document:
    """A trust policy for a service such as `sns`, acting for this account only (confused deputy)."""
    return trust(service(name), {"StringEquals": {"aws:SourceAccount": number}})
