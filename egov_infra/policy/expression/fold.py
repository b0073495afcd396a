"""Constants put in the place of a variable's fields, so that closures and shortcuts are made of constants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final, TypeAlias

from egov_infra.policy.expression.tree import (
    Binary,
    Has,
    ListLiteral,
    Literal,
    Macro,
    Name,
    Node,
    Select,
    children,
    rebuild,
)

Constant: TypeAlias = bool | int | float | str | tuple[int | str, ...]
_WRITTEN_OUT: Final = 16
"""Items up to which `all` and `exists` over a constant list become `&&` and `||`, which cost no loop."""


def fold(node: Node, variable: str, constants: Mapping[str, Constant]) -> Node:
    """The expression with each field of the variable replaced by its constant. `strays` of it must be none."""

    def inner(child: Node) -> Node:
        return fold(child, variable, constants)

    match node:
        case Select(Name(name), field, offset) if name == variable:
            return literal(constants[field], offset)
        case Has(Name(name), _, offset) if name == variable:
            return Literal(True, offset)
        case Macro():
            return _written_out(rebuild(node, inner))
        case _:
            return rebuild(node, inner)


def strays(node: Node, variable: str) -> Iterator[Name]:
    """Where the variable stands for itself, not for one of its fields."""
    match node:
        case Name(name) if name == variable:
            yield node
        case Select(Name(name)) | Has(Name(name)) if name == variable:
            return
        case _:
            for child in children(node):
                yield from strays(child, variable)


def fields_read(node: Node, variable: str) -> frozenset[str]:
    """The fields of the variable that an expression reads."""
    match node:
        case Select(Name(name), field) | Has(Name(name), field) if name == variable:
            return frozenset((field,))
        case _:
            return frozenset[str]().union(*(fields_read(child, variable) for child in children(node)))


def literal(constant: Constant, offset: int) -> Node:
    """A constant as a node."""
    if isinstance(constant, tuple):
        return ListLiteral(tuple(Literal(item, offset) for item in constant), offset)
    return Literal(constant, offset)


def _written_out(node: Node) -> Node:
    """`all` and `exists` over a few constants as a chain of `&&` and `||`: by definition the same in CEL."""
    if not isinstance(node, Macro) or node.kind not in ("all", "exists"):
        return node
    span = node.range
    if not isinstance(span, ListLiteral):
        return node
    if len(span.items) > _WRITTEN_OUT or not all(isinstance(item, Literal) for item in span.items):
        return node
    is_all = node.kind == "all"
    chain: Node = Literal(is_all, node.offset)
    for item in reversed(span.items):
        chain = Binary("&&" if is_all else "||", _named(node.body, node.variable, item), chain, node.offset)
    return chain


def _named(node: Node, name: str, value: Node) -> Node:
    """The expression with a macro's variable replaced; the checker lets no inner macro take its name."""
    if isinstance(node, Name) and node.name == name:
        return value
    return rebuild(node, lambda child: _named(child, name, value))
