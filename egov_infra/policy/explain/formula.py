"""The formula of a rule as it was computed on one subject: what each part came to, down to the values that it read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from egov_infra.policy.expression import tree
from egov_infra.policy.expression.compile import Closure, Compiler, Frame
from egov_infra.policy.expression.fold import fold
from egov_infra.policy.expression.operation import known
from egov_infra.policy.expression.tree import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    Macro,
    Name,
    Node,
    Not,
    Select,
    unparse,
)
from egov_infra.policy.expression.unknown import EvaluationError, UnknownValueError
from egov_infra.policy.parameter import VARIABLE
from egov_infra.policy.rule import Rule, compiler_of, root, show, shown

Shape: TypeAlias = Literal["all", "any", "not", "case", "each", "test", "value"]
"""`all` and `any` of the parts below; `not` of one; the `case` that was taken; `each` item of a list; a `test` of the values
below; a `value`."""
_MOST_ITEMS = 3
_ASKED = ("related", "days_until", "refers_to", "owner")
"""Functions whose answers are values like any other: they ask the day and the plan."""


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a formula with what it came to on a subject."""

    shape: Shape
    text: str
    """The expression; of an item of a list, the item."""
    value: str
    """As people read it: `true`, `absent`, `unknown`, or why it cannot be computed."""
    parts: tuple[Part, ...] = ()
    left_out: int = 0
    """Items of a list that are like those that are shown."""
    is_of_item: bool = False
    """Whether a value is one of an item, so that another item has another."""

    def leaves(self) -> Iterator[Part]:
        """The values at the ends but those of items, in order, each once."""
        is_leaf = self.shape == "value"
        found = (
            [self] * (not self.is_of_item)
            if is_leaf
            else [leaf for part in self.parts for leaf in part.leaves()]
        )
        yield from dict.fromkeys(found)


def explain_formula(rule: Rule, node: Node, frame: Frame) -> Part:
    """An expression of a rule, computed part by part on the frame of a subject."""
    return _Explainer(rule, compiler_of(rule.kind), frame, frozenset(rule.kind.variables)).part(node)


class _Explainer:
    """Explains nodes within one scope. `named` are the variables of the rule, and those of the macros around."""

    def __init__(self, rule: Rule, compiler: Compiler, frame: Frame, named: frozenset[str]) -> None:
        self._rule = rule
        self._compiler = compiler
        self._frame = frame
        self._named = named | {VARIABLE}

    def part(self, node: Node) -> Part:
        """A node with all that decides it."""
        match node:
            case Binary("&&" | "||" as operator):
                shape: Shape = "all" if operator == "&&" else "any"
                return Part(shape, unparse(node), self._value(node), self._parts(_chain(node, operator)))
            case Not(operand):
                return Part("not", unparse(node), self._value(node), (self.part(operand),))
            case Conditional():
                return self._case(node)
            case Macro("all" | "exists" | "exists_one"):
                return self._each(node)
            case _ if self._is_leaf(node):
                value = show(self._closure(node), self._frame)
                return Part("value", unparse(node), value, is_of_item=self._is_of_item(node))
            case _:
                return Part("test", unparse(node), self._value(node), self._parts(tree.children(node)))

    def _parts(self, nodes: Sequence[Node]) -> tuple[Part, ...]:
        return tuple(self.part(node) for node in nodes if not _is_constant(node))

    def _case(self, node: Conditional) -> Part:
        """The branch that was taken, with the condition that decided it."""
        whole, asked = node, [node.condition]
        while self._value(node.condition) == "false" and isinstance(node.no, Conditional):
            node = node.no
            asked.append(node.condition)
        decided = self._value(node.condition)
        taken = {"true": (node.yes,), "false": (node.no,)}.get(decided, ())
        conditions = asked[-1:] if decided != "false" else asked
        return Part("case", unparse(whole), self._value(whole), self._parts((*conditions, *taken)))

    def _each(self, macro: Macro) -> Part:
        """The items that decide: those that are against the value, or for it where one is enough."""
        whole = self._value(macro)
        span = self.part(macro.range)
        compiler, slot = self._compiler.within(macro.variable)
        wanted = {"all": "true", "exists": "false", "exists_one": whole}[macro.kind]
        found: list[Part] = []
        count = 0
        for item in self._items(macro.range):
            self._frame.extend([None] * (slot + 1 - len(self._frame)))
            try:
                self._frame[slot] = known(item, "an item")
            except UnknownValueError:
                continue
            inner = _Explainer(self._rule, compiler, self._frame, self._named | {macro.variable})
            body = inner.part(macro.body)
            if whole == wanted or body.value != wanted:
                count += 1
                if count <= _MOST_ITEMS:
                    found.append(Part("all", f"{macro.variable} = {shown(item)}", body.value, (body,)))
        return Part("each", unparse(macro), whole, (span, *found), max(0, count - _MOST_ITEMS))

    def _items(self, span: Node) -> Sequence[object]:
        try:
            found = self._closure(span)(self._frame)
        except (UnknownValueError, EvaluationError):
            return ()
        return (
            tuple(key for key, value in found.items() if value is not None)
            if isinstance(found, dict)
            else found
        )

    def _is_leaf(self, node: Node) -> bool:
        match node:
            case Has(operand):
                return root(operand) in self._named
            case Name() | Select() | Index():
                return root(node) in self._named
            case Call(function):
                return function in _ASKED
            case Macro():
                return True
            case _:
                return False

    def _is_of_item(self, node: Node) -> bool:
        start = root(node.operand) if isinstance(node, Has) else root(node)
        return start is not None and start not in self._rule.kind.variables and start != VARIABLE

    def _closure(self, node: Node) -> Closure:
        constants = self._rule.parameters
        return self._compiler.compile(fold(node, VARIABLE, constants) if constants else node)

    def _value(self, node: Node) -> str:
        return value_of(self._closure(node), self._frame)


def value_of(closure: Callable[[Frame], object], frame: Frame) -> str:
    """What a closure computes on a frame, as people read it."""
    try:
        return shown(closure(frame))
    except UnknownValueError:
        return "unknown"
    except EvaluationError as error:
        return str(error)
    except Exception as error:  # noqa: BLE001 - a rule that crashes is explained too
        return f"{type(error).__name__}: {error}"


def _chain(node: Node, operator: str) -> tuple[Node, ...]:
    """`a && b && c` as three."""
    if isinstance(node, Binary) and node.operator == operator:
        return (*_chain(node.left, operator), *_chain(node.right, operator))
    return (node,)


def _is_constant(node: Node) -> bool:
    if isinstance(node, tree.ListLiteral):
        return all(map(_is_constant, node.items))
    return isinstance(node, tree.Literal)
