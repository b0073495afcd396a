"""Check an expression against the types of its variables, before it ever runs: a misspelt field is an error here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from egov_infra.plan.catalogue import UnknownTypeError, tokens
from egov_infra.policy.expression.compile import MAX_STEPS
from egov_infra.policy.expression.function import FUNCTIONS, RELATED
from egov_infra.policy.expression.pattern import PatternError, compile_pattern
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
    STRING,
    ListType,
    MapType,
    RecordType,
    ScalarType,
    Type,
    aws_record,
)
from egov_infra.source.spelling import closest

_ORDERED = (INT, DOUBLE, STRING, DATE)
_NUMBERS = (INT, DOUBLE)
_LITERALS: Mapping[type, Type] = {bool: BOOL, int: INT, float: DOUBLE, str: STRING}
_ABSENT = "null never compares: a field whose value is null is absent, so ask has(...)"


def check(node: Node, variables: Mapping[str, Type]) -> Type:
    """The type of an expression. Raises ExpressionError at the first thing that can never be right."""
    found, faults = inspect(node, variables)
    if faults:
        raise faults[0]
    return found


def inspect(node: Node, variables: Mapping[str, Type]) -> tuple[Type, tuple[ExpressionError, ...]]:
    """The type of an expression, and everything in it that can never be right, in the order of the text."""
    checker = _Checker()
    found = checker.type_of(node, variables)
    return found, tuple(sorted(checker.faults, key=lambda fault: fault.offset))


class _Checker:
    """Gathers faults; what is wrong is `dyn` from there on, so that one fault is reported once."""

    def __init__(self) -> None:
        self.faults: list[ExpressionError] = []
        self._times = 1
        """How often what is looked at may run, for the lists that are written out around it."""
        self._steps = 0
        """Items of such lists over which macros may run."""

    def _fault(
        self, message: str, offset: int, word: str | None = None, candidates: Iterable[str] = ()
    ) -> Type:
        hint = closest(word, candidates) if word is not None else None
        self.faults.append(ExpressionError(message, offset, hint))
        return DYN

    def type_of(self, node: Node, variables: Mapping[str, Type]) -> Type:
        match node:
            case Literal(None, offset):
                return self._fault(_ABSENT, offset)
            case Literal(value):
                return _LITERALS[type(value)]
            case Name(name, offset):
                if name not in variables:
                    return self._fault(f"no variable {name!r}", offset, name, variables)
                return variables[name]
            case Select(operand, field, offset):
                return self._field(self.type_of(operand, variables), field, offset)
            case Has(operand, field, offset):
                self._field(self.type_of(operand, variables), field, offset)
                return BOOL
            case Index(operand, index, offset):
                return self._indexed(
                    self.type_of(operand, variables), self.type_of(index, variables), index, offset
                )
            case Call():
                return self._call(node, variables)
            case Not(operand, offset):
                self._expect(self.type_of(operand, variables), BOOL, operand, offset)
                return BOOL
            case Negate(operand, offset):
                found = self.type_of(operand, variables)
                if found not in (*_NUMBERS, DYN):
                    return self._fault(f"- needs a number, {unparse(operand)} is {found}", offset)
                return found
            case Binary():
                return self._binary(node, variables)
            case Conditional(condition, yes, no, offset):
                self._expect(self.type_of(condition, variables), BOOL, condition, offset)
                return self._common(self.type_of(yes, variables), self.type_of(no, variables), offset)
            case ListLiteral(items, offset):
                item: Type = DYN
                for element in items:
                    found = self.type_of(element, variables)
                    item = found if item == DYN else self._common(item, found, offset)
                return ListType(item)
            case Macro():
                return self._macro(node, variables)

    def _field(self, operand: Type, field: str, offset: int) -> Type:
        if operand == DYN:
            return DYN
        if isinstance(operand, MapType):
            return operand.value
        if isinstance(operand, RecordType):
            fields = operand.fields()
            if field in fields:
                return fields[field]
            return self._fault(f"{operand} has no field {field!r}", offset, field, fields)
        return self._fault(f"{operand} has no fields", offset)

    def _indexed(self, operand: Type, index: Type, index_node: Node, offset: int) -> Type:
        if isinstance(operand, ListType):
            self._expect(index, INT, index_node, offset)
            return operand.item
        if isinstance(operand, MapType):
            self._expect(index, STRING, index_node, offset)
            return operand.value
        return DYN if operand == DYN else self._fault(f"{operand} cannot be indexed", offset)

    def _call(self, node: Call, variables: Mapping[str, Type]) -> Type:
        function = FUNCTIONS.get((node.function, node.is_method))
        found = [self.type_of(argument, variables) for argument in node.arguments]
        if function is None:
            names = {name for name, is_method in FUNCTIONS if is_method == node.is_method}
            what = "method" if node.is_method else "function"
            return self._fault(f"no {what} {node.function!r}", node.offset, node.function, names)
        if len(node.arguments) != len(function.arguments):
            wanted = len(function.arguments) - node.is_method
            return self._fault(f"{node.function} takes {wanted} arguments", node.offset)
        for argument, kind, accepted in zip(node.arguments, found, function.arguments, strict=True):
            if not any(_fits(kind, wanted) for wanted in accepted):
                takes = " or ".join(map(str, accepted))
                self._fault(f"{node.function} takes {takes}, {unparse(argument)} is {kind}", node.offset)
        if function.last_is_token:
            return self._aws(node, function.returns)
        if node.function == "matches":
            self._pattern(node.arguments[1])
        return function.returns

    def _aws(self, node: Call, returns: Type) -> Type:
        """The last argument is an AWS type, written out; the resources found have its fields."""
        token = node.arguments[-1]
        if not isinstance(token, Literal) or not isinstance(token.value, str):
            return self._fault(f"{node.function} takes an AWS type in quotes", token.offset)
        try:
            record = aws_record(token.value)
        except UnknownTypeError:
            return self._fault(f"no AWS type {token.value!r}", token.offset, token.value, tokens())
        return ListType(record) if node.function == RELATED else returns

    def _pattern(self, node: Node) -> None:
        if not isinstance(node, Literal) or not isinstance(node.value, str):
            self._fault("matches takes a pattern in quotes", node.offset)
            return
        try:
            compile_pattern(node.value)
        except PatternError as error:
            message = f"pattern: {error} (character {error.offset + 1})"
            self.faults.append(ExpressionError(message, node.offset, code="pattern"))

    def _binary(self, node: Binary, variables: Mapping[str, Type]) -> Type:
        left, right = self.type_of(node.left, variables), self.type_of(node.right, variables)
        operator = node.operator
        if operator in ("&&", "||"):
            self._expect(left, BOOL, node.left, node.offset)
            self._expect(right, BOOL, node.right, node.offset)
            return BOOL
        if operator == "in":
            if isinstance(right, ListType):
                self._common(left, right.item, node.offset)
                self._choose(left, node.right)
                self._choose(right.item, node.left)
            elif isinstance(right, MapType):
                self._expect(left, STRING, node.left, node.offset)
            elif right != DYN:
                self._fault(f"in needs a list or a map, {unparse(node.right)} is {right}", node.offset)
            return BOOL
        found = self._common(left, right, node.offset)
        if operator in ("==", "!="):
            self._choose(left, node.right)
            self._choose(right, node.left)
            return BOOL
        if operator in ("<", "<=", ">", ">="):
            if found not in (*_ORDERED, DYN):
                self._fault(f"{found} has no order", node.offset)
            return BOOL
        allowed: tuple[Type, ...] = {"+": (*_NUMBERS, STRING, DYN), "%": (INT, DYN)}.get(
            operator, (*_NUMBERS, DYN)
        )
        if found not in allowed and not (operator == "+" and isinstance(found, ListType)):
            return self._fault(f"{operator} is not for {found}", node.offset)
        return found

    def _choose(self, kind: Type, node: Node) -> None:
        """A string that may be one of a few is compared with one of these."""
        choices = kind.choices if isinstance(kind, ScalarType) else frozenset[str]()
        if not choices:
            return
        for item in node.items if isinstance(node, ListLiteral) else (node,):
            if isinstance(item, Literal) and isinstance(item.value, str) and item.value not in choices:
                allowed = ", ".join(sorted(choices))
                self._fault(f"{item.value!r} is never so: it is one of {allowed}", item.offset, item.value, choices)  # fmt: skip

    def _macro(self, node: Macro, variables: Mapping[str, Type]) -> Type:
        span = self.type_of(node.range, variables)
        if node.variable in variables:
            self._fault(f"variable {node.variable!r} is taken", node.offset)
        if isinstance(span, ListType):
            item: Type = span.item
        elif isinstance(span, MapType):
            item = STRING
        else:
            item = DYN
            if span != DYN:
                what = f"{unparse(node.range)} is {span}"
                self._fault(f"{node.kind} runs over a list or a map, {what}", node.offset)
        times = self._times
        if isinstance(node.range, ListLiteral):
            self._times *= len(node.range.items)
            self._steps += self._times
            if self._steps - self._times <= MAX_STEPS < self._steps:
                self._fault(f"{node.kind} brings this to more than {MAX_STEPS} steps", node.offset)
        body = self.type_of(node.body, {**variables, node.variable: item})
        self._times = times
        if node.kind == "map":
            return ListType(body)
        self._expect(body, BOOL, node.body, node.offset)
        return ListType(item) if node.kind == "filter" else BOOL

    def _expect(self, found: Type, wanted: Type, node: Node, offset: int) -> None:
        if not _fits(found, wanted):
            self._fault(f"expects {wanted}, {unparse(node)} is {found}", offset)

    def _common(self, left: Type, right: Type, offset: int) -> Type:
        if right in (left, DYN):
            return left
        if left == DYN:
            return right
        if isinstance(left, ListType) and isinstance(right, ListType):
            return ListType(self._common(left.item, right.item, offset))
        return self._fault(f"{left} and {right} never compare", offset)


def _fits(found: Type, wanted: Type) -> bool:
    if DYN in (found, wanted) or found == wanted:
        return True
    if isinstance(found, ListType) and isinstance(wanted, ListType):
        return _fits(found.item, wanted.item)
    if isinstance(found, MapType) and isinstance(wanted, MapType):
        return _fits(found.value, wanted.value)
    return False
