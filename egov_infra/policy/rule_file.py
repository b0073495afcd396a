"""What a rule's file says: the source of its JSON Schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from egov_infra.model.record import Record
from egov_infra.policy.condition import Formula
from egov_infra.policy.finding import Severity
from egov_infra.policy.parameter import Parameter, ParameterName

RULE_ID = r"^[a-z]+(-[a-z0-9]+)+$"
"""Pattern of `<domain>-<what is wrong>`."""
Text = Annotated[str, Field(min_length=8)]


class Examples(Record):
    """Patches on the compliant baseline: with `pass` the rule holds, with `fail` it does not.

    In those of a rule with parameters, `parameters` sets some of them.
    """

    pass_: Annotated[tuple[Mapping[str, Any], ...], Field(alias="pass", min_length=1)]
    """Patches with which the rule holds."""
    fail: Annotated[tuple[Mapping[str, Any], ...], Field(min_length=1)]
    """Patches with which it does not."""
    not_applicable: tuple[Mapping[str, Any], ...] = ()
    """Patches with which it does not apply: they show what `when` leaves out."""


class Equivalent(Record):
    """A mutant of the rule that says the same as the rule, so that no example can tell them apart."""

    mutant: Text
    """Its name, as `policy prove` prints it."""
    reason: Annotated[str, Field(min_length=20)]
    """Why it says the same."""


class Proof(Record):
    """What `policy prove` has to know of a rule."""

    equivalent: Annotated[tuple[Equivalent, ...], Field(min_length=1)]
    """Mutants that are not counted."""


class RuleFile(Record):
    """What a rule's file says."""

    id: Annotated[str, Field(pattern=RULE_ID)]
    """`<domain>-<what is wrong>`; never reused."""
    title: Text
    """What is wrong, in one sentence."""
    severity: Severity
    """How bad it is."""
    applies_to: str
    """A subject of the model, or an AWS type: `aws:s3/bucket:Bucket`."""
    when: Formula | None = None
    """Where this is false, the rule does not apply."""
    must: Formula
    """What must hold."""
    message: Text
    """The finding in one sentence, with `{expressions}` for actual values."""
    fix: Text
    """What to change in the manifest; with `{parameters.NAME}` where that depends on the profile."""
    rationale: Text
    """Why it matters."""
    reference: Annotated[tuple[str, ...], Field(min_length=1)]
    """Standards and clauses."""
    controls: Annotated[Mapping[str, tuple[str, ...]], Field(min_length=1)]
    """Framework to the ids of its controls."""
    waivable: bool = True
    """Whether a waiver may permit the finding."""
    since: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")]
    """Version of the policies that brought the rule."""
    may_be_empty: bool = False
    """Whether `all` over an empty list is meant to hold."""
    may_be_idle: Text | None = None
    """Why the rule may meet no subject in an estate."""
    parameters: Mapping[ParameterName, Parameter] = {}
    """What a profile may set; expressions, message and fix read it as `parameters.NAME`."""
    examples: Examples
    """Examples, which the tests run."""
    proof: Proof | None = None
    """What `policy prove` has to know."""
