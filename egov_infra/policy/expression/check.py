"""Check an expression against the types of its variables, before it ever runs: a misspelt field is an error here."""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.policy.expression.function import FUNCTIONS
from egov_infra.policy.expression.tree import (
    Binary,
    Call,
    Conditional,
    ExpressionError,
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
    unparse,
)
from egov_infra.policy.expression.types import (
    BOOL,
    DATE,
    DOUBLE,
    DYN,
    INT,
    NULL,
    STRING,
    ListType,
    MapType,
    RecordType,
    Type,
)
from egov_infra.source.spelling import closest

_ORDERED = (INT, DOUBLE, STRING, DATE)
_NUMBERS = (INT, DOUBLE)


def check(node: Node, variables: Mapping[str, Type]) -> Type:
    """The type of an expression. Raises ExpressionError at the first thing that can never be right."""
    match node:
        case Literal(value):
            if value is None:
                return NULL
            return {bool: BOOL, int: INT, float: DOUBLE, str: STRING}[type(value)]
        case Name(name, offset):
            if name not in variables:
                raise ExpressionError(f"no variable {name!r}", offset, closest(name, variables))
            return variables[name]
        case Select(operand, field, offset):
            return _field(check(operand, variables), field, offset)
        case Has(operand, field, offset):
            _field(check(operand, variables), field, offset)
            return BOOL
        case Index(operand, index, offset):
            return _indexed(check(operand, variables), check(index, variables), offset)
        case Call():
            return _call(node, variables)
        case Not(operand, offset):
            _expect(check(operand, variables), BOOL, operand, offset)
            return BOOL
        case Negate(operand, offset):
            found = check(operand, variables)
            if found not in (*_NUMBERS, DYN):
                raise ExpressionError(f"- needs a number, {unparse(operand)} is {found}", offset)
            return found
        case Binary():
            return _binary(node, variables)
        case Conditional(condition, yes, no, offset):
            _expect(check(condition, variables), BOOL, condition, offset)
            return _common(check(yes, variables), check(no, variables), offset)
        case ListLiteral(items, offset):
            item: Type = DYN
            for element in items:
                found = check(element, variables)
                item = found if item == DYN else _common(item, found, offset)
            return ListType(item)
        case Macro():
            return _macro(node, variables)


def _field(operand: Type, field: str, offset: int) -> Type:
    if operand == DYN:
        return DYN
    if isinstance(operand, MapType):
        return operand.value
    if isinstance(operand, RecordType):
        fields = operand.fields()
        if field in fields:
            return fields[field]
        raise ExpressionError(f"{operand} has no field {field!r}", offset, closest(field, fields))
    raise ExpressionError(f"{operand} has no fields", offset)


def _indexed(operand: Type, index: Type, offset: int) -> Type:
    if isinstance(operand, ListType):
        _expect(index, INT, None, offset)
        return operand.item
    if isinstance(operand, MapType):
        _expect(index, STRING, None, offset)
        return operand.value
    if operand == DYN:
        return DYN
    raise ExpressionError(f"{operand} cannot be indexed", offset)


def _call(node: Call, variables: Mapping[str, Type]) -> Type:
    function = FUNCTIONS.get((node.function, node.is_method))
    if function is None:
        names = {name for name, is_method in FUNCTIONS if is_method == node.is_method}
        what = "method" if node.is_method else "function"
        raise ExpressionError(f"no {what} {node.function!r}", node.offset, closest(node.function, names))
    if len(node.arguments) != len(function.arguments):
        wanted = len(function.arguments) - node.is_method
        raise ExpressionError(f"{node.function} takes {wanted} arguments", node.offset)
    for argument, accepted in zip(node.arguments, function.arguments, strict=True):
        found = check(argument, variables)
        if not any(_fits(found, kind) for kind in accepted):
            raise ExpressionError(
                f"{node.function} takes {' or '.join(map(str, accepted))}, {unparse(argument)} is {found}",
                node.offset,
            )
    return function.returns


def _binary(node: Binary, variables: Mapping[str, Type]) -> Type:
    left, right = check(node.left, variables), check(node.right, variables)
    operator = node.operator
    if operator in ("&&", "||"):
        _expect(left, BOOL, node.left, node.offset)
        _expect(right, BOOL, node.right, node.offset)
        return BOOL
    if operator == "in":
        if isinstance(right, ListType):
            _common(left, right.item, node.offset)
        elif not isinstance(right, MapType) and right != DYN:
            raise ExpressionError(f"in needs a list or a map, {unparse(node.right)} is {right}", node.offset)
        return BOOL
    if operator in ("==", "!="):
        if NULL not in (left, right):
            _common(left, right, node.offset)
        return BOOL
    if operator in ("<", "<=", ">", ">="):
        found = _common(left, right, node.offset)
        if found not in (*_ORDERED, DYN):
            raise ExpressionError(f"{found} has no order", node.offset)
        return BOOL
    found = _common(left, right, node.offset)
    allowed = (*_NUMBERS, STRING, DYN) if operator == "+" else (*_NUMBERS, DYN)
    if found not in allowed and not (operator == "+" and isinstance(found, ListType)):
        raise ExpressionError(f"{operator} is not for {found}", node.offset)
    return found


def _macro(node: Macro, variables: Mapping[str, Type]) -> Type:
    span = check(node.range, variables)
    if node.variable in variables:
        raise ExpressionError(f"variable {node.variable!r} is taken", node.offset)
    if isinstance(span, ListType):
        item: Type = span.item
    elif isinstance(span, MapType):
        item = STRING
    elif span == DYN:
        item = DYN
    else:
        raise ExpressionError(
            f"{node.kind} runs over a list or a map, {unparse(node.range)} is {span}", node.offset
        )
    body = check(node.body, {**variables, node.variable: item})
    if node.kind == "map":
        return ListType(body)
    _expect(body, BOOL, node.body, node.offset)
    return ListType(item) if node.kind == "filter" else BOOL


def _expect(found: Type, wanted: Type, node: Node | None, offset: int) -> None:
    if not _fits(found, wanted):
        what = unparse(node) if node else "this"
        raise ExpressionError(f"expects {wanted}, {what} is {found}", offset)


def _fits(found: Type, wanted: Type) -> bool:
    if DYN in (found, wanted) or found == wanted:
        return True
    if isinstance(found, ListType) and isinstance(wanted, ListType):
        return _fits(found.item, wanted.item)
    if isinstance(found, MapType) and isinstance(wanted, MapType):
        return _fits(found.value, wanted.value)
    return False


def _common(left: Type, right: Type, offset: int) -> Type:
    if right in (left, DYN):
        return left
    if left == DYN:
        return right
    if isinstance(left, ListType) and isinstance(right, ListType):
        return ListType(_common(left.item, right.item, offset))
    raise ExpressionError(f"{left} and {right} never compare", offset)
