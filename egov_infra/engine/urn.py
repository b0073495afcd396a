"""Uniform resource names, as Pulumi's engine makes them: the parents' types without the stack, then the own type."""

from __future__ import annotations

from egov_infra.engine.checkpoint import PROJECT, STACK_TYPE


def urn_of(stack: str, token: str, name: str, parent: str = "") -> str:
    """The URN of a resource below a parent's URN."""
    chain = parent.split("::")[2] if parent else ""
    qualified = token if chain in ("", STACK_TYPE) else f"{chain}${token}"
    return f"urn:pulumi:{stack}::{PROJECT}::{qualified}::{name}"


def root_urn(stack: str) -> str:
    """The URN of the stack itself."""
    return urn_of(stack, STACK_TYPE, f"{PROJECT}-{stack}")
