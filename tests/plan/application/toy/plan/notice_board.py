"""A toy: the blueprint itself."""

from __future__ import annotations

from egov_infra.plan.application.scope import ApplicationScope
from egov_infra.plan.application.web import WEB_NEEDS, add_web

NEEDS = WEB_NEEDS


def plan(scope: ApplicationScope) -> None:
    """What every application has, and one setting."""
    add_web(scope, {"COLUMNS": "3"})
