from __future__ import annotations

import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from egov_infra.audit.mix import Mix
from egov_infra.cloud.compare import are_same
from egov_infra.cloud.registry import adapter_of
from egov_infra.engine.value import document_text, resolve
from egov_infra.plan.value import Document, Ref, Reference, Value

POLICY = adapter_of("aws:s3/bucketPolicy:BucketPolicy")
DEFINITION = adapter_of("aws:ecs/taskDefinition:TaskDefinition")
SCALARS = st.one_of(st.sampled_from(("a", "b", "ref:a", "ref:b")), st.booleans(), st.integers(0, 3))
DATA = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("kmn"), inner, max_size=3),
    max_leaves=8,
)
BODIES = st.dictionaries(st.sampled_from(("Statement", "Version")), DATA, min_size=1)


def _planned(data: Any) -> Value:
    """Data as a blueprint writes it: some texts are references."""
    if isinstance(data, str) and data.startswith("ref:"):
        return Ref(data, "arn")
    if isinstance(data, list):
        return tuple(map(_planned, data))
    if isinstance(data, dict):
        return {key: _planned(item) for key, item in data.items()}
    found: Value = data
    return found


def _look_up(reference: Reference) -> str:
    assert isinstance(reference, Ref)
    return reference.resource


@example({"Version": ["a", [0]]}, {"Version": ["a", [False, 1]]})
@example({"Version": [1]}, {"Statement": [], "Version": [False, True]})
@given(BODIES, BODIES)
def test_mixed_document_says_what_is_live(declared: dict[str, Any], live: dict[str, Any]) -> None:
    """Whatever was declared and whatever is live: with its references looked up, the mixture means the live one."""
    assert POLICY is not None
    body = _planned(declared)
    assert isinstance(body, dict)
    mix = Mix(POLICY, lambda value: value)
    text = document_text(declared)
    mixed = mix.value("s", "policy", Document(body), text, json.dumps(live))
    assert are_same(json.loads(resolve(mixed, _look_up)), live)


@example([{"Version": [{"m": 0}]}], [{"Version": [{"m": False}]}])
@given(st.lists(BODIES, min_size=1, max_size=3), st.lists(BODIES, min_size=1, max_size=3))
def test_mixed_list_says_what_is_live(declared: list[Any], live: list[Any]) -> None:
    """A document may be a list, as that of containers is; where nothing differs it keeps its references."""
    assert DEFINITION is not None
    body = _planned(declared)
    assert isinstance(body, tuple)
    mix = Mix(DEFINITION, lambda value: value)
    text, path = document_text(declared), "container_definitions"
    mixed = mix.value("s", path, Document(body), text, json.dumps(live))
    assert isinstance(mixed, Document)
    assert are_same(json.loads(resolve(mixed, _look_up)), live)
    assert mix.value("s", path, Document(body), text, text) == Document(body)


@given(BODIES)
def test_document_that_is_as_declared_keeps_its_references(declared: dict[str, Any]) -> None:
    """Rules follow references: none is lost where nothing differs."""
    assert POLICY is not None
    body = _planned(declared)
    assert isinstance(body, dict)
    text = document_text(declared)
    mixed = Mix(POLICY, lambda value: value).value("s", "policy", Document(body), text, text)
    assert mixed == Document(body)
