"""Conditions: the short way to write the commonest expressions, lowered to the same tree.

`{field: subject.retention_days, min: parameters.min_retention_days}` is `subject.retention_days >=
parameters.min_retention_days`. Several conditions, and several tests of one, must all hold. A text that begins with a
variable and a dot, such as `parameters.policies`, stands for that field; any other text stands for itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Annotated, TypeAlias

from pydantic import Discriminator, Field, Tag, WithJsonSchema

from egov_infra.model.record import Record
from egov_infra.policy.expression.check import inspect
from egov_infra.policy.expression.parser import MAX_INTEGER, parse
from egov_infra.policy.expression.tree import (
    Binary,
    Call,
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
    rebuild,
)
from egov_infra.policy.expression.types import DOUBLE, ListType, Type
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen

_SCALAR = {"type": ["string", "number", "boolean"]}
Operand = Annotated[object, WithJsonSchema({"type": ["string", "number", "boolean", "array"]})]
Bound = Annotated[object, WithJsonSchema({"type": ["number", "string"]})]
Several = Annotated[object, WithJsonSchema({"type": ["array", "string"], "items": _SCALAR})]
_ITEM, _RANGE = "item", "range"
"""Variables of the macros that conditions are lowered to."""


class Condition(Record):
    """What must hold of one field; of a list, of every item, and there must be one unless the rule may be empty."""

    field: Annotated[str, Field(min_length=1)]
    """The field, such as `subject.dmarc.policy`."""
    exists: bool | None = None
    """Whether it must be there, or must not."""
    equals: Operand = None
    """What it must be. A list is compared as a whole."""
    in_: Annotated[Several, Field(alias="in")] = None
    """What it must be one of: a list, or a field that holds one."""
    min: Bound = None
    """The least that it may be."""
    max: Bound = None
    """The most that it may be."""
    matches: str | None = None
    """A pattern that it must match somewhere."""
    within: Several = None
    """A network, or networks of which one must contain it: `10.40.0.0/14`."""


def _written_as(value: object) -> str:
    if isinstance(value, Mapping | Condition):
        return "condition"
    return "conditions" if isinstance(value, tuple | list) else "expression"


Formula: TypeAlias = Annotated[
    Annotated[str, Tag("expression")]
    | Annotated[Condition, Tag("condition")]
    | Annotated[tuple[Condition, ...], Field(json_schema_extra={"minItems": 1}), Tag("conditions")],
    Discriminator(_written_as),
]
"""An expression, or a condition, or several that must all hold."""
TESTS = ("exists", "equals", "in", "min", "max", "matches", "within")
_COMPARISONS: Mapping[str, str] = {"equals": "==", "in": "in", "min": ">=", "max": "<="}


@frozen
class Origin:
    """Where a part of a lowered tree was written: a path of the file, and how many characters into the value there."""

    path: Path
    is_key: bool = False
    characters: int = 0


class Lowering:
    """Conditions as a tree. Offsets of its nodes tell nothing by themselves: `origin` leads back to what was written."""

    def __init__(self, variables: Mapping[str, Type], *, may_be_empty: bool) -> None:
        self._variables = variables
        self._may_be_empty = may_be_empty
        self._begins: list[int] = []
        self._origins: list[Origin] = []
        self._next = 0
        self.faults: list[ExpressionError] = []

    def origin(self, offset: int) -> Origin:
        """Where the node of an offset was written."""
        number = bisect_right(self._begins, offset) - 1
        found = self._origins[number]
        return Origin(found.path, found.is_key, offset - self._begins[number])

    def lower(self, written: Condition | Sequence[Condition], path: Path) -> Node | None:
        """The tree of conditions at a path; where there are faults, of the others, so that these are checked too."""
        if isinstance(written, Condition):
            tests = list(self._condition(written, path))
        else:
            tests = [
                test for number, one in enumerate(written) for test in self._condition(one, (*path, number))
            ]
            if not written:
                self._fault("no condition stands here", self._begin(path, 0))
        return conjoin(tests) if tests else None

    def _begin(self, path: Path, length: int, *, is_key: bool = False) -> int:
        """The offset of what begins at a path."""
        begin = self._next
        self._begins.append(begin)
        self._origins.append(Origin(path, is_key))
        self._next += length + 1
        return begin

    def _fault(self, message: str, offset: int) -> None:
        self.faults.append(ExpressionError(message, offset))

    def _condition(self, one: Condition, path: Path) -> Iterator[Node]:
        field = self._chain(one.field, (*path, "field"))
        given = one.model_dump(by_alias=True, include=one.model_fields_set - {"field"})
        if not given:
            at = self._begin((*path, "field"), len(one.field))
            self._fault(f"nothing must hold of {one.field}: add one of {', '.join(TESTS)}", at)
        if given.get("exists") is False and len(given) > 1:
            self._fault("what must not exist can be nothing else", self._begin((*path, "exists"), 0))
        if field is None:
            return
        kind = inspect(field, self._variables)[0]
        for test in (test for test in TESTS if test in given):
            found = self._test(test, given[test], field, kind, (*path, test))
            if found is not None:
                yield found

    def _test(self, test: str, value: object, field: Node, kind: Type, path: Path) -> Node | None:
        at = self._begin(path, len(test), is_key=True)
        if value is None:
            self._fault(f"{test} has no value; to ask whether a field is there, write exists", at)
            return None
        if test == "exists":
            return self._presence(field, bool(value), at)
        each = isinstance(kind, ListType) and not (test == "equals" and isinstance(value, tuple | list))
        item = kind.item if each and isinstance(kind, ListType) else kind
        operand = self._operand(test, value, item, path)
        if operand is None:
            return None
        subject: Node = Name(_ITEM, at) if each else field
        body = self._body(test, subject, operand, at)
        if not each:
            return body
        every = Macro("all", field, _ITEM, body, at)
        if self._may_be_empty:
            return every
        size = Binary(">", Call("size", (field,), at), Literal(0, at), at)
        return Binary("&&", size, every, at)

    def _presence(self, field: Node, wanted: bool, at: int) -> Node | None:
        match field:
            case Select(operand, name, offset) | Index(operand, Literal(str(name)), offset):
                found = Has(operand, name, offset)
            case _:
                self._fault("exists asks for a field by its name", at)
                return None
        return found if wanted else Not(found, at)

    def _body(self, test: str, subject: Node, operand: Node, at: int) -> Node:
        if test == "matches":
            return Call("matches", (subject, operand), at, is_method=True)
        if test != "within":
            return Binary(_COMPARISONS[test], subject, operand, at)
        if isinstance(inspect(operand, self._variables)[0], ListType):
            inner = Call("cidr_contains", (Name(_RANGE, at), subject), at)
            return Macro("exists", operand, _RANGE, inner, at)
        return Call("cidr_contains", (operand, subject), at)

    def _operand(self, test: str, value: object, kind: Type, path: Path) -> Node | None:
        """What a field is compared with: a text that names a field is read as one, but for patterns."""
        if isinstance(value, tuple | list):
            if test in ("equals", "in", "within"):
                inner = kind.item if isinstance(kind, ListType) else kind
                items = [self._scalar(item, inner, (*path, number)) for number, item in enumerate(value)]
                known = tuple(item for item in items if item is not None)
                return ListLiteral(known, self._begin(path, 0)) if len(known) == len(items) else None
            self._fault(f"{test} takes one value, not a list", self._begin(path, 0))
            return None
        if test == "matches":
            return Literal(str(value), self._begin(path, len(str(value))))
        if test == "in" and isinstance(value, str):
            return self._chain(value, path)
        return self._scalar(value, kind, path)

    def _scalar(self, value: object, kind: Type, path: Path) -> Node | None:
        if isinstance(value, str):
            root, dot, _ = value.partition(".")
            if dot and root in self._variables:
                return self._chain(value, path)
            return Literal(value, self._begin(path, len(value)))
        at = self._begin(path, 0)
        if isinstance(value, bool):
            return Literal(value, at)
        if not isinstance(value, int | float):
            self._fault(f"{'nothing' if value is None else 'no mapping'} can be compared with", at)
            return None
        if isinstance(value, int) and abs(value) > MAX_INTEGER:
            self._fault("an integer beyond 64 bits", at)
            return None
        number: int | float = float(value) if kind == DOUBLE else value
        return Negate(Literal(-number, at), at) if number < 0 else Literal(number, at)

    def _chain(self, text: str, path: Path) -> Node | None:
        """A field by its name; anything else is no condition."""
        at = self._begin(path, len(text))
        try:
            node = parse(text)
        except ExpressionError as error:
            self.faults.append(ExpressionError(error.message, at + error.offset, error.suggestion))
            return None
        if not _is_chain(node):
            self._fault("a field belongs here, such as subject.name; anything else is an expression, written as a block: |", at)  # fmt: skip
            return None
        return shift(node, at)


def conjoin(tests: Sequence[Node]) -> Node:
    """All of them, from left to right."""
    whole = tests[0]
    for test in tests[1:]:
        whole = Binary("&&", whole, test, test.offset)
    return whole


def shift(node: Node, by: int) -> Node:
    """The tree with every offset moved."""
    return replace(rebuild(node, lambda child: shift(child, by)), offset=node.offset + by)


def _is_chain(node: Node) -> bool:
    match node:
        case Name():
            return True
        case Select(operand):
            return _is_chain(operand)
        case Index(operand, Literal()):
            return _is_chain(operand)
        case _:
            return False
