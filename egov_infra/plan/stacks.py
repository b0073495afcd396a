"""All stacks of an institution, or of the platform: what every blueprint plans.

A blueprint is a module of `plan/blueprint/` with a function `plan(institution, context)` or
`plan_platform(context)` that yields stacks. The folder is scanned: there is no list to edit.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from egov_infra.model.institution import Institution
from egov_infra.plan import blueprint
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan


@cache
def _blueprints() -> tuple[ModuleType, ...]:
    names = sorted(module.name for module in pkgutil.iter_modules(blueprint.__path__))
    return tuple(importlib.import_module(f"{blueprint.__name__}.{name}") for name in names)


def plan_institution(institution: Institution, context: PlanContext) -> tuple[StackPlan, ...]:
    """The stacks of an institution, in the order of their blueprints. One that is `requested` has none."""
    if institution.institution.state == "requested":
        return ()
    return tuple(
        stack
        for module in _blueprints()
        if hasattr(module, "plan")
        for stack in module.plan(institution, context)
    )


def plan_platform(context: PlanContext) -> tuple[StackPlan, ...]:
    """The stacks of what institutions share."""
    return tuple(
        stack
        for module in _blueprints()
        if hasattr(module, "plan_platform")
        for stack in module.plan_platform(context)
    )
