from __future__ import annotations

from collections.abc import Callable

import pytest

from egov_infra.plan.builder import PlanError, StackBuilder
from egov_infra.plan.resource import Options
from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef


def _stack() -> StackBuilder:
    return StackBuilder("erb.domain", "erb", "110000000002", "af-south-1")


def test_resources_keep_where_they_came_from() -> None:
    """A planned resource knows stack, owner, account, region and manifest path."""
    stack = _stack()
    key = stack.at("domains", 0, region="us-east-1")("kms.Key", "data", description="d", policy=None)
    assert (key.type, key.name, key.inputs) == ("aws:kms/key:Key", "erb-domain-data", {"description": "d"})
    assert (key.owner, key.stack, key.account, key.region) == (
        "erb",
        "erb.domain",
        "110000000002",
        "us-east-1",
    )
    assert key.path == ("domains", 0)
    assert (key.id, key.arn) == (Ref("erb-domain-data", "id"), Ref("erb-domain-data", "arn"))


@pytest.mark.parametrize(
    ("add", "message"),
    [
        (lambda add: add("kms.Ky", "data"), "no AWS type 'kms.Ky'"),
        (
            lambda add: add("kms.Key", "data", descripton="x"),
            "no property 'descripton'; did you mean 'description'",
        ),
        (lambda add: add("kms.Key", "Data_1"), "logical name"),
        (
            lambda add: add("kms.Alias", "a", target_key_id=Ref("later", "id")),
            "refers to 'later', which no earlier",
        ),
        (
            lambda add: add("kms.Key", "a", opts=Options(depends_on=("b",))),
            "depends on 'b', which no earlier",
        ),
        (
            lambda add: add("kms.Alias", "b", target_key_id=add("kms.Key", "a").output("nam")),
            "kms.Key has no output 'nam'",
        ),
        (lambda add: (add("kms.Key", "a"), add("kms.Key", "a")), "has a resource of this name already"),
        (
            lambda add: add("kms.Alias", "a", target_key_id=Join(("x", StackRef("erb.domain", "y")))),
            "reads its own stack's output",
        ),
    ],
)
def test_mistakes_of_a_blueprint_are_named(add: Callable[[object], object], message: str) -> None:
    """A wrong type, property, name or reference stops the blueprint where it is made."""
    with pytest.raises((PlanError, ValueError), match=message):
        add(_stack().at())


def test_output_of_a_stack_must_exist() -> None:
    """A stack cannot export what it does not plan."""
    with pytest.raises(PlanError, match="output zone: refers to 'zone'"):
        _stack().build({"zone": Ref("zone", "id")})


def test_secrets_stand_only_where_aws_keeps_them() -> None:
    """Not in a document, which is read back in clear, however deep; nor in what a stack exports."""
    stack = _stack()
    with pytest.raises(PlanError, match="erb-domain-data: a document holds a secret"):
        stack.at("domains", 0)("kms.Key", "data", policy=Document({"Statement": ({"Sid": SecretRef("a")},)}))
    with pytest.raises(PlanError, match="output key: would export the value of a secret"):
        stack.build({"key": SecretRef("a")})
