"""Tree to closures over a frame: compiled once, called for every subject.

A frame is a list: the values of the rule's variables, then the evaluation's context, then the variables of macros.
Unknown values and errors travel as exceptions, which `&&`, `||`, `all` and `exists` absorb as Kleene logic says; they
cost nothing where nothing is unknown. Unknown outweighs an error, because knowing more might make the error vanish.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from egov_infra.policy.expression.function import FUNCTIONS, Function
from egov_infra.policy.expression.operation import OPERATIONS, PLAIN, item_at, known, negate, truth
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

MAX_STEPS: Final = 100_000
"""Items that the macros of one evaluation may run over."""
_ABSORBED = (EvaluationError, UnknownValueError)


class Compiler:
    """Compiles expressions of one kind of subject. `slots` says where a frame holds each variable."""

    def __init__(self, slots: Mapping[str, int], context_slot: int, free: int | None = None) -> None:
        """`free` is the first slot for variables of macros: by default the one after the context."""
        self._slots = slots
        self._context = context_slot
        self._free = context_slot + 1 if free is None else free

    def compile(self, node: Node) -> Closure:
        """A closure that computes the expression; raises UnknownValueError or EvaluationError."""
        return self._node(node, dict(self._slots), self._free)

    def within(self, variable: str) -> tuple[Compiler, int]:
        """A compiler for the body of a macro, and the slot where it finds the macro's variable."""
        slots = {**self._slots, variable: self._free}
        return Compiler(slots, self._context, self._free + 1), self._free

    def _node(self, node: Node, slots: Mapping[str, int], free: int) -> Closure:
        def inner(child: Node) -> Closure:
            return self._node(child, slots, free)

        match node:
            case Literal(constant):
                return lambda _frame: constant
            case Name(name):
                return operator.itemgetter(slots[name])
            case Select(Name(name), field):
                return _select_of(slots[name], field)
            case Select(operand, field):
                return _select(inner(operand), field)
            case Has(operand, field):
                value = inner(operand)
                return lambda frame: _member(value(frame), field) is not None
            case Index(operand, index):
                container, key = inner(operand), inner(index)
                return lambda frame: item_at(container(frame), key(frame))
            case Call(function, arguments, _, is_method):
                found = FUNCTIONS[function, is_method]
                return self._call(found, [self._argument(found, item, slots, free) for item in arguments])
            case Not(operand):
                value = inner(operand)
                return lambda frame: not truth(value(frame))
            case Negate(operand):
                value = inner(operand)
                return lambda frame: negate(value(frame))
            case Binary("&&", left, right):
                return _connect(inner(left), inner(right), deciding=False)
            case Binary("||", left, right):
                return _connect(inner(left), inner(right), deciding=True)
            case Binary(name, left, right):
                return _binary(name, inner(left), inner(right), right)
            case Conditional(condition, yes, no):
                test, first, second = inner(condition), inner(yes), inner(no)
                return lambda frame: first(frame) if truth(test(frame)) else second(frame)
            case ListLiteral(items):
                closures = tuple(map(inner, items))
                return lambda frame: tuple(closure(frame) for closure in closures)
            case Macro(kind, span, variable, body):
                looped = self._node(body, {**slots, variable: free}, free + 1)
                return _macro(kind, _items(inner(span), self._context, free), looped, free)

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


_IS_MAPPING: dict[type, bool] = {dict: True}
"""Class of a value to whether its fields are keys; of those that may have fields at all."""


def _has_keys(value: Any) -> bool:
    kind = type(value)
    if issubclass(kind, Mapping):
        found = True
    elif hasattr(kind, "__dataclass_fields__"):
        found = False
    else:
        raise EvaluationError(f"{value!r} has no fields")
    _IS_MAPPING[kind] = found
    return found


def _member(value: Any, field: str) -> Any:
    """A field's raw value; None if it is absent. A mapping has its keys, a subject its declared fields."""
    is_mapping = _IS_MAPPING.get(type(value))
    if is_mapping is None:
        is_mapping = _has_keys(value)
    if is_mapping:
        return value.get(field)
    if field[:1] == "_":
        raise EvaluationError(f"{value!r} has no field {field!r}")
    return getattr(value, field)


def _select(operand: Closure, field: str) -> Closure:
    def select(frame: Frame) -> Any:
        value = _member(operand(frame), field)
        if type(value) in PLAIN:
            return value
        if value is None:
            raise EvaluationError(f"{field} is absent")
        return known(value, field)

    return select


def _select_of(slot: int, field: str) -> Closure:
    """As `_select`, for a field of a variable: the commonest thing that a rule reads."""

    def select(frame: Frame) -> Any:
        value = _member(frame[slot], field)
        if type(value) in PLAIN:
            return value
        if value is None:
            raise EvaluationError(f"{field} is absent")
        return known(value, field)

    return select


def _connect(left: Closure, right: Closure, *, deciding: bool) -> Closure:
    """`||` if `deciding` is true, `&&` if it is false: that value decides whatever the other side is."""

    def connect(frame: Frame) -> bool:
        try:
            value = left(frame)
            if value is deciding:
                return bool(value)
            truth(value)
        except _ABSORBED as absorbed:
            try:
                if truth(right(frame)) is deciding:
                    return deciding
            except EvaluationError:
                raise absorbed from None
            raise
        return truth(right(frame))

    return connect


def _binary(name: str, left: Closure, right: Closure, right_node: Node) -> Closure:
    if isinstance(right_node, Literal) and isinstance(right_node.value, str):
        constant = right_node.value
        if name == "==":
            return lambda frame: left(frame) == constant
        if name == "!=":
            return lambda frame: left(frame) != constant
    if name == "in" and isinstance(right_node, ListLiteral):
        values = [item.value for item in right_node.items if isinstance(item, Literal)]
        if len(values) == len(right_node.items) and all(isinstance(value, str) for value in values):
            return _among(left, frozenset(values))
    apply = OPERATIONS[name]
    return lambda frame: apply(left(frame), right(frame))


def _among(left: Closure, constants: frozenset[Any]) -> Closure:
    def among(frame: Frame) -> bool:
        value = left(frame)
        return isinstance(value, str) and value in constants

    return among


def _items(span: Closure, context: int, slot: int) -> Closure:
    """The items that a macro runs over, counted against the limit of steps."""

    def items(frame: Frame) -> list[Any]:
        found = span(frame)
        if isinstance(found, Mapping):
            found = [key for key, value in found.items() if value is not None]
        elif not isinstance(found, tuple):
            raise EvaluationError(f"{found!r} is neither list nor map")
        frame[context].steps += len(found)
        if frame[context].steps > MAX_STEPS:
            raise EvaluationError(f"takes more than {MAX_STEPS} steps")
        if len(frame) <= slot:
            frame.extend([None] * (slot + 1 - len(frame)))
        return list(found)

    return items


def _macro(kind: str, items: Closure, body: Closure, slot: int) -> Closure:
    def quantify(frame: Frame, deciding: bool) -> bool:
        absorbed: Exception | None = None
        for item in items(frame):
            try:
                frame[slot] = known(item, "an item")
                if truth(body(frame)) is deciding:
                    return deciding
            except UnknownValueError as error:
                absorbed = error
            except EvaluationError as error:
                absorbed = absorbed or error
        if absorbed is not None:
            raise absorbed
        return not deciding

    def chosen(frame: Frame) -> tuple[Any, ...]:
        found = []
        for item in items(frame):
            frame[slot] = known(item, "an item")
            if truth(body(frame)):
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
        "exists_one": lambda frame: len(chosen(frame)) == 1,
        "filter": chosen,
        "map": mapped,
    }
    return closures[kind]
