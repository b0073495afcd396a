"""What operators do with values: CEL's equality, order and arithmetic over 64 bits, with unknown parts."""

from __future__ import annotations

import datetime
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any, Final

from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef
from egov_infra.policy.expression.unknown import EvaluationError, UnknownValueError

MAX_SIZE: Final = 100_000
"""Characters of a text, or items of a list, that an expression may make."""
_LIMIT: Final = 2**63
PLAIN: Final = frozenset((str, bool, int, float, tuple, dict))
"""Classes of values that are what they seem."""
MAPS: Final = (dict, Mapping)
"""What counts as a map: the exact class first, since to ask the abstract one takes time."""
_REFERENCES: Final = frozenset((Ref, StackRef, SecretRef, Join))
_NUMBERS: Final = (int, float)


def known(value: Any, what: str) -> Any:
    """The value as expressions see it: a reference is unknown, an embedded document is its body."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if kind in _REFERENCES:
        raise UnknownValueError(what)
    return value.body if kind is Document else value


def truth(value: Any) -> bool:
    """The value, which must be a boolean: nothing else is true or false."""
    if value is True or value is False:
        return bool(value)
    raise EvaluationError(f"{value!r} is neither true nor false")


def equal(left: Any, right: Any) -> bool:
    """CEL's equality: true is not 1, values of different types differ, and an unknown part decides nothing."""
    if type(left) is str and type(right) is str:
        return left == right
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, tuple) and isinstance(right, tuple):
        return len(left) == len(right) and _all_equal(zip(left, right, strict=True))
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        keys = {key for key, value in left.items() if value is not None}
        if keys != {key for key, value in right.items() if value is not None}:
            return False
        return _all_equal((left[key], right[key]) for key in keys)
    return bool(left == right)


def _all_equal(pairs: Any) -> bool:
    """Whether all pairs are equal: one that differs decides, whatever is unknown."""
    unknown: UnknownValueError | None = None
    for one, other in pairs:
        try:
            if not equal(known(one, "an item"), known(other, "an item")):
                return False
        except UnknownValueError as error:
            unknown = error
    if unknown is not None:
        raise unknown
    return True


def contains(value: Any, container: Any) -> bool:
    """`value in container`: over a list by equality, over a map by key."""
    is_list = type(container) is tuple
    if is_list and type(value) is str and value in container:
        return True
    if not is_list and isinstance(container, MAPS):
        if isinstance(value, tuple | Mapping):
            raise EvaluationError(f"{value!r} is no key")
        return isinstance(value, str) and container.get(value) is not None
    if not isinstance(container, tuple):
        raise EvaluationError(f"{container!r} is neither list nor map")
    unknown = None
    for item in container:
        try:
            if equal(known(item, "an item"), value):
                return True
        except UnknownValueError as error:
            unknown = error
    if unknown is not None:
        raise unknown
    return False


def item_at(container: Any, key: Any) -> Any:
    """`container[key]`."""
    value = None
    if isinstance(container, Mapping):
        value = container.get(key) if isinstance(key, str) else None
    elif isinstance(container, tuple) and type(key) is int and 0 <= key < len(container):
        value = container[key]
    if value is None:
        raise EvaluationError(f"no item {key!r}")
    return known(value, f"item {key!r}")


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def apply(left: Any, right: Any) -> bool:
        kind = type(left)
        if kind is type(right) and kind in (int, float, str, bool, datetime.date):
            return compare(left, right)
        if kind in _NUMBERS and type(right) in _NUMBERS:
            return compare(left, right)
        raise EvaluationError(f"{left!r} and {right!r} have no order")

    return apply


def _number(value: Any) -> Any:
    if isinstance(value, int) and not -_LIMIT <= value < _LIMIT:
        raise EvaluationError("an integer beyond 64 bits")
    return value


def _arithmetic(compute: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        if type(left) not in _NUMBERS or type(right) is not type(left):
            raise EvaluationError(f"{left!r} and {right!r} are no numbers of one type")
        return _number(compute(left, right))

    return apply


def _sized(value: Any) -> Any:
    if len(value) > MAX_SIZE:
        raise EvaluationError(f"larger than {MAX_SIZE}")
    return value


def _add(left: Any, right: Any) -> Any:
    if isinstance(left, str) and isinstance(right, str):
        return _sized(left + right)
    if isinstance(left, tuple) and isinstance(right, tuple):
        return _sized(left + right)
    return _sum(left, right)


def _divide(left: Any, right: Any) -> Any:
    if isinstance(left, float) or isinstance(right, float):
        if right == 0:
            return math.nan if left == 0 or left != left else math.copysign(math.inf, left) * math.copysign(1, right)  # noqa: PLR0124  # fmt: skip
        return left / right
    return _quotient(left, right)


def _quotient(left: int, right: int) -> int:
    """Towards zero, as CEL says."""
    if right == 0:
        raise EvaluationError("division by zero")
    return abs(left) // abs(right) * (1 if (left < 0) == (right < 0) else -1)


def _remainder(left: Any, right: Any) -> Any:
    if isinstance(left, float) or isinstance(right, float):
        raise EvaluationError("% is for integers")
    return left - _quotient(left, right) * right


def negate(value: Any) -> Any:
    """`-value`."""
    return _difference(0 if isinstance(value, int) else -0.0, value)


_sum = _arithmetic(operator.add)
_difference = _arithmetic(operator.sub)
OPERATIONS: Mapping[str, Callable[[Any, Any], Any]] = {
    "==": equal,
    "!=": lambda left, right: not equal(left, right),
    "<": _ordered(operator.lt),
    "<=": _ordered(operator.le),
    ">": _ordered(operator.gt),
    ">=": _ordered(operator.ge),
    "in": contains,
    "+": _add,
    "-": _difference,
    "*": _arithmetic(operator.mul),
    "/": _arithmetic(_divide),
    "%": _arithmetic(_remainder),
}
