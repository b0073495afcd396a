"""Mutants of a rule: what a slip of its author would have made of its expressions.

A guard is a condition without which another one cannot be computed: `has(a.b) && a.b == 1`. Without it the rule would
crash, which proves nothing; so its mutants take what is absent the other way instead, and never crash.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal as Choice
from typing import TypeAlias

from egov_infra.policy.expression.tree import (
    Binary,
    Call,
    Conditional,
    Has,
    Index,
    Literal,
    Macro,
    Node,
    Not,
    Select,
    children,
    rebuild,
    unparse,
)
from egov_infra.policy.rule import Expressions

Key: TypeAlias = Choice["when", "must"]

OPERATORS = (
    "negate",
    "drop conjunct",
    "drop disjunct",
    "flip guard",
    "shift comparison",
    "off by one",
    "swap quantifier",
    "drop when",
)
_SHIFTED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_SAME_STEP = {"<": 1, "<=": -1, ">": -1, ">=": 1}
_SWAPPED = {"all": "exists", "exists": "all"}
_CONNECTIVES = ("&&", "||")


@dataclass(frozen=True, slots=True)
class RuleMutant:
    """A rule with one slip in it."""

    operator: str
    name: str
    """Operator and what it changed, as text: the same wherever the rule stands in its file."""
    key: Key
    """The expression that has the slip."""
    offset: int
    """Where, in characters from its beginning."""
    when: Node | None
    must: Node

    @property
    def text(self) -> str:
        """The expression with the slip; of a dropped `when` the whole rule that is left."""
        tree = self.when if self.key == "when" and self.when is not None else self.must
        return unparse(tree)


@dataclass(frozen=True, slots=True)
class _Edit:
    """A change of a part of an expression: `whole` is the node that was asked for, with the change in it."""

    operator: str
    old: Node
    shown: str
    whole: Node


def rule_mutants(expressions: Expressions) -> Iterator[RuleMutant]:
    """Every mutant of a rule, none twice, in the order of the text."""
    seen = {(_text(expressions.when), unparse(expressions.must))}
    for mutant in _mutants(expressions.when, expressions.must):
        key = (_text(mutant.when), unparse(mutant.must))
        if key not in seen:
            seen.add(key)
            yield mutant


def _mutants(when: Node | None, must: Node) -> Iterator[RuleMutant]:
    if when is not None:
        yield from _of_when(when, must)
    for edit in _edits(must, is_condition=True, is_whole=True):
        yield RuleMutant(edit.operator, _named(edit), "must", _offset(edit.old), when, edit.whole)


def _of_when(when: Node, must: Node) -> Iterator[RuleMutant]:
    parts = _parts(when, "&&")
    guards = [part for part in parts if _guarded(part, "&&") and _reads(must, _guarded(part, "&&"))]
    kept = _joined("&&", [*guards, must])
    yield RuleMutant("drop when", "drop when", "when", _offset(when), None, kept)
    for guard in guards if len(parts) > 1 else ():
        rest = _joined("&&", [part for part in parts if part is not guard])
        name = f"flip guard: {unparse(guard)}"
        yield RuleMutant(
            "flip guard", name, "when", _offset(guard), rest, Binary("&&", guard, must, _offset(guard))
        )
    for edit in _edits(when, is_condition=True, is_whole=True):
        if edit.operator == "drop conjunct" and edit.old in guards:
            continue
        yield RuleMutant(edit.operator, _named(edit), "when", _offset(edit.old), edit.whole, must)


def _named(edit: _Edit) -> str:
    return f"{edit.operator}: {edit.shown}"


def _text(node: Node | None) -> str | None:
    return unparse(node) if node is not None else None


def _edits(node: Node, *, is_condition: bool, is_whole: bool = False) -> Iterator[_Edit]:
    """Every change of a node or of what is below it. `is_condition`: it is true or false, and may be negated."""
    is_connective = isinstance(node, Binary) and node.operator in _CONNECTIVES
    if is_condition and (is_whole or not is_connective) and _may_negate(node):
        yield _Edit("negate", node, unparse(node), node.operand if isinstance(node, Not) else Not(node, 0))
    if isinstance(node, Binary) and is_connective:
        yield from _of_chain(node)
        return
    yield from _of_node(node)
    for index, child in enumerate(children(node)):
        for edit in _edits(child, is_condition=_holds_condition(node, index)):
            yield replace(edit, whole=_with_child(node, index, edit.whole))


def _may_negate(node: Node) -> bool:
    """Shifting `==` negates it already."""
    return not isinstance(node, Literal) and not (isinstance(node, Binary) and node.operator in ("==", "!="))


def _holds_condition(node: Node, index: int) -> bool:
    """Whether a child is true or false; that of a `!` is negated with it."""
    if isinstance(node, Conditional):
        return index == 0
    return isinstance(node, Macro) and index == 1 and node.kind != "map"


def _of_chain(node: Binary) -> Iterator[_Edit]:
    operator = node.operator
    parts = _parts(node, operator)
    for number, part in enumerate(parts):
        others = [*parts[:number], *parts[number + 1 :]]
        field, rest = _guarded(part, operator), parts[number + 1 :]
        if field is not None and any(_reads(later, field) for later in rest):
            flipped = _joined("||" if operator == "&&" else "&&", [_negated(part), _joined(operator, rest)])
            whole = _joined(operator, [*parts[:number], flipped])
            yield _Edit("flip guard", part, unparse(part), whole)
        else:
            what = "drop conjunct" if operator == "&&" else "drop disjunct"
            yield _Edit(what, part, unparse(part), _joined(operator, others))
        for edit in _edits(part, is_condition=True):
            whole = _joined(operator, [*parts[:number], edit.whole, *parts[number + 1 :]])
            yield replace(edit, whole=whole)


def _of_node(node: Node) -> Iterator[_Edit]:
    if isinstance(node, Binary) and node.operator in _SHIFTED:
        shifted = replace(node, operator=_SHIFTED[node.operator])
        yield _Edit("shift comparison", node, f"{unparse(node)} to {unparse(shifted)}", shifted)
    if isinstance(node, Macro) and node.kind in _SWAPPED:
        swapped = replace(node, kind=_SWAPPED[node.kind])
        head = f"{unparse(node.range)}.{node.kind}"
        yield _Edit("swap quantifier", node, f"{head} to {swapped.kind}", swapped)
    for index, child in enumerate(children(node)):
        if isinstance(child, Literal) and type(child.value) in (int, float):
            assert isinstance(child.value, int | float)
            for step in (1, -1):
                value = child.value + step
                if isinstance(node, Index) and value < 0:
                    continue  # no list has such an item: it would only crash
                if isinstance(node, Binary) and index == 1 and _SAME_STEP.get(node.operator) == step:
                    continue  # of whole numbers, the shifted comparison says the same
                changed = _with_child(node, index, replace(child, value=value))
                yield _Edit("off by one", child, f"{unparse(node)} to {unparse(changed)}", changed)


def _guarded(part: Node, operator: str) -> Node | None:
    """What is known to be there where a condition of a chain has not decided yet."""
    if operator == "||":
        if not isinstance(part, Not):
            return None
        part = part.operand
    match part:
        case Has(operand, field, offset):
            return Select(operand, field, offset)
        case Binary("in", Literal(str(key)), container, offset):
            return Select(container, key, offset)
        case _:
            return None


def _reads(node: Node, field: Node | None) -> bool:
    """Whether a field, or anything inside it, is read."""
    if field is None:
        return False
    wanted = unparse(field)
    return _is_read(node, wanted)


def _is_read(node: Node, wanted: str) -> bool:
    match node:
        case Index(operand, Literal(str(key))) if f"{unparse(operand)}.{key}" == wanted:
            return True
        case Select() | Index() if unparse(node) == wanted:
            return True
    return any(_is_read(child, wanted) for child in children(node))


def _negated(node: Node) -> Node:
    return node.operand if isinstance(node, Not) else Not(node, _offset(node))


def _parts(node: Node, operator: str) -> list[Node]:
    """The conditions of a chain of one connective, in order."""
    if isinstance(node, Binary) and node.operator == operator:
        return [*_parts(node.left, operator), *_parts(node.right, operator)]
    return [node]


def _joined(operator: str, parts: Sequence[Node]) -> Node:
    first, *others = parts
    for part in others:
        first = Binary(operator, first, part, _offset(part))
    return first


def _with_child(node: Node, index: int, new: Node) -> Node:
    """The node with one of those directly below it exchanged."""
    numbers = itertools.count()
    return rebuild(node, lambda child: new if next(numbers) == index else child)


def _offset(node: Node) -> int:
    """Where the text of a node begins; a connective stands where its first condition does."""
    match node:
        case Binary(_, left, _, _):
            return _offset(left)
        case Select(operand, _, _) | Index(operand, _, _) | Macro(_, operand, _, _):
            return _offset(operand)
        case Conditional(condition, _, _, _):
            return _offset(condition)
        case Call(_, arguments, _, True):
            return _offset(arguments[0])
        case _:
            return node.offset
