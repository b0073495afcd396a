"""Mutants of what a rule judges: a passing example with one value that its rule reads made worse."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from egov_infra.plan.value import Document
from egov_infra.policy.example import Case, exchanged
from egov_infra.policy.expression.compile import Frame
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
from egov_infra.policy.graph import Graph
from egov_infra.policy.reading import EACH, Steps, asks_graph, fields_of, related_token, words_of
from egov_infra.policy.rule import Rule

Place: TypeAlias = tuple[str | int, ...]

OPERATORS = (
    "delete key",
    "add key",
    "flip boolean",
    "other word",
    "wider range",
    "lower number",
    "drop item",
    "double item",
    "add item",
    "empty list",
    "wrong type",
)
_ABSENT = None
_ITEMS = 4
"""Items of a list, or keys of a map, that are looked at one by one."""
_OTHER = "something-else"
_YEARS = datetime.timedelta(days=4000)


@dataclass(frozen=True, slots=True)
class ResourceMutant:
    """A passing example with one value changed."""

    operator: str
    path: str
    frame: Frame


def resource_mutants(rule: Rule, case: Case) -> Iterator[ResourceMutant]:
    """Every mutant of one subject of a passing example, in the order of paths."""
    words, with_graph = words_of(rule), asks_graph(rule)
    frame = case.frame()
    seen: set[tuple[str, Place]] = set()
    for path in sorted(fields_of(rule)):
        root, *steps = path
        token = related_token(root)
        value: Any
        kind: Type
        if token is None:
            value = frame[tuple(rule.kind.variables).index(root)]
            kind = rule.kind.variables[root]
        elif case.stack is None:
            continue
        else:
            value = tuple(frame[-1].related(case.variables[0], token))
            kind = ListType(aws_record(token))
        for place, old, found in _spots(value, kind, steps):
            if (root, place) in seen or (token is None and not place):
                continue
            seen.add((root, place))
            for operator, new in _changes(old, found, words):
                if not place and operator in _GROWING:
                    continue
                made = _changed(value, place, new)
                mutated = _frame(rule, case, frame, root, value, made, with_graph)
                yield ResourceMutant(operator, _shown(root, place), mutated)


_GROWING = ("double item", "add item", "wrong type", "delete key")
"""What would ask for a resource that nobody planned."""


def _shown(root: str, place: Place) -> str:
    return "".join([root, *(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)])


def _spots(value: Any, kind: Type, steps: list[str] | Steps) -> Iterator[tuple[Place, Any, Type]]:
    """Where a path leads to in a value, with what stands there."""
    if not steps:
        yield (), value, kind
        yield from _inside(value, kind)
        return
    step, *rest = steps
    value = value.body if isinstance(value, Document) else value
    if step == EACH:
        keys: list[Any] = []
        if isinstance(value, tuple):
            keys = list(range(min(len(value), _ITEMS)))
        elif isinstance(value, Mapping):
            keys = list(value)[:_ITEMS]
        inner = kind.item if isinstance(kind, ListType) else kind.value if isinstance(kind, MapType) else DYN
        for key in keys:
            for place, found, below in _spots(value[key], inner, rest):
                yield (key, *place), found, below
        return
    fields = kind.fields() if isinstance(kind, RecordType) else {}
    inner = kind.value if isinstance(kind, MapType) else fields.get(step, DYN)
    if isinstance(value, Mapping):
        yield from (
            (((step, *place)), found, below) for place, found, below in _member(value.get(step), inner, rest)
        )
    elif dataclasses.is_dataclass(value):
        names = {field.name for field in dataclasses.fields(value)}
        for name in (
            [step] if step in names else sorted(names & fields.keys())
        ):  # a property is made of the fields
            rest_of = rest if step in names else []
            for place, found, below in _member(getattr(value, name), fields.get(name, DYN), rest_of):
                yield (name, *place), found, below


def _inside(value: Any, kind: Type) -> Iterator[tuple[Place, Any, Type]]:
    """What is inside of a value of no declared shape, such as a policy: a function looks wherever it likes."""
    value = value.body if isinstance(value, Document) else value
    if kind == DYN and isinstance(value, tuple | Mapping):
        for key in range(min(len(value), _ITEMS)) if isinstance(value, tuple) else list(value)[:_ITEMS]:
            for place, found, below in _spots(value[key], DYN, ()):
                yield (key, *place), found, below


def _member(value: Any, kind: Type, rest: list[str]) -> Iterator[tuple[Place, Any, Type]]:
    """A field, and what is below it; what is absent may be put there, as a whole."""
    if rest:
        yield from _spots(value, kind, rest)
    if not rest or value is _ABSENT:
        yield (), value, kind


def _changed(value: Any, place: Place, new: Any) -> Any:
    """The value with another one at a place; nothing else is changed."""
    if not place:
        return new
    step, rest = place[0], place[1:]
    if isinstance(value, Document):
        return Document(_changed(value.body, place, new))
    if isinstance(value, tuple):
        assert isinstance(step, int)
        return (*value[:step], _changed(value[step], rest, new), *value[step + 1 :])
    if isinstance(value, Mapping):
        made = _changed(value.get(step), rest, new)
        return {key: item for key, item in {**value, step: made}.items() if item is not _ABSENT}
    return replace(value, **{str(step): _changed(getattr(value, str(step)), rest, new)})


def _frame(rule: Rule, case: Case, frame: Frame, root: str, old: Any, new: Any, with_graph: bool) -> Frame:
    """The frame with a variable changed, and the planned resource with it where the rule asks what is around."""
    context = case.context() if with_graph and case.stack is not None else frame[-1]
    variables = list(case.variables)
    stack, resource = case.stack, case.subject.resource
    if related_token(root) is None:
        variables[list(rule.kind.variables).index(root)] = new
    if not with_graph or stack is None or resource is None:
        return [*variables, context]
    if related_token(root) is not None:
        around = (
            {id(inputs): changed for inputs, changed in zip(old, new, strict=True)}
            if len(old) == len(new)
            else {}
        )
        kept = {id(inputs) for inputs in new}
        gone = {id(inputs) for inputs in old} - kept - around.keys()
        resources = tuple(
            replace(item, inputs=around[id(item.inputs)]) if id(item.inputs) in around else item
            for item in stack.resources
            if id(item.inputs) not in gone
        )
        context.graph = Graph(replace(stack, resources=resources))
    elif root == "subject" and isinstance(new, Mapping):
        context.graph = Graph(exchanged(stack, resource, replace(resource, inputs=new)))
    return [*variables, context]


def _changes(value: Any, kind: Type, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """What may go wrong with a value: operators, each with what it makes of it."""
    if value is _ABSENT:
        yield from (("add key", made) for made in _made(kind, words))
        return
    yield "delete key", _ABSENT
    if isinstance(value, bool):
        yield "flip boolean", not value
    elif isinstance(value, int | float):
        yield from (("lower number", number) for number in dict.fromkeys((value - 1, 0)) if number != value)
        yield from (("wider range", number) for number in (value + 1, value * 2 + 1_000_000))
    elif isinstance(value, datetime.date):
        yield "lower number", value - _YEARS
        yield "wider range", value + _YEARS
    elif isinstance(value, str):
        yield from (("wider range", network) for network in _wider(value))
        yield from (("other word", word) for word in _others(kind, words) if word != value)
    elif isinstance(value, tuple):
        yield from _of_list(value, kind, words)
    elif isinstance(value, Mapping) and value:
        yield "empty list", {}
    yield "wrong type", 0 if isinstance(value, str | tuple | Mapping) else _OTHER


def _of_list(value: tuple[Any, ...], kind: Type, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for index in range(min(len(value), _ITEMS)):
        yield "drop item", (*value[:index], *value[index + 1 :])
    if value:
        yield "double item", (*value, value[0])
        yield "empty list", ()
    item = kind.item if isinstance(kind, ListType) else DYN
    if item == DYN and value:
        item = _TYPES.get(type(value[0]), DYN)
    yield from (("add item", (*value, made)) for made in _made(item, words))


_TYPES: Mapping[type, Type] = {str: STRING, int: INT, bool: BOOL}


def _made(kind: Type, words: tuple[str, ...]) -> Iterator[Any]:
    """Values of a type, such as nobody has written yet; none of an object of the model."""
    if kind == BOOL:
        yield from (True, False)
    elif kind in (INT, DOUBLE):
        yield from (0, 1_000_000)
    elif kind == DATE:
        yield from (datetime.date(1990, 1, 1), datetime.date(2090, 1, 1))
    elif isinstance(kind, ScalarType):
        yield from _others(kind, words)
    elif isinstance(kind, ListType):
        yield from ((item,) for item in _made(kind.item, words))
    elif isinstance(kind, MapType):
        yield from ({_OTHER: item} for item in _made(kind.value, words))
    elif kind.is_mapping:
        yield {}


def _others(kind: Type, words: tuple[str, ...]) -> Iterator[str]:
    """Other words: those that may stand here, else those that the rule knows and one that nobody does."""
    choices = kind.choices if isinstance(kind, ScalarType) else frozenset[str]()
    yield from sorted(choices) or (*words, _OTHER)


def _wider(text: str) -> Iterator[str]:
    """Wider networks."""
    try:
        network = ipaddress.ip_network(text)
    except ValueError:
        return
    if network.prefixlen:
        yield str(network.supernet())
        yield "0.0.0.0/0" if network.version == 4 else "::/0"  # noqa: PLR2004 - the versions of IP
