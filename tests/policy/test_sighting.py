from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.plan.value import Document, Ref
from egov_infra.policy.expression.types import record_of
from egov_infra.policy.readable import fields_of
from egov_infra.policy.sighting import Sightings, sight, write
from egov_infra.policy.subject import Kind, kind_of, model_kinds

UNSEEN = {
    "desk": {"subject.first_uncovered"},  # the sample's desk leaves no hour uncovered
    "mail_domain": {"subject.dmarc.rollout.stage", "subject.dmarc.rollout.ends_on"},  # none is under way
    "route_target": {"subject.port"},  # no target of the sample writes one
    "ticketing": {"subject.status_keyword"},  # none of the sample's tells how a ticket stands
}
"""Fields that are absent in the sample estate, each with why."""


@pytest.fixture(scope="module")
def seen(source: EstateSource, context: PlanContext) -> Mapping[str, Sightings]:
    """Every kind of the model, seen in the sample estate."""
    return sight(model_kinds().values(), source, context)


@pytest.mark.parametrize("name", sorted(model_kinds()))
def test_every_field_has_an_example_or_is_known_to_have_none(
    name: str, seen: Mapping[str, Sightings]
) -> None:
    """What is absent in the sample estate is listed above with its reason."""
    fields = [field for field in fields_of(kind_of(name)) if not field.holds_fields]
    unseen = {field.path for field in fields if seen[name].example(field.path) is None}
    assert unseen == UNSEEN.get(name, set())


def test_examples_are_what_rules_see(source: EstateSource, context: PlanContext) -> None:
    """Of an AWS type its planned inputs; a reference to another resource is not known yet."""
    found = sight([kind_of("aws:s3/bucketPolicy:BucketPolicy")], source, context)
    examples = found["aws:s3/bucketPolicy:BucketPolicy"]
    assert examples.example("subject.bucket") == "known only after creation"
    assert str(examples.example("subject.policy")).startswith("{Version: '2012-10-17', Statement: [{")
    assert str(examples.example("resource.type")) == "'aws:s3/bucketPolicy:BucketPolicy'"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (True, "true"),
        (3, "3"),
        ("it's", r"'it\'s'"),
        (datetime.date(2020, 6, 30), "2020-06-30"),
        (("a", Ref("bucket", "arn")), "['a', …]"),
        (Ref("bucket", "arn"), "known only after creation"),
        (Document({"Version": "1"}), "{Version: '1'}"),
        ("x" * 80, "'" + "x" * 58 + "…"),
    ],
)
def test_value_is_written_as_in_an_expression(value: Any, text: str) -> None:
    """So that it can be copied; what is long is cut."""
    assert write(value) == text


@dataclass(frozen=True)
class _Item:
    name: str | None


@dataclass(frozen=True)
class _Sample:
    texts: tuple[str, ...]
    items: tuple[_Item, ...]


def test_what_says_more_takes_the_place_of_what_says_little() -> None:
    """An empty list gives way to a full one, and then stays."""
    kind = Kind("sample", {"subject": record_of(_Sample)})
    seen = Sightings(fields_of(kind))
    subjects = (
        _Sample((), ()),
        _Sample(("a",), (_Item(None), _Item("b"))),
        _Sample(("c",), (_Item("d"),)),
    )
    for subject in subjects:
        seen.look(("subject",), (subject,))
    assert (seen.example("subject.texts"), seen.example("subject.items[].name")) == ("['a']", "'b'")
    assert seen.is_complete
