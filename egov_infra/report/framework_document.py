"""Frameworks as JSON."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

from egov_infra.policy.framework_coverage import FrameworkCoverage, Requirement
from egov_infra.report.document import document


def frameworks_document(
    covered: Sequence[FrameworkCoverage], profile: str, today: datetime.date, *, is_whole: bool
) -> str:
    """Frameworks with their figures; with `is_whole` each requirement, too."""
    summary = {"as_of": today.isoformat(), "profile": profile, "frameworks": len(covered)}
    return document(summary, frameworks=[_framework(coverage, is_whole) for coverage in covered])


def _framework(coverage: FrameworkCoverage, is_whole: bool) -> dict[str, Any]:
    file = coverage.framework.file
    data: dict[str, Any] = {
        "name": coverage.framework.name,
        "title": file.title,
        "version": file.version,
        "publisher": file.publisher,
        "reference": list(file.reference),
        "licence": file.licence,
        "scope": file.scope,
        "counts": dict(coverage.counts),
        "withdrawn": len(file.withdrawn),
        "rules": list(coverage.rules),
    }
    if is_whole:
        data["groups"] = dict(file.groups)
        data["requirements"] = [_requirement(requirement) for requirement in coverage.requirements]
    return data


def _requirement(requirement: Requirement) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "title": requirement.title,
        "group": requirement.group,
        "state": requirement.sight,
        "declared": requirement.declared,
        "unseen": requirement.unseen,
        "rules": [{"id": entry.rule.id, "state": entry.state} for entry in requirement.rules],
    }
