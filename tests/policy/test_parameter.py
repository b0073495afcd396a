from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.policy.parameter import (
    Parameter,
    constant,
    declaration_faults,
    defaults,
    given_faults,
    parameters_type,
)
from egov_infra.policy.policies import Policies

TEXTS = st.sampled_from(["", "x", "xy", "reject", "a@b", "7"])
NUMBERS = st.one_of(st.integers(-3, 9), st.sampled_from([0.5, 2.0, -1.5]))
VALUE = st.one_of(
    st.none(),
    st.booleans(),
    NUMBERS,
    TEXTS,
    st.lists(st.one_of(NUMBERS, TEXTS, st.booleans()), max_size=4),
    st.dictionaries(TEXTS, NUMBERS, max_size=1),
)
BOUNDS: dict[str, Any] = {"minimum": st.integers(-2, 4), "maximum": st.integers(0, 6)}
WORDS: dict[str, Any] = {
    "enum": st.lists(TEXTS, min_size=1, max_size=3).map(tuple),
    "pattern": st.sampled_from(["^x", "@", "[a-y]+$"]),
}


def _kind(name: str, optional: dict[str, Any], **more: Any) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"type": st.just(name), **more}, optional=optional)


NUMERIC = [_kind(name, BOUNDS) for name in ("integer", "number")]
CHOICE = _kind("integer", {"enum": st.lists(st.integers(0, 3), min_size=1, max_size=3).map(tuple)})
ITEM = st.one_of(_kind("integer", BOUNDS), CHOICE, _kind("string", WORDS))
SIZES = {"minItems": st.integers(0, 2), "maxItems": st.integers(0, 4)}
DECLARED = st.one_of(
    *NUMERIC, CHOICE, _kind("boolean", {}), _kind("string", WORDS), _kind("array", SIZES, items=ITEM)
)


def _parameter(data: dict[str, Any]) -> Parameter:
    return Parameter.model_validate({"description": "what it is", "default": 0, **data})


@given(DECLARED, VALUE)
def test_takes_what_its_json_schema_takes(data: dict[str, Any], value: object) -> None:
    """The declaration is a JSON Schema, and a validator of JSON Schema says the same of every value."""
    declared = _parameter(data)
    schema = declared.schema_part()
    jsonschema.Draft202012Validator.check_schema(schema)
    takes = jsonschema.Draft202012Validator(schema).is_valid(value)
    assert (list(given_faults({"it": declared}, {"it": value}, ())) == []) is takes
    if takes:
        found = constant(declared, value)
        assert (list(found) if isinstance(found, tuple) else found) == value


def test_bundled_declarations_are_sound(policies: Policies) -> None:
    """Each is a JSON Schema that takes its own default."""
    declared = [one for rule in policies.rules for one in rule.metadata.parameters.values()]
    assert declared
    for one in declared:
        schema = one.schema_part()
        jsonschema.Draft202012Validator.check_schema(schema)
        jsonschema.validate(json.loads(json.dumps(one.default)), schema)


@pytest.mark.parametrize(
    ("data", "path", "message"),
    [
        ({"type": "string", "minimum": 1}, ("minimum",), "minimum says nothing of string"),
        ({"type": "integer", "minItems": 1}, ("minItems",), "minItems says nothing of integer"),
        ({"type": "boolean", "enum": ("x",)}, ("enum",), "enum says nothing of boolean"),
        ({"type": "integer", "enum": ("x",)}, ("enum",), "'x' is not of type integer"),
        ({"type": "array"}, (), "a list says under items what they are"),
        (
            {"type": "array", "items": {"type": "integer", "pattern": "x"}},
            ("items", "pattern"),
            "pattern says nothing of integer",
        ),
        (
            {"type": "string", "pattern": "(x"},
            ("pattern",),
            "pattern: a ( without its ) (character 1)",
        ),
        ({"type": "integer", "minimum": 1}, ("default",), "days: 0 is less than 1"),
        ({"type": "string"}, ("default",), "days: 0 where text belongs"),
    ],
)
def test_declaration_that_contradicts_itself_is_named(
    data: dict[str, Any], path: tuple[str, ...], message: str
) -> None:
    """What says nothing of the type, and a default that the schema does not take."""
    faults = list(declaration_faults({"days": _parameter(data)}, ("parameters",)))
    assert [(fault.path, fault.message) for fault in faults] == [(("parameters", "days", *path), message)]


@pytest.mark.parametrize(
    ("value", "message", "suggestion"),
    [
        ({"day": 7}, "no parameter 'day'; the rule has days, words", "days"),
        ({"days": "7"}, "days: '7' where a whole number belongs", None),
        ({"days": True}, "days: true where a whole number belongs", None),
        ({"days": 99}, "days: 99 is more than 30", None),
        ({"words": ()}, "words: 0 items, at least 1 belong here", None),
        ({"words": ("rejct",)}, "words: 'rejct' is not one of none, reject", "reject"),
        ({"words": {"reject": 1}}, "words: a mapping where a list belongs", None),
    ],
)
def test_wrong_value_is_named_in_words(
    value: dict[str, object], message: str, suggestion: str | None
) -> None:
    """Name, value and what would be right."""
    declared = {
        "days": _parameter({"type": "integer", "maximum": 30}),
        "words": _parameter(
            {"type": "array", "items": {"type": "string", "enum": ("none", "reject")}, "minItems": 1}
        ),
    }
    (fault,) = given_faults(declared, value, ("parameters",))
    assert (fault.message, fault.suggestion) == (message, suggestion)


def test_types_are_those_of_expressions() -> None:
    """A whole number, a number, true or false, a word of a few, a list."""
    declared = {
        "days": _parameter({"type": "integer", "default": 2.0}),
        "share": _parameter({"type": "number", "default": 1}),
        "is_on": _parameter({"type": "boolean", "default": True}),
        "word": _parameter({"type": "string", "enum": ("x", "y"), "default": "x"}),
        "words": _parameter({"type": "array", "items": {"type": "string"}, "default": ("x",)}),
    }
    types = {name: str(kind) for name, kind in parameters_type(declared).fields().items()}
    assert types == {
        "days": "int",
        "share": "double",
        "is_on": "bool",
        "word": "string",
        "words": "list(string)",
    }
    values = defaults(declared)
    assert values == {"days": 2, "share": 1.0, "is_on": True, "word": "x", "words": ("x",)}
    assert [type(value) for value in values.values()] == [int, float, bool, str, tuple]
