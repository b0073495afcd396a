"""Outcomes to write: of ERB's judgement, with findings that a test makes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.context import PlanContext
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.gate import decide
from egov_infra.policy.judge import Judge, Judgement
from egov_infra.policy.policies import Policies
from egov_infra.report.outcome import Outcome, Tree, Unread
from egov_infra.source.diagnostic import Diagnostic, InputError, Place

ROOT = Path("/checkout")
"""Where the files of these outcomes would lie."""


@pytest.fixture(scope="session")
def clean(
    source: EstateSource, policies: Policies, context: PlanContext, erb: LoadedInstitution
) -> Judgement:
    """ERB as it is, every evaluation named."""
    judge = Judge(source, policies, context, named=True)
    judge.institution(erb)
    return judge.finish(is_whole=False)


@pytest.fixture
def found(policies: Policies) -> Callable[..., Finding]:
    """Makes findings of a rule, by default a mandatory one."""

    def make(
        rule: str = "mail-dmarc-not-enforced",
        subject: str = "domains/erb.go.tz",
        message: str = "erb.go.tz is open",
        verdict: Verdict = Verdict.FAIL,
        line: int = 7,
        file: str = "stacks/estate/institutions/erb.yaml",
    ) -> Finding:
        metadata = next(item for item in policies.rules if item.id == rule).metadata
        return Finding(
            rule=rule,
            severity=metadata.severity,
            verdict=verdict,
            institution="erb",
            subject=subject,
            place=Place(str(ROOT / file), line, 3),
            resource=None,
            message=message,
            fix="close it",
            values={"subject.name": "erb.go.tz"},
            controls=metadata.controls,
            reference=metadata.reference,
        )

    return make


@pytest.fixture
def outcome_of(clean: Judgement) -> Callable[..., Outcome]:
    """The outcome of a judgement with these findings."""

    def make(*findings: Finding) -> Outcome:
        judgement = replace(clean, findings=findings)
        return Outcome(judgement, decide(judgement), Tree(ROOT))

    return make


@pytest.fixture
def unread() -> Unread:
    """Two alike errors of a manifest, and one of the arguments."""
    file = str(ROOT / "stacks" / "estate" / "institutions" / "erb.yaml")
    fault = InputError(
        [
            Diagnostic(Place(file, 4, 2), "key-unknown", "no field 'a'"),
            Diagnostic(Place(file, 9, 2), "key-unknown", "no field 'a'"),
            Diagnostic(Place("<arguments>"), "profile-unknown", "no profile 'x'"),
        ]
    )
    return Unread(fault, fault.diagnostics, 2, str(ROOT / "stacks" / "estate"), Tree(ROOT))
