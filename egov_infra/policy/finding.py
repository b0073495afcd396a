"""Verdicts, and the findings that people see."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from enum import StrEnum
from typing import Literal, TypeAlias

from egov_infra.source.diagnostic import Place
from egov_infra.source.frozen import frozen

Severity: TypeAlias = Literal["critical", "high", "medium", "low"]
SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


class Verdict(StrEnum):
    """What a rule says of a subject. Every evaluation has one, and every summary counts them all."""

    PASS = "pass"  # noqa: S105 - a verdict, no password
    FAIL = "fail"
    WAIVED = "waived"
    NOT_APPLICABLE = "not-applicable"
    UNKNOWN = "unknown"
    ERROR = "error"


@frozen
class Finding:
    """A verdict that somebody should see: fail, waived, unknown or error."""

    rule: str
    severity: Severity
    verdict: Verdict
    institution: str
    subject: str
    """Natural keys that lead to the subject, such as `domains/erb.go.tz/mail`; never indexes."""
    place: Place
    resource: str | None
    """`<stack>/<logical name>` of the planned resource, if the subject is one."""
    message: str
    fix: str
    values: Mapping[str, str]
    """What each field that the rule reads had, as text; `unknown` and `absent` are said."""
    controls: Mapping[str, tuple[str, ...]]
    reference: tuple[str, ...]
    waiver: str | None = None
    """Who approved the waiver and until when, if the finding is waived."""

    @property
    def fingerprint(self) -> str:
        """Rule, institution and subject, in 16 hexadecimal digits: moves with nothing but these."""
        return hashlib.sha256(f"{self.rule}\n{self.institution}\n{self.subject}".encode()).hexdigest()[:16]

    @property
    def values_digest(self) -> str:
        """The values seen, in 16 hexadecimal digits: a waiver is bound to them, so that a worse value is a new finding."""
        text = "\n".join(f"{key}={value}" for key, value in sorted(self.values.items()))
        return hashlib.sha256(text.encode()).hexdigest()[:16]


@frozen
class WaiverFault:
    """A waiver that is itself wrong: expired, orphaned, unneeded, unapproved."""

    place: Place
    code: str
    message: str


@frozen
class EndingWaiver:
    """A waiver in force that ends soon: it warns, and blocks nothing yet."""

    place: Place
    """Its last day, as it is written."""
    rule: str
    institution: str
    subject: str
    approver: str
    expires_on: datetime.date
    days_left: int
    """Days after today on which it still holds."""

    @property
    def message(self) -> str:
        """What ends, and when."""
        left = "today" if not self.days_left else f"in {self.days_left} day{'s' * (self.days_left > 1)}"
        return f"the waiver of {self.rule} for {self.institution} {self.subject} ends {left}, on {self.expires_on}"
