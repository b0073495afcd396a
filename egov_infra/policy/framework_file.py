"""What a framework's file says: the source of its JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import Field

from egov_infra.model.record import Record

RequirementId: TypeAlias = str
"""As the framework numbers it: `AC-2(1)`, `2.1.4`, `MS.EXO.4.2v1`."""
Title: TypeAlias = Annotated[str, Field(min_length=3)]


class Automated(Record):
    """A requirement of which rules see all that there is to see before anything is applied."""

    title: Title
    """What it asks, in short: the publisher's own title where its licence lets us, else our words."""
    rules: tuple[str, ...] = ()
    """Rules that look at it, by id or glob, besides those whose `controls` name it."""


class Partly(Automated):
    """A requirement of which rules see a part."""

    unseen: Annotated[str, Field(min_length=20)]
    """What the rules do not see, so that people must."""


class FrameworkFile(Record):
    """What a framework's file says. Each requirement stands in one of four sections: that is its state."""

    title: Title
    """Its name, in full."""
    version: str
    """The version, or the day, of the text that the requirements were taken from."""
    publisher: Title
    """Who publishes it."""
    reference: Annotated[tuple[str, ...], Field(min_length=1)]
    """Where it is published."""
    licence: Title
    """What its licence lets us store of it."""
    scope: str | None = None
    """Which part of it stands here, if not the whole."""
    groups: Mapping[str, Title] = {}
    """Title of each group of requirements, by what their ids begin with."""
    automated: Mapping[RequirementId, Automated] = {}
    """Requirements that rules see whole."""
    partly: Mapping[RequirementId, Partly] = {}
    """Requirements that rules see a part of."""
    manual: Mapping[RequirementId, str] = {}
    """Title of each requirement that no rule looks at."""
    withdrawn: Mapping[RequirementId, str] = {}
    """What became of each requirement that the publisher withdrew; a rule may not name it."""
