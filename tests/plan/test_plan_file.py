from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.canonical import MARKS, describe_stack
from egov_infra.plan.context import PlanContext
from egov_infra.plan.plan_file import read_plan_file
from egov_infra.plan.plan_schema import plan_schema
from egov_infra.plan.resource import Options, PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef
from egov_infra.source.diagnostic import InputError

GOLDEN = Path(__file__).parent / "golden"
SCHEMA = jsonschema.Draft202012Validator(json.loads(plan_schema()))


def _normal(plan: StackPlan) -> StackPlan:
    """A plan up to what its JSON leaves out: the order of resources, their manifest's paths, and notes."""

    def normal(item: PlannedResource) -> PlannedResource:
        options = item.options
        ordered = Options(options.protect, tuple(sorted(options.depends_on)), tuple(sorted(options.aliases)))
        return replace(item, path=(), options=ordered)

    resources = sorted(map(normal, plan.resources), key=lambda item: item.name)
    return replace(plan, resources=tuple(resources), notes=())


def _read(data: Any) -> tuple[StackPlan, ...]:
    return read_plan_file(json.dumps(data).encode(), "p").stacks


def test_every_planned_stack_is_read_back(source: EstateSource, context: PlanContext) -> None:
    """Of the platform and of an institution of each kind, each resource after what it uses."""
    institutions = (source.read(slug).institution for slug in ("erb", "mscl", "psptb", "trc"))
    plans = [*plan_platform(context), *(s for one in institutions for s in plan_institution(one, context))]
    read = _read({"version": 1, "stacks": [describe_stack(plan) for plan in plans]})
    assert list(map(_normal, read)) == list(map(_normal, plans))
    for plan in read:
        rebuilt = StackBuilder(plan.name, plan.owner, plan.account, plan.region)
        for resource in plan.resources:
            kind = rebuilt.at()  # a builder refuses what refers to a later resource
            kind(resource.type, resource.name.removeprefix(f"{plan.name.replace('.', '-')}-"), resource.options, **resource.inputs)  # fmt: skip
        assert SCHEMA.is_valid(describe_stack(plan))


@pytest.mark.parametrize("name", sorted(path.name for path in GOLDEN.glob("*")))
def test_golden_plan_reads_back_as_it_was_written(name: str) -> None:
    """What was read by people is what is judged."""
    data = yaml.safe_load((GOLDEN / name).read_text(encoding="utf-8"))
    assert [describe_stack(plan) for plan in _read(data)] == [data]
    assert [error.message for error in SCHEMA.iter_errors(data)] == []


KEYS = st.sampled_from([*MARKS, "$schema", "a", ""])
TEXTS = st.text(max_size=4)
REFERENCES = st.builds(StackRef, TEXTS, TEXTS) | st.builds(
    lambda output: Ref("erb-domain-one", output), st.just("arn")
)
LITERALS = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS
)
VALUES = st.recursive(
    LITERALS
    | REFERENCES
    | st.builds(Join, st.lists(st.text(max_size=2) | REFERENCES, max_size=3).map(tuple)),
    lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(KEYS, inner, max_size=2),
    max_leaves=8,
)


@given(st.dictionaries(KEYS, VALUES, max_size=2), st.booleans())
def test_every_value_reads_back(body: Any, is_secret: bool) -> None:
    """Also an object that only looks like a reference."""
    stack = StackBuilder("erb.domain", "erb", "110000000002", "af-south-1")
    add = stack.at()
    queue = add("sqs.Queue", "one", Options(protect=True), name="one")
    comment = SecretRef("erb/x") if is_secret else "y"
    add("iam.Policy", "two", Options(depends_on=(queue.name,)), policy=Document(body), description=comment)
    plan = stack.build({"out": body})
    data = json.loads(json.dumps(describe_stack(plan)))
    assert list(map(_normal, _read(data))) == [_normal(plan)]
    assert [error.message for error in SCHEMA.iter_errors(data)] == []


def _stack() -> dict[str, Any]:
    stack = StackBuilder("erb.domain", "erb", "110000000002", "af-south-1")
    add = stack.at()
    queue = add("sqs.Queue", "one", name="one")
    policy = Document({"Statement": ({"Resource": queue.arn},)})
    add("sqs.QueuePolicy", "two", Options(depends_on=(queue.name,)), queue_url=queue.id, policy=policy)
    found: dict[str, Any] = json.loads(json.dumps(describe_stack(stack.build({"arn": queue.arn}))))
    return found


_QUEUE, _POLICY = ("resources", 0), ("resources", 1)
_GONE = object()


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        (("version",), 2, "version: version 2, expected 1"),
        (("owner",), "mwtc", "owner: 'mwtc' is not whom 'erb.domain' is named after"),
        (("owner",), _GONE, "a stack misses 'owner'"),
        (("region",), "", "region: expects text, is empty"),
        (("resource",), [], "resource: no key 'resource' in a stack; did you mean 'resources'?"),
        (("resources",), {}, "resources: expects a list of resources"),
        (("outputs",), [], "outputs: expects an object, has []"),
        (("outputs", "arn"), {"$ref": ["erb-domain-x", "arn"]}, "outputs.arn: refers to 'erb-domain-x', which no resource of the stack is called"),
        (("outputs", "arn"), {"$secret": "erb/x"}, "outputs.arn: would export the value of a secret"),
        (("notes",), [1], "notes: expects a list of texts, has 1 in it"),
        (_QUEUE, [], "resources[0]: expects the object of a resource, has []"),
        ((*_QUEUE, "protct"), True, "resources[0].protct: no key 'protct' in a resource; did you mean 'protect'?"),
        ((*_QUEUE, "protect"), 1, "resources[0].protect: expects true or false, has 1"),
        ((*_QUEUE, "type"), "aws:sqs/queue:Queu", "resources[0].type: no AWS type 'aws:sqs/queue:Queu' in the catalogue; did you mean 'aws:sqs/queue:Queue'?"),
        ((*_QUEUE, "type"), "sqs.Queue", "resources[0].type: 'sqs.Queue' is written 'aws:sqs/queue:Queue' here"),
        ((*_QUEUE, "inputs"), [], "resources[0].inputs: expects an object"),
        ((*_QUEUE, "inputs", "delay_second"), 1, "resources[0].inputs.delay_second: no property 'delay_second'; did you mean 'delay_seconds'?"),
        ((*_QUEUE, "inputs", "tags"), {"a": 1}, "resources[0].inputs.tags.a: expects text, has 1"),
        ((*_QUEUE, "inputs", "name"), {"$ref": "x"}, "resources[0].inputs.name.$ref: not what $ref holds: 'x'"),
        ((*_QUEUE, "inputs", "name"), {"$ref": ["erb-domain-two", "arm"]}, "resources[0].inputs: sqs.QueuePolicy has no output 'arm'"),
        ((*_QUEUE, "inputs", "name"), {"$ref": ["erb-domain-two", "id"]}, "resources: resources wait for each other: erb-domain-one, erb-domain-two, erb-domain-one"),
        ((*_POLICY, "name"), "erb-domain-one", "resources[1].name: a resource erb-domain-one stands here twice"),
        ((*_POLICY, "depends_on"), ["x"], "resources[1].depends_on: no resource is called 'x'"),
        ((*_POLICY, "inputs", "queue_url"), _GONE, "resources[1].inputs: misses queue_url"),
        ((*_POLICY, "inputs", "policy", "$document", "a"), {"$secret": "s"}, "resources[1].inputs: a document holds a secret: it would be read back in clear"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_where_it_stands(path: tuple[Any, ...], value: Any, message: str) -> None:
    """With the JSON path, at the line and column of the value."""
    data = copy.deepcopy(_stack())
    parent: Any = data
    for step in path[:-1]:
        parent = parent[step]
    if value is _GONE:
        del parent[path[-1]]
    else:
        parent[path[-1]] = value
    text = json.dumps(data, indent=1)
    with pytest.raises(InputError) as caught:
        read_plan_file(text.encode(), "p.json")
    (found,) = caught.value.diagnostics
    assert (found.code, found.message) == ("plan-file", message)
    assert found.place.line > 0


@pytest.mark.parametrize("data", [[], {}, {"stacks": []}, {"version": 1, "stacks": [_stack(), _stack()]}, {"version": True, "stacks": [_stack()]}, {"stacks": [_stack()]}])  # fmt: skip
def test_file_without_one_plan_for_each_stack_is_refused(data: Any) -> None:
    """Nothing to judge is not a clean judgement."""
    with pytest.raises(InputError):
        _read(data)


def test_stacks_without_any_resource_are_refused() -> None:
    """A stack may be empty beside others; a file of nothing is not a clean one."""
    empty = {**_stack(), "stack": "erb.domain", "owner": "erb", "resources": [], "outputs": {}}
    for data in (empty, {"version": 1, "stacks": [empty]}):
        with pytest.raises(InputError, match="plan-empty"):
            _read(data)
    other = {**_stack(), "stack": "erb.tenancy", "owner": "erb"}
    assert [len(plan.resources) for plan in _read({"version": 1, "stacks": [empty, other]})] == [
        0,
        len(other["resources"]),
    ]


def test_everything_wrong_shows_at_once() -> None:
    """Of each resource the first thing."""
    data = _stack()
    for resource in data["resources"]:
        resource["inputs"]["odd"] = 1
    data["notes"] = [1]
    whole = {
        "version": 1,
        "stacks": [_stack(), {**data, "stack": "erb.x", "notes": []}, {**data, "stack": "erb.y"}],
    }
    with pytest.raises(InputError) as caught:
        read_plan_file(json.dumps(whole).encode(), "p")
    paths = [found.message.partition(":")[0] for found in caught.value.diagnostics]
    assert paths == [
        "stacks[1].resources[0].inputs.odd",
        "stacks[1].resources[1].inputs.odd",
        "stacks[2].notes",
    ]


def test_place_of_a_resource_is_that_in_the_file() -> None:
    """For a resource that no manifest plans any more."""
    read = read_plan_file(json.dumps({"version": 1, "stacks": [_stack()]}, indent=1).encode(), "p.json")
    lines = json.dumps({"version": 1, "stacks": [_stack()]}, indent=1).split("\n")
    place = read.place("erb.domain", "erb-domain-two")
    assert (place.file, lines[place.line - 1].strip(), lines[place.line].strip()) == ("p.json", "{", '"type": "aws:sqs/queuePolicy:QueuePolicy",')  # fmt: skip
    assert str(read.place("erb.domain")) == "p.json:4:3"


def test_committed_schema_is_that_of_the_code(root: Path) -> None:
    """`make docs` writes it anew."""
    assert (root / "docs" / "reference" / "plan.schema.json").read_text(encoding="utf-8") == plan_schema()
