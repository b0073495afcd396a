"""Tree to closures over a frame: compiled once, called for every subject.

A frame is a list: the values of the rule's variables, then the evaluation's context, then the variables of macros.
Unknown values and errors travel as exceptions, which `&&`, `||`, `all` and `exists` absorb as Kleene logic says; they
cost nothing where nothing is unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from egov_infra.plan.value import Document, Join, Ref, StackRef
from egov_infra.policy.expression.function import FUNCTIONS, Function
from egov_infra.policy.expression.tree import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    ListLiteral,
    Literal,
    Macro,
    Name,
    Negate,
    Node,
    Not,
    Select,
)
from egov_infra.policy.expression.unknown import EvaluationError, UnknownValueError

Frame: TypeAlias = list[Any]
Closure: TypeAlias = Callable[[Frame], Any]

_ABSORBED = (EvaluationError, UnknownValueError)
_REFERENCES = (Ref, StackRef, Join)


class Compiler:
    """Compiles expressions of one kind of subject. `slots` says where a frame holds each variable."""

    def __init__(self, slots: Mapping[str, int], context_slot: int) -> None:
        self._slots = slots
        self._context = context_slot

    def compile(self, node: Node) -> Closure:
        """A closure that computes the expression; raises UnknownValueError or EvaluationError."""
        return self._node(node, dict(self._slots), self._context + 1)

    def _node(self, node: Node, slots: Mapping[str, int], free: int) -> Closure:
        def inner(child: Node) -> Closure:
            return self._node(child, slots, free)

        match node:
            case Literal(constant):
                return lambda _frame: constant
            case Name(name):
                return operator.itemgetter(slots[name])
            case Select(operand, field):
                return _select(inner(operand), field)
            case Has(operand, field):
                return _has(inner(operand), field)
            case Index(operand, index):
                return _index(inner(operand), inner(index))
            case Call(function, arguments, _, is_method):
                found = FUNCTIONS[function, is_method]
                return self._call(found, [self._argument(found, item, slots, free) for item in arguments])
            case Not(operand):
                value = inner(operand)
                return lambda frame: not value(frame)
            case Negate(operand):
                value = inner(operand)
                return lambda frame: -value(frame)
            case Binary("&&", left, right):
                return _and(inner(left), inner(right))
            case Binary("||", left, right):
                return _or(inner(left), inner(right))
            case Binary(name, left, right):
                return _binary(name, inner(left), inner(right), right)
            case Conditional(condition, yes, no):
                test, first, second = inner(condition), inner(yes), inner(no)
                return lambda frame: first(frame) if test(frame) else second(frame)
            case ListLiteral(items):
                closures = tuple(map(inner, items))
                return lambda frame: tuple(closure(frame) for closure in closures)
            case Macro(kind, span, variable, body):
                return _macro(kind, inner(span), self._node(body, {**slots, variable: free}, free + 1), free)

    def _argument(self, function: Function, node: Node, slots: Mapping[str, int], free: int) -> Closure:
        if function.takes_unknown and isinstance(node, Select):
            operand, field = self._node(node.operand, slots, free), node.field
            return lambda frame: _member(operand(frame), field)
        return self._node(node, slots, free)

    def _call(self, function: Function, arguments: list[Closure]) -> Closure:
        call, context = function.call, self._context
        if function.takes_context:
            return lambda frame: call(frame[context], *(argument(frame) for argument in arguments))
        if len(arguments) == 1:
            only = arguments[0]
            return lambda frame: call(only(frame))
        first, second = arguments
        return lambda frame: call(first(frame), second(frame))


def known(value: Any, what: str) -> Any:
    """The value as expressions see it: a reference is unknown, an embedded document is its body."""
    if isinstance(value, _REFERENCES):
        raise UnknownValueError(what)
    return value.body if isinstance(value, Document) else value


def _member(value: Any, field: str) -> Any:
    """A field's raw value; None if it is absent. Works on mappings and on records."""
    return value.get(field) if isinstance(value, Mapping) else getattr(value, field)


def _select(operand: Closure, field: str) -> Closure:
    def select(frame: Frame) -> Any:
        value = _member(operand(frame), field)
        if value is None:
            raise EvaluationError(f"{field} is absent")
        kind = type(value)
        if kind is str or kind is bool:
            return value
        return known(value, field)

    return select


def _has(operand: Closure, field: str) -> Closure:
    return lambda frame: _member(operand(frame), field) is not None


def _index(operand: Closure, index: Closure) -> Closure:
    def item(frame: Frame) -> Any:
        container, key = operand(frame), index(frame)
        try:
            value = container[key] if not isinstance(key, int) or key >= 0 else None
        except (IndexError, KeyError):
            value = None
        if value is None:
            raise EvaluationError(f"no item {key!r}")
        return known(value, f"item {key!r}")

    return item


def _and(left: Closure, right: Closure) -> Closure:
    def both(frame: Frame) -> bool:
        try:
            if not left(frame):
                return False
        except _ABSORBED:
            if not right(frame):
                return False
            raise
        return bool(right(frame))

    return both


def _or(left: Closure, right: Closure) -> Closure:
    def either(frame: Frame) -> bool:
        try:
            if left(frame):
                return True
        except _ABSORBED:
            if right(frame):
                return True
            raise
        return bool(right(frame))

    return either


_OPERATORS: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
}


def _equal(left: Any, right: Any) -> bool:
    """CEL's equality: true is not 1, and values of different types differ."""
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    return bool(left == right)


def _binary(name: str, left: Closure, right: Closure, right_node: Node) -> Closure:
    if name == "==":
        return lambda frame: _equal(left(frame), right(frame))
    if name == "!=":
        return lambda frame: not _equal(left(frame), right(frame))
    if name == "in":
        return _contains(left, right, right_node)
    if name in ("/", "%"):
        return _divide(name, left, right)
    apply = _OPERATORS[name]

    def compute(frame: Frame) -> Any:
        try:
            return apply(left(frame), right(frame))
        except TypeError as error:
            raise EvaluationError(str(error)) from None

    return compute


def _contains(left: Closure, right: Closure, right_node: Node) -> Closure:
    if isinstance(right_node, ListLiteral) and all(
        isinstance(item, Literal) and isinstance(item.value, str) for item in right_node.items
    ):
        constants = frozenset(item.value for item in right_node.items if isinstance(item, Literal))
        return lambda frame: left(frame) in constants

    def contains(frame: Frame) -> bool:
        value, container = left(frame), right(frame)
        if isinstance(container, Mapping):
            return value in container
        unknown = None
        for item in container:
            try:
                if _equal(known(item, "an item"), value):
                    return True
            except UnknownValueError as error:
                unknown = error
        if unknown is not None:
            raise unknown
        return False

    return contains


def _divide(name: str, left: Closure, right: Closure) -> Closure:
    def divide(frame: Frame) -> Any:
        first, second = left(frame), right(frame)
        if second == 0:
            raise EvaluationError("division by zero")
        if isinstance(first, float):
            return first / second
        quotient = abs(first) // abs(second) * (1 if (first < 0) == (second < 0) else -1)
        return quotient if name == "/" else first - quotient * second  # towards zero, as CEL says

    return divide


def _macro(kind: str, span: Closure, body: Closure, slot: int) -> Closure:
    def items(frame: Frame) -> list[Any]:
        if len(frame) <= slot:
            frame.extend([None] * (slot + 1 - len(frame)))
        return list(span(frame))

    def quantify(frame: Frame, deciding: bool) -> bool:
        absorbed: Exception | None = None
        for item in items(frame):
            try:
                frame[slot] = known(item, "an item")
                if bool(body(frame)) is deciding:
                    return deciding
            except _ABSORBED as error:
                absorbed = absorbed or error
        if absorbed is not None:
            raise absorbed
        return not deciding

    def one(frame: Frame) -> bool:
        return len(chosen(frame)) == 1

    def chosen(frame: Frame) -> tuple[Any, ...]:
        found = []
        for item in items(frame):
            frame[slot] = known(item, "an item")
            if body(frame):
                found.append(item)
        return tuple(found)

    def mapped(frame: Frame) -> tuple[Any, ...]:
        found = []
        for item in items(frame):
            frame[slot] = known(item, "an item")
            found.append(body(frame))
        return tuple(found)

    closures: dict[str, Closure] = {
        "all": lambda frame: quantify(frame, deciding=False),
        "exists": lambda frame: quantify(frame, deciding=True),
        "exists_one": one,
        "filter": chosen,
        "map": mapped,
    }
    return closures[kind]
