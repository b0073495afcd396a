"""The functions that expressions may call: those of CEL, and those of this domain."""

from __future__ import annotations

import datetime
import ipaddress
import json
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from egov_infra.policy.expression.operation import MAPS
from egov_infra.policy.expression.pattern import compile_pattern
from egov_infra.policy.expression.types import BOOL, DATE, DYN, INT, STRING, ListType, MapType, Type
from egov_infra.policy.expression.unknown import EvaluationError
from egov_infra.source.frozen import frozen

ANY_LIST = ListType(DYN)
RELATED = "related"
_MAX_AGE = re.compile(r'[ \t]*max-age[ \t]*=[ \t]*"?([0-9]+)"?[ \t]*', re.IGNORECASE)


@frozen
class Function:
    """`call` gets the arguments, already evaluated; `context` functions get the evaluation's context first."""

    name: str
    arguments: tuple[tuple[Type, ...], ...]
    """For each argument the types that it may have; `dyn` takes anything."""
    returns: Type
    call: Callable[..., Any]
    is_method: bool = False
    takes_context: bool = False
    takes_unknown: bool = False
    """Whether a reference is handed over as it is, instead of making the result unknown."""
    last_is_token: bool = False
    """Whether the last argument is an AWS type, written out."""


def _size(value: Any) -> int:
    if isinstance(value, str | tuple):
        return len(value)
    if isinstance(value, MAPS):
        return sum(item is not None for item in value.values())
    raise EvaluationError(f"{value!r} has no size")


def _text(test: Callable[[str, str], bool]) -> Callable[[Any, Any], bool]:
    """A test of two texts, which what is typed `dyn` may turn out not to be."""

    def apply(one: Any, other: Any) -> bool:
        if not isinstance(one, str) or not isinstance(other, str):
            raise EvaluationError(f"{(other if isinstance(one, str) else one)!r} is no text")
        return test(one, other)

    return apply


@lru_cache(maxsize=4096)
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


def _max_age_seconds(header: Any) -> int:
    """`max-age` of a Strict-Transport-Security header (RFC 6797, section 6.1); 0 where browsers find none."""
    if not isinstance(header, str):
        raise EvaluationError(f"{header!r} is no text")
    found = [_MAX_AGE.fullmatch(directive) for directive in header.split(";")]
    ages = [match[1] for match in found if match]
    return min(int(ages[0].lstrip("0")[:19] or 0), 2**63 - 1) if len(ages) == 1 else 0


def _days_until(context: Any, day: Any) -> int:
    if not isinstance(day, datetime.date):
        raise EvaluationError(f"{day!r} is no date")
    return int((day - context.today).days)


def _related(context: Any, resource: Any, token: str) -> tuple[Any, ...]:
    return tuple(context.related(resource, token))


def _refers_to(context: Any, value: Any, token: str) -> bool:
    return bool(context.refers_to(value, token))


def _owner(context: Any, _subject: Any) -> str:
    return str(context.owner)


def statements_of(document: Any) -> tuple[Mapping[str, Any], ...]:
    """Statements of an IAM policy, each with lists for Action, Resource and the principals."""
    if isinstance(document, str):
        try:
            document = json.loads(document)
        except ValueError:
            raise EvaluationError("not a policy document") from None
    if not isinstance(document, MAPS):
        raise EvaluationError("not a policy document")
    statements = _listed(document.get("Statement"))
    if not all(isinstance(statement, MAPS) for statement in statements):
        raise EvaluationError("a statement of the policy is no mapping")
    return tuple(
        {
            "Sid": statement.get("Sid", ""),
            "Effect": statement.get("Effect", ""),
            "Action": _listed(statement.get("Action")),
            "NotAction": _listed(statement.get("NotAction")),
            "Resource": _listed(statement.get("Resource")),
            "Principal": _principals(statement.get("Principal")),
            "Condition": statement.get("Condition", {}),
        }
        for statement in statements
    )


def _listed(value: Any) -> tuple[Any, ...]:
    if value is None:
        return ()
    return tuple(value) if isinstance(value, tuple | list) else (value,)


def _principals(value: Any) -> tuple[Any, ...]:
    if isinstance(value, MAPS):
        return tuple(item for items in value.values() for item in _listed(items))
    return _listed(value)


_SIZED = (STRING, ANY_LIST, MapType(DYN))
_TEXTS = ((STRING,), (STRING,))
_ALL = (
    Function("size", (_SIZED,), INT, _size),
    Function("size", (_SIZED,), INT, _size, is_method=True),
    Function("startsWith", _TEXTS, BOOL, _text(str.startswith), is_method=True),
    Function("endsWith", _TEXTS, BOOL, _text(str.endswith), is_method=True),
    Function("contains", _TEXTS, BOOL, _text(str.__contains__), is_method=True),
    Function(
        "matches",
        _TEXTS,
        BOOL,
        _text(lambda text, pattern: compile_pattern(pattern).search(text)),
        is_method=True,
    ),
    Function("cidr_contains", _TEXTS, BOOL, _text(_cidr_contains)),
    Function("cidr_overlaps", _TEXTS, BOOL, _text(_cidr_overlaps)),
    Function("is_subdomain", _TEXTS, BOOL, _text(_is_subdomain)),
    Function("max_age_seconds", ((STRING,),), INT, _max_age_seconds),
    Function("days_until", ((DATE,),), INT, _days_until, takes_context=True),
    Function("owner", ((DYN,),), STRING, _owner, takes_context=True),
    Function(RELATED, ((DYN,), (STRING,)), ANY_LIST, _related, takes_context=True, last_is_token=True),
    Function(
        "refers_to",
        ((DYN,), (STRING,)),
        BOOL,
        _refers_to,
        takes_context=True,
        takes_unknown=True,
        last_is_token=True,
    ),
    Function("statements", ((DYN,),), ListType(MapType(DYN)), statements_of),
)
FUNCTIONS: Mapping[tuple[str, bool], Function] = {(item.name, item.is_method): item for item in _ALL}
