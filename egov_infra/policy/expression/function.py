"""The functions that expressions may call: those of CEL, and those of this domain."""

from __future__ import annotations

import datetime
import ipaddress
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.policy.expression.types import BOOL, DATE, DYN, INT, STRING, ListType, MapType, Type
from egov_infra.policy.expression.unknown import EvaluationError

ANY_LIST = ListType(DYN)


@dataclass(frozen=True, slots=True)
class Function:
    """`call` gets the arguments, already evaluated; `context` functions get the evaluation's context first."""

    name: str
    arguments: tuple[tuple[Type, ...], ...]
    """For each argument the types that it may have; `dyn` takes anything."""
    returns: Type
    call: Callable[..., Any]
    is_method: bool
    takes_context: bool = False
    takes_unknown: bool = False
    """Whether a reference is handed over as it is, instead of making the result unknown."""


def _size(value: Any) -> int:
    return len(value)


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        raise EvaluationError(f"{text!r} is no network") from None


def _cidr_contains(outer: str, inner: str) -> bool:
    first, second = _network(outer), _network(inner)
    return first.version == second.version and second.subnet_of(first)  # type: ignore[arg-type]


def _cidr_overlaps(one: str, other: str) -> bool:
    return _network(one).overlaps(_network(other))


def _is_subdomain(name: str, domain: str) -> bool:
    name, domain = name.rstrip(".").lower(), domain.rstrip(".").lower()
    return name == domain or name.endswith(f".{domain}")


def _days_until(context: Any, day: datetime.date) -> int:
    return int((day - context.today).days)


def _related(context: Any, token: str) -> tuple[Any, ...]:
    return tuple(context.related(token))


def _refers_to(context: Any, value: Any, token: str) -> bool:
    return bool(context.refers_to(value, token))


def _statements(document: Any) -> tuple[Mapping[str, Any], ...]:
    """Statements of an IAM policy, each with lists for Action, Resource and the principals."""
    if not isinstance(document, Mapping):
        raise EvaluationError("not a policy document")
    listed = document.get("Statement", ())
    statements = (listed,) if isinstance(listed, Mapping) else listed
    return tuple(
        {
            "Sid": statement.get("Sid", ""),
            "Effect": statement.get("Effect", ""),
            "Action": _listed(statement.get("Action", ())),
            "NotAction": _listed(statement.get("NotAction", ())),
            "Resource": _listed(statement.get("Resource", ())),
            "Principal": _principals(statement.get("Principal", ())),
            "Condition": statement.get("Condition", {}),
        }
        for statement in statements
    )


def _listed(value: Any) -> tuple[Any, ...]:
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _principals(value: Any) -> tuple[Any, ...]:
    if isinstance(value, Mapping):
        return tuple(item for items in value.values() for item in _listed(items))
    return _listed(value)


_SIZED = (STRING, ANY_LIST, MapType(DYN))
_ALL = (
    Function("size", (_SIZED,), INT, _size, is_method=False),
    Function("size", (_SIZED,), INT, _size, is_method=True),
    Function("startsWith", ((STRING,), (STRING,)), BOOL, str.startswith, is_method=True),
    Function("endsWith", ((STRING,), (STRING,)), BOOL, str.endswith, is_method=True),
    Function("contains", ((STRING,), (STRING,)), BOOL, str.__contains__, is_method=True),
    Function("cidr_contains", ((STRING,), (STRING,)), BOOL, _cidr_contains, is_method=False),
    Function("cidr_overlaps", ((STRING,), (STRING,)), BOOL, _cidr_overlaps, is_method=False),
    Function("is_subdomain", ((STRING,), (STRING,)), BOOL, _is_subdomain, is_method=False),
    Function("days_until", ((DATE,),), INT, _days_until, is_method=False, takes_context=True),
    Function("related", ((STRING,),), ListType(MapType(DYN)), _related, is_method=False, takes_context=True),
    Function(
        "refers_to",
        ((DYN,), (STRING,)),
        BOOL,
        _refers_to,
        is_method=False,
        takes_context=True,
        takes_unknown=True,
    ),
    Function("statements", ((DYN,),), ListType(MapType(DYN)), _statements, is_method=False),
)
FUNCTIONS: Mapping[tuple[str, bool], Function] = {(item.name, item.is_method): item for item in _ALL}
