from __future__ import annotations

import re

import pytest

from egov_infra.plan.catalogue import tokens
from egov_infra.policy.expression.check import inspect
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.readable import Field, describe, fields_of, reference_of
from egov_infra.policy.subject import Kind, kind_of, model_kinds

KINDS = sorted(model_kinds())


def _field(kind: str, path: str) -> Field:
    return next(field for field in fields_of(kind_of(kind)) if field.path == path)


@pytest.mark.parametrize("name", KINDS)
def test_every_field_of_the_model_says_what_it_means(name: str) -> None:
    """A reviewer reads it where it is listed; the text stands under the field in the source."""
    assert [field.path for field in fields_of(kind_of(name)) if not field.description] == []
    assert len(describe(kind_of(name))) > 15


@pytest.mark.parametrize("name", [*KINDS, "aws:s3/bucket:Bucket", "aws:wafv2/webAcl:WebAcl"])
def test_every_field_is_one_that_the_checker_knows(name: str) -> None:
    """There is no second list: an expression that reads it has the type that is printed."""
    kind = kind_of(name)
    for field in fields_of(kind):
        found, faults = inspect(parse(field.path.replace("[]", "[0]")), kind.variables)
        assert (found, faults) == (field.type, ())


def test_what_only_the_provider_describes_says_where() -> None:
    """Inputs of AWS types have no text of ours, and an address instead."""
    for token in tokens():
        kind = kind_of(token)
        assert re.fullmatch(
            r"https://www\.pulumi\.com/registry/packages/aws/api-docs/[a-z0-9]+/[a-z0-9]+/",
            reference_of(kind) or "",
        )
        own = [field for field in fields_of(kind) if field.path.startswith("subject.")]
        assert {field.description for field in own} == {None}
        assert [field.path for field in fields_of(kind) if not field.description and field not in own] == []


@pytest.mark.parametrize(
    ("kind", "path", "type_name", "unit", "choices"),
    [
        ("mail_domain", "subject.dkim[].age_days", "whole number", "days", ()),
        ("mail_domain", "subject.dkim", "list of record", None, ()),
        ("mail_domain", "subject.sends", "true or false", None, ()),
        ("environment", "subject.alert_percent", "list of whole number", "%", ()),
        ("backup", "subject.tier", "text", None, ("T0", "T1", "T2", "T3")),
        ("planned_resource", "subject.inputs", "map of anything", None, ()),
        ("aws:s3/bucket:Bucket", "subject.tags", "map of text", None, ()),
    ],
)
def test_type_unit_and_choices_are_said_in_words(
    kind: str, path: str, type_name: str, unit: str | None, choices: tuple[str, ...]
) -> None:
    """Of lists those of the items."""
    field = _field(kind, path)
    assert (field.type_name, field.unit, field.choices) == (type_name, unit, choices)


def test_record_that_holds_itself_is_followed_once() -> None:
    """Statements of a firewall stand in statements without end."""
    paths = [field.path for field in fields_of(kind_of("aws:wafv2/webAcl:WebAcl"))]
    assert len(paths) == len(set(paths)) < 2000


def _kind_without_module() -> Kind:
    return Kind("nameless", {})


def test_module_of_every_kind_bears_its_name() -> None:
    """Its sentence is read from there."""
    with pytest.raises(ModuleNotFoundError):
        describe(_kind_without_module())
    assert all(describe(kind) for kind in model_kinds().values())
