"""What a file of evidence holds: the source of its JSON Schema, by which it is validated when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from egov_infra.engine.target import TARGETS
from egov_infra.model.record import Record
from egov_infra.model.value import Date
from egov_infra.policy.finding import Severity

Count = Annotated[int, Field(ge=0)]
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Short = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
VerdictName = Literal["pass", "fail", "waived", "not-applicable", "unknown", "error"]


class Tool(Record):
    """What wrote the record."""

    name: Literal["egov-infra"]
    """Its name."""
    version: str
    """Its version."""


class Place(Record):
    """Where something stands."""

    file: str
    """Path below the estate's folder; of a waiver, below the policies'."""
    line: Annotated[int, Field(ge=1)] = 1
    """Line, where it is known."""
    column: Annotated[int, Field(ge=1)] = 1
    """Column, where it is known."""


class WaiverFault(Record):
    """A waiver that is itself wrong."""

    code: str
    """What kind of fault."""
    message: str
    """What is wrong."""
    place: Place
    """Where the waiver stands."""


class Summary(Record):
    """What was judged, and what came out."""

    as_of: Date
    """Day that counted as today."""
    institutions: Count
    """Institutions judged."""
    stacks: Count
    """Stacks judged."""
    resources: Count
    """Planned resources judged."""
    rules: Count
    """Rules in force."""
    profile: str
    """Profile in force."""
    verdicts: Mapping[VerdictName, Count]
    """How often each verdict was given, over the whole estate."""
    blocking: Count
    """Findings of the selection that block."""
    undecided: Count
    """Findings of the selection that cannot be decided."""
    warnings: Count
    """Findings of the selection that warn."""
    waiver_faults: tuple[WaiverFault, ...]
    """Waivers that are wrong."""
    idle: tuple[str, ...]
    """Rules that met no subject and do not say why they may."""
    exit_code: Literal[0, 1, 3]
    """0 open, 1 blocked, 3 undecidable."""


class Digests(Record):
    """SHA-256 of everything that was looked at, in hexadecimal."""

    estate: Sha256
    """Of `estate.yaml`."""
    addresses: Sha256 | None
    """Of the address lock; null without one."""
    policies: Sha256
    """Over rules, profiles and waivers: names and contents."""
    profile: Sha256
    """Of the profile in force."""
    all_manifests: Sha256
    """Over all institutions' slugs and manifests."""
    manifests: Mapping[str, Sha256]
    """Slug to the digest of its manifest, of the selected institutions."""
    plans: Mapping[str, Sha256]
    """Stack to the digest of its plan, of the selected stacks."""
    states: Mapping[str, Sha256 | None]
    """Stack to the digest of its recorded state; null if it was never applied."""


class Finding(Record):
    """A verdict that somebody should see."""

    fingerprint: Short
    """Of rule, institution and subject."""
    rule: str
    """Id of the rule."""
    severity: Severity
    """How bad it is."""
    verdict: Literal["fail", "waived", "unknown", "error"]
    """What the rule says."""
    institution: str
    """Slug, or `platform`."""
    subject: str
    """What the rule looked at, by natural keys."""
    place: Place
    """Where that stands."""
    resource: str | None
    """Stack and logical name of the planned resource, if the subject is one."""
    message: str
    """What is wrong."""
    fix: str
    """What to change."""
    values: Mapping[str, str]
    """What each field that the rule reads had."""
    values_digest: Short
    """Of the values."""
    controls: Mapping[str, tuple[str, ...]]
    """Framework to the ids of its controls."""
    reference: tuple[str, ...]
    """Standards and clauses."""
    waiver: str | None
    """Who approved the waiver and until when, if the finding is waived."""


class Evidence(Record):
    """What was judged, by which rules, with which verdicts: every part can be recomputed."""

    version: Literal[1]
    """Version of this format."""
    tool: Tool
    """What wrote it."""
    target: Annotated[str, Field(json_schema_extra={"enum": list(TARGETS)})]
    """Target whose states were recorded."""
    selectors: Annotated[tuple[Annotated[str, Field(min_length=1)], ...], Field(min_length=1)]
    """What was asked for: slugs, names of stacks, or globs."""
    summary: Summary
    """What was judged, and what came out."""
    digests: Digests
    """Of everything that was looked at."""
    rules: Mapping[str, Count]
    """Rule to the subjects that it decided on, over the whole estate."""
    findings: tuple[Finding, ...]
    """Findings of the selection: all but pass and not-applicable."""
    digest: Sha256
    """Of this record's canonical JSON without this key."""
