"""The tree of an expression. Every node knows where it begins, as an offset into the expression's text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from egov_infra.source.frozen import frozen

Scalar: TypeAlias = str | int | float | bool | None


class ExpressionError(Exception):
    """An expression is wrong. `offset` is where, in characters from its beginning; `code` that of its diagnostic."""

    def __init__(
        self, message: str, offset: int, suggestion: str | None = None, code: str = "expression"
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.offset = offset
        self.suggestion = suggestion


@frozen
class Literal:
    """A constant."""

    value: Scalar
    offset: int


@frozen
class Name:
    """A variable."""

    name: str
    offset: int


@frozen
class Select:
    """`operand.field`; `offset` is that of the field."""

    operand: Node
    field: str
    offset: int


@frozen
class Has:
    """`has(operand.field)`."""

    operand: Node
    field: str
    offset: int


@frozen
class Index:
    """`operand[index]`."""

    operand: Node
    index: Node
    offset: int


@frozen
class Call:
    """`function(arguments)`; a method's target is its first argument."""

    function: str
    arguments: tuple[Node, ...]
    offset: int
    is_method: bool = False


@frozen
class Not:
    """`!operand`."""

    operand: Node
    offset: int


@frozen
class Negate:
    """`-operand`."""

    operand: Node
    offset: int


@frozen
class Binary:
    """`left operator right`: `&& || == != < <= > >= in + - * / %`."""

    operator: str
    left: Node
    right: Node
    offset: int


@frozen
class Conditional:
    """`condition ? yes : no`."""

    condition: Node
    yes: Node
    no: Node
    offset: int


@frozen
class ListLiteral:
    """`[items]`."""

    items: tuple[Node, ...]
    offset: int


@frozen
class Macro:
    """`range.kind(variable, body)`: all, exists, exists_one, filter, map."""

    kind: str
    range: Node
    variable: str
    body: Node
    offset: int


Node: TypeAlias = (
    Literal | Name | Select | Has | Index | Call | Not | Negate | Binary | Conditional | ListLiteral | Macro
)

MACROS = frozenset(("all", "exists", "exists_one", "filter", "map"))


def children(node: Node) -> tuple[Node, ...]:
    """The nodes directly below."""
    match node:
        case Select() | Has() | Not() | Negate():
            return (node.operand,)
        case Index():
            return (node.operand, node.index)
        case Call():
            return node.arguments
        case Binary():
            return (node.left, node.right)
        case Conditional():
            return (node.condition, node.yes, node.no)
        case ListLiteral():
            return node.items
        case Macro():
            return (node.range, node.body)
        case _:
            return ()


def rebuild(node: Node, change: Callable[[Node], Node]) -> Node:
    """The node with each of those directly below it changed."""
    match node:
        case Select() | Has() | Not() | Negate():
            return replace(node, operand=change(node.operand))
        case Index():
            return replace(node, operand=change(node.operand), index=change(node.index))
        case Call():
            return replace(node, arguments=tuple(map(change, node.arguments)))
        case Binary():
            return replace(node, left=change(node.left), right=change(node.right))
        case Conditional():
            return replace(node, condition=change(node.condition), yes=change(node.yes), no=change(node.no))
        case ListLiteral():
            return replace(node, items=tuple(map(change, node.items)))
        case Macro():
            return replace(node, range=change(node.range), body=change(node.body))
        case _:
            return node


def unparse(node: Node) -> str:
    """The expression as text; reads back as an equal tree."""
    match node:
        case Literal(value):
            return _literal(value)
        case Name(name):
            return name
        case Select(operand, field):
            return f"{_tight(operand)}.{field}"
        case Has(operand, field):
            return f"has({_tight(operand)}.{field})"
        case Index(operand, index):
            return f"{_tight(operand)}[{unparse(index)}]"
        case Call(function, arguments, _, is_method):
            if is_method:
                return f"{_tight(arguments[0])}.{function}({', '.join(map(unparse, arguments[1:]))})"
            return f"{function}({', '.join(map(unparse, arguments))})"
        case Not(operand):
            return f"!{_tight(operand)}"
        case Negate(operand):
            return f"-{_tight(operand)}"
        case Binary(operator, left, right):
            is_chain = operator in ("&&", "||") and isinstance(left, Binary) and left.operator == operator
            return f"{unparse(left) if is_chain else _tight(left)} {operator} {_tight(right)}"
        case Conditional(condition, yes, no):
            return f"{_tight(condition)} ? {_tight(yes)} : {_tight(no)}"
        case ListLiteral(items):
            return f"[{', '.join(map(unparse, items))}]"
        case Macro(kind, span, variable, body):
            return f"{_tight(span)}.{kind}({variable}, {unparse(body)})"


def _tight(node: Node) -> str:
    text = unparse(node)
    return f"({text})" if isinstance(node, Binary | Conditional | Negate) else text


def _literal(value: Scalar) -> str:
    if isinstance(value, str):
        escaped = value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n").replace("\t", "\\t")
        return f"'{escaped}'"
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    return repr(value)
