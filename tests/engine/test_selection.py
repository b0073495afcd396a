from __future__ import annotations

import pytest

from egov_infra.engine.selection import SelectedStack, demand_stacks, in_order, stack_graph
from egov_infra.manifest.load import LoadedInstitution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.source.diagnostic import InputError


def _stack(name: str) -> StackPlan:
    return StackPlan(name, name.partition(".")[0], "110000000001", "af-south-1", ())


def test_platform_stands_on_its_own_account() -> None:
    """The log archive is there before the first trail of any account; an institution comes after all of it."""
    names = ("erb.domain", "platform.domains", "platform.gmp", "platform.platform")
    assert stack_graph(map(_stack, names)) == {
        "erb.domain": {"platform.domains", "platform.gmp", "platform.platform"},
        "platform.domains": {"platform.platform"},
        "platform.gmp": {"platform.platform"},
        "platform.platform": frozenset(),
    }


def test_what_is_not_selected_is_waited_for_by_nobody() -> None:
    """A stack that is applied alone stands on what an earlier run applied."""
    assert stack_graph([_stack("platform.gmp")]) == {"platform.gmp": frozenset()}


def test_sample_estate_has_an_order(context: PlanContext, erb: LoadedInstitution) -> None:
    """No two stacks read each other, and the platform's own account is the first."""
    stacks = (*plan_institution(erb.institution, context), *plan_platform(context))
    ordered = [selected.plan.name for selected in in_order([SelectedStack(stack, None) for stack in stacks])]
    assert ordered[0] == "platform.platform"
    institution = [name for name in ordered if name.startswith("erb.")]
    assert ordered[-len(institution) :] == institution


def test_selector_that_means_no_stack_is_an_error() -> None:
    """Whoever names a stack wants that one; of an institution, or of a glob over institutions, there may be none."""
    known = ("erb.domain", "erb.gateway", "mwtc.domain")
    for selector in ("erb", "erb.domain", "*.gateway", "mwtc", "*", "trc"):
        demand_stacks((selector,), known)
    with pytest.raises(InputError) as refused:
        demand_stacks(("erb.domian", "erb.domain", "*.tenancy.*"), known)
    assert list(map(str, refused.value.diagnostics)) == [
        "<arguments> selector-unknown no stack is called '*.tenancy.*'",
        "<arguments> selector-unknown no stack is called 'erb.domian'; did you mean 'erb.domain'?",
    ]
