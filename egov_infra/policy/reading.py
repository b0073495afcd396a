"""What a rule reads: its fields as paths, found in its expressions without evaluating anything.

A path begins with a variable, or with `related TYPE` for planned resources that refer to the subject. `*` is each item
of a list, or each value of a map.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from egov_infra.policy.expression.function import RELATED
from egov_infra.policy.expression.tree import (
    Call,
    Conditional,
    Has,
    Index,
    Literal,
    Macro,
    Name,
    Node,
    Scalar,
    Select,
    children,
    unparse,
)
from egov_infra.policy.rule import Rule

Steps: TypeAlias = tuple[str, ...]
EACH = "*"
_RELATED = f"{RELATED} "
_WORD = re.compile(r"[A-Za-z]{2,}")
_GRAPH = (RELATED, "refers_to")


def fields_of(rule: Rule) -> frozenset[Steps]:
    """Every field that the rule's `when` and `must` read."""
    reader = _Reader({name: (name,) for name in rule.kind.variables})
    for tree in trees(rule):
        reader.found.add(reader.path(tree))
    return frozenset(path for path in reader.found if path)


def related_types(rule: Rule) -> frozenset[str]:
    """AWS types that the rule looks at besides its own."""
    calls = (node for tree in trees(rule) for node in nodes(tree) if isinstance(node, Call))
    tokens = (call.arguments[-1] for call in calls if call.function in _GRAPH)
    return frozenset(
        token.value for token in tokens if isinstance(token, Literal) and isinstance(token.value, str)
    )


def related_token(root: str) -> str | None:
    """The AWS type of a path that begins with resources around the subject."""
    return root.removeprefix(_RELATED) if root.startswith(_RELATED) else None


def words_of(rule: Rule) -> tuple[str, ...]:
    """The texts that stand in the rule or in its parameters, sorted; of a pattern the words in it."""
    written: set[str] = set()
    for tree in trees(rule):
        for node in nodes(tree):
            if isinstance(node, Call) and node.function == "matches":
                written.update(_WORD.findall(unparse(node.arguments[1])))
    return tuple(sorted(written.union(item for item in constants_of(rule) if isinstance(item, str))))


def constants_of(rule: Rule) -> Iterator[Scalar]:
    """What is written out in the rule, in order, then the values of its parameters."""
    for tree in trees(rule):
        yield from (node.value for node in nodes(tree) if isinstance(node, Literal))
    for value in rule.parameters.values():
        yield from value if isinstance(value, tuple) else (value,)


def asks_graph(rule: Rule) -> bool:
    """Whether the rule asks about the resources around its subject."""
    every = (node for tree in trees(rule) for node in nodes(tree))
    return any(isinstance(node, Call) and node.function in _GRAPH for node in every)


def trees(rule: Rule) -> tuple[Node, ...]:
    """The expressions that decide."""
    when, must = rule.expressions.when, rule.expressions.must
    return (must,) if when is None else (when, must)


def nodes(node: Node) -> Iterator[Node]:
    """An expression and everything below it, what stands first first."""
    yield node
    for child in children(node):
        yield from nodes(child)


class _Reader:
    """Follows fields from where they begin; a path is None where a value is made, not read."""

    def __init__(self, known: Mapping[str, Steps | None]) -> None:
        self._known = known
        self.found: set[Steps | None] = set()

    def path(self, node: Node) -> Steps | None:
        match node:
            case Name(name):
                return self._known.get(name)
            case Select(operand, field):
                return _below(self.path(operand), field)
            case Has(operand, field):
                self.found.add(_below(self.path(operand), field))
                return None
            case Index(operand, index):
                self.found.add(self.path(index))
                is_key = isinstance(index, Literal) and isinstance(index.value, str)
                return _below(
                    self.path(operand), str(index.value) if is_key and isinstance(index, Literal) else EACH
                )
            case Call(function, arguments):
                return self._call(function, arguments)
            case Macro(kind, span, variable, body):
                return self._macro(kind, self.path(span), variable, body)
            case Conditional(condition, yes, no):
                self.found |= {self.path(condition), self.path(yes)}
                return self.path(no)
            case _:
                self.found |= {self.path(child) for child in children(node)}
                return None

    def _call(self, function: str, arguments: tuple[Node, ...]) -> Steps | None:
        if function == RELATED and isinstance(arguments[-1], Literal):
            return (f"{_RELATED}{arguments[-1].value}",)
        paths = {self.path(argument) for argument in arguments}
        if function == "statements":
            return _below(next(iter(paths)), "Statement")
        self.found |= paths
        return None

    def _macro(self, kind: str, span: Steps | None, variable: str, body: Node) -> Steps | None:
        inner = _Reader({**self._known, variable: _below(span, EACH)})
        made = inner.path(body)
        self.found |= {span, made, *inner.found}
        return span if kind == "filter" else made if kind == "map" else None


def _below(path: Steps | None, step: str) -> Steps | None:
    return (*path, step) if path is not None else None
