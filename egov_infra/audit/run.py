"""Audit selected stacks: drift of each, what nobody declared, and the rules on live values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from egov_infra.audit.drift import StackAudit, audit_stack, undeclared
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.up import select
from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.policy.gate import Decision, decide
from egov_infra.policy.judge import Judge, Judgement, Policies
from egov_infra.policy.subject import Planned


@dataclass(frozen=True, slots=True)
class Audit:
    """What is live, against what is declared and what the rules demand."""

    stacks: tuple[StackAudit, ...]
    undeclared: tuple[str, ...]
    judgement: Judgement
    """The rules on live values."""
    decision: Decision

    @property
    def exit_code(self) -> int:
        """0 clean, 1 drift, something not applied or a blocking finding on live values, 3 something unreadable."""
        if any(stack.drifts or stack.not_applied for stack in self.stacks) or self.decision.exit_code == 1:
            return 1
        return 3 if any(stack.errors for stack in self.stacks) else self.decision.exit_code


def run_audit(
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    selectors: Sequence[str],
    store: Store,
    cloud: Cloud,
) -> Audit:
    """Read back the selected stacks and judge what is live. Raises InputError."""
    _, selected = select(source, policies, context, selectors)
    audits = []
    live: defaultdict[str, list[StackPlan]] = defaultdict(list)
    loaded: dict[str, LoadedInstitution] = {}

    def outputs(stack: str) -> dict[str, object]:
        return dict(store.load(stack).outputs)

    for item in selected:
        place = item.loaded.place if item.loaded else source.document.place
        found = audit_stack(item, store.load(item.plan.name), cloud, outputs, place)
        audits.append(found)
        live[item.plan.owner].append(found.live)
        if item.loaded is not None:
            loaded[item.plan.owner] = item.loaded
    judge = Judge(source, policies, context)
    for slug, institution in loaded.items():
        judge.planned(Planned(institution, tuple(live[slug]), context))
    judgement = judge.finish(is_whole=False)
    applied = {stack: store.load(stack) for stack in store.stacks()}
    known = frozenset(entry.id for checkpoint in applied.values() for entry in checkpoint.entries.values())
    accounts = sorted({(item.plan.account, item.plan.region) for item in selected})
    return Audit(tuple(audits), undeclared(cloud, accounts, known), judgement, decide(judgement))
