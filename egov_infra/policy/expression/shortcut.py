"""Rules as one Python function a kind of subject, for the many on which nothing is unknown, absent or wrong.

It applies the operations of `operation` and `function`, and absorbs nothing: whatever is not plain raises, and then the
closures of `compile` decide. Where it answers, they give the same answer; a property of the tests holds them to it.
The function is compiled from a syntax tree that is made here, never from text.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, TypeAlias, TypedDict

from egov_infra.policy.expression.compile import MAX_STEPS
from egov_infra.policy.expression.function import FUNCTIONS
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
from egov_infra.policy.expression.types import DYN, ListType, RecordType, Type
from egov_infra.policy.expression.unknown import EvaluationError

Answers: TypeAlias = tuple[bool | None, ...]
"""One a rule: True where it passes, None where it does not apply, False where the closures are to decide."""
Shortcut: TypeAlias = Callable[..., Answers]
"""Takes the values of the variables and the evaluation's context; never raises."""


class _Place(TypedDict):
    lineno: int
    col_offset: int


_AT: Final[_Place] = {"lineno": 1, "col_offset": 0}
_CONTEXT: Final = "context"
_SHORTCUT: Final = "the shortcut"
_QUANTIFIERS: Final[Mapping[str, str]] = {"all": "all", "exists": "any"}


def _present(value: Any) -> Any:
    """The value of a field as expressions see it."""
    if type(value) in PLAIN:
        return value
    if value is None:
        raise EvaluationError("absent")
    return known(value, "a field")


def _items(context: Any, found: Any) -> list[Any]:
    """The items that a macro runs over, counted against the limit of steps."""
    if type(found) is dict:
        found = [key for key, value in found.items() if value is not None]
    elif type(found) is not tuple:
        raise EvaluationError("neither list nor map")
    context.steps += len(found)
    if context.steps > MAX_STEPS:
        raise EvaluationError("too many steps")
    return [item if type(item) in PLAIN else known(item, "an item") for item in found]


_GIVEN: Final[Mapping[str, Any]] = {
    "present": _present,
    "items": _items,
    "truth": truth,
    "item_at": item_at,
    "negate": negate,
    "any": any,
    "all": all,
    "len": len,
    "tuple": tuple,
    "Exception": Exception,
    **{f"operation {name}": apply for name, apply in OPERATIONS.items()},
    **{f"function {name} {is_method}": found.call for (name, is_method), found in FUNCTIONS.items()},
}
"""What a compiled function may call; a name with a space can be no variable."""


def write_answer(when: Node | None, must: Node, variables: Mapping[str, Type]) -> ast.expr:
    """The answer of a rule, whose expressions have been checked against these variables, as Python."""
    writer = _Writer(variables)
    body = writer.truth(must)
    if when is not None:
        body = ast.IfExp(writer.truth(when), body, ast.Constant(None, **_AT), **_AT)
    return body


def build_shortcut(answers: Sequence[ast.expr], variables: Iterable[str]) -> Shortcut:
    """The shortcut of rules that look at the same variables: each answers for itself, whatever befalls another."""
    names = [f"answer {number}" for number in range(len(answers))]
    body: list[ast.stmt] = []
    for name, answer in zip(names, answers, strict=True):
        steps = ast.Attribute(_name(_CONTEXT), "steps", ast.Store(), **_AT)
        body += [ast.Assign([steps], ast.Constant(0, **_AT), **_AT), _attempt(name, answer)]
    body.append(ast.Return(ast.Tuple([_name(name) for name in names], ast.Load(), **_AT), **_AT))
    parameters = [ast.arg(name, **_AT) for name in (*map(_own, variables), _CONTEXT)]
    arguments = ast.arguments([], parameters, None, [], [], None, [])
    function = ast.FunctionDef(_SHORTCUT, arguments, body, [], **_AT)
    space = dict(_GIVEN)
    exec(compile(ast.Module([function], []), "<rules>", "exec"), space)  # noqa: S102 - of the tree above
    shortcut: Shortcut = space[_SHORTCUT]
    return shortcut


def _attempt(name: str, answer: ast.expr) -> ast.stmt:
    def assign(value: ast.expr) -> ast.stmt:
        return ast.Assign([ast.Name(name, ast.Store(), **_AT)], value, **_AT)

    gives_up = ast.ExceptHandler(_name("Exception"), None, [assign(ast.Constant(False, **_AT))], **_AT)
    return ast.Try([assign(answer)], [gives_up], [], [], **_AT)


def _own(variable: str) -> str:
    """The Python name of a variable: it hides neither a keyword nor what is given."""
    return f"own {variable}"


def _name(name: str) -> ast.expr:
    return ast.Name(name, ast.Load(), **_AT)


def _call(name: str, *arguments: ast.expr) -> ast.expr:
    return ast.Call(_name(name), list(arguments), [], **_AT)


def _compare(left: ast.expr, operator: ast.cmpop, right: Any) -> ast.expr:
    return ast.Compare(left, [operator], [ast.Constant(right, **_AT)], **_AT)


class _Writer:
    def __init__(self, variables: Mapping[str, Type]) -> None:
        self._variables = variables

    def truth(self, node: Node) -> ast.expr:
        """Python that is True or False, or raises."""
        match node:
            case Binary("&&" | "||" as operator, left, right):
                connective = ast.And() if operator == "&&" else ast.Or()
                return ast.BoolOp(connective, [self.truth(left), self.truth(right)], **_AT)
            case Not(operand):
                return ast.UnaryOp(ast.Not(), self.truth(operand), **_AT)
            case Conditional(condition, yes, no):
                return ast.IfExp(self.truth(condition), self.truth(yes), self.truth(no), **_AT)
            case Has(operand, field):
                return _compare(self._member(operand, field), ast.IsNot(), None)
            case Binary("==", left, Literal(str(text))):
                return _compare(self.value(left), ast.Eq(), text)
            case Binary("!=", left, Literal(str(text))):
                return _compare(self.value(left), ast.NotEq(), text)
            case Binary("in", left, ListLiteral(items)) if (texts := _texts(items)) is not None:
                return _compare(self.value(left), ast.In(), texts)
            case Macro("all" | "exists" as kind, span, variable, body):
                holds = self._inner(span, variable).truth(body)
                return _call(_QUANTIFIERS[kind], self._loop(span, variable, holds))
            case Select(operand, field):
                return _call("truth", self._field(operand, field))
            case _:
                return _call("truth", self.value(node))

    def value(self, node: Node) -> ast.expr:
        """Python that computes a value, or raises."""
        match node:
            case Literal(constant):
                return ast.Constant(constant, **_AT)
            case Name(name):
                return _name(_own(name))
            case Select(operand, field):
                return _call("present", self._field(operand, field))
            case Index(operand, index):
                return _call("item_at", self.value(operand), self.value(index))
            case Call(function, arguments, _, is_method):
                return self._function(function, arguments, is_method=is_method)
            case Negate(operand):
                return _call("negate", self.value(operand))
            case Binary(operator, left, right) if operator not in ("&&", "||"):
                return _call(f"operation {operator}", self.value(left), self.value(right))
            case Conditional(condition, yes, no):
                return ast.IfExp(self.truth(condition), self.value(yes), self.value(no), **_AT)
            case ListLiteral(items):
                return ast.Tuple([self.value(item) for item in items], ast.Load(), **_AT)
            case Macro("exists_one", span, variable, body):
                return _compare(_call("len", self._chosen(span, variable, body)), ast.Eq(), 1)
            case Macro("filter", span, variable, body):
                return self._chosen(span, variable, body)
            case Macro("map", span, variable, body):
                made = self._inner(span, variable).value(body)
                return _call("tuple", self._loop(span, variable, made))
            case _:
                return self.truth(node)

    def _function(self, name: str, arguments: tuple[Node, ...], *, is_method: bool) -> ast.expr:
        found = FUNCTIONS[name, is_method]
        given = [
            self._member(item.operand, item.field)
            if found.takes_unknown and isinstance(item, Select)
            else self.value(item)
            for item in arguments
        ]
        context = [_name(_CONTEXT)] if found.takes_context else []
        return _call(f"function {name} {is_method}", *context, *given)

    def _field(self, operand: Node, field: str) -> ast.expr:
        """A field's raw value; raises where a mapping does not have it."""
        if self._is_object(operand):
            return ast.Attribute(self._operand(operand), field, ast.Load(), **_AT)
        return ast.Subscript(self._operand(operand), ast.Constant(field, **_AT), ast.Load(), **_AT)

    def _member(self, operand: Node, field: str) -> ast.expr:
        """A field's raw value, or None."""
        if self._is_object(operand):
            return self._field(operand, field)
        get = ast.Attribute(self._operand(operand), "get", ast.Load(), **_AT)
        return ast.Call(get, [ast.Constant(field, **_AT)], [], **_AT)

    def _operand(self, node: Node) -> ast.expr:
        """What a field is read of: nothing but a mapping or the declared object has it, so that any other raises."""
        if isinstance(node, Select) and not self._may_be_document(node):
            return self._field(node.operand, node.field)
        return self.value(node)

    def _may_be_document(self, node: Select) -> bool:
        """Whether a field is one that may hold an embedded document, whose body is what is read."""
        return isinstance(self._type(node.operand), RecordType) and self._type(node) == DYN

    def _is_object(self, node: Node) -> bool:
        found = self._type(node)
        return isinstance(found, RecordType) and not found.is_mapping

    def _type(self, node: Node) -> Type:
        match node:
            case Name(name):
                return self._variables[name]
            case Select(operand, field):
                record = self._type(operand)
                return record.fields().get(field, DYN) if isinstance(record, RecordType) else DYN
            case _:
                return DYN

    def _inner(self, span: Node, variable: str) -> _Writer:
        ranged = self._type(span)
        return _Writer({**self._variables, variable: ranged.item if isinstance(ranged, ListType) else DYN})

    def _loop(self, span: Node, variable: str, made: ast.expr, *conditions: ast.expr) -> ast.expr:
        items = _call("items", _name(_CONTEXT), self.value(span))
        target = ast.Name(_own(variable), ast.Store(), **_AT)
        loop = ast.comprehension(target, items, list(conditions), is_async=0)
        return ast.GeneratorExp(made, [loop], **_AT)

    def _chosen(self, span: Node, variable: str, body: Node) -> ast.expr:
        condition = self._inner(span, variable).truth(body)
        return _call("tuple", self._loop(span, variable, _name(_own(variable)), condition))


def _texts(items: tuple[Node, ...]) -> frozenset[str] | None:
    """The texts of a list that holds nothing else."""
    texts = frozenset(
        item.value for item in items if isinstance(item, Literal) and isinstance(item.value, str)
    )
    return texts if all(isinstance(item, Literal) and isinstance(item.value, str) for item in items) else None
