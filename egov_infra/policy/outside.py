"""Judge stacks that come from outside: a plan's file, an exported state, a running preview.

The rules that look at planned resources and accounts are asked, as they are asked of planned stacks; those about manifests
are not. Facts of an institution, and the place of what caused a resource, are the manifest's.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from egov_infra.manifest.load import EstateSource, LoadedInstitution, unknown_institution
from egov_infra.plan.alignment import Kept, as_planned
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.policy.evaluation import RuleGroup, group
from egov_infra.policy.judge import PLATFORM_FACTS, Judge, Judgement
from egov_infra.policy.policies import Policies
from egov_infra.policy.reading import asks_graph
from egov_infra.policy.rule import Rule
from egov_infra.policy.subject import InstitutionFacts, Planned
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.frozen import frozen

Locate = Callable[[str, str], Place]
"""Where a resource stands outside, by stack and logical name; without a name where the stack does."""


@frozen
class Given:
    """Stacks of one file."""

    stacks: Sequence[StackPlan]
    locate: Locate
    kept: Mapping[str, Kept] | None = None
    """Of the stack of an engine, by logical name: what it keeps, beside what was made of that."""


_GENERAL = ("account", "planned_resource")


@dataclass(slots=True)
class Owner:
    """Whose stacks are judged: the platform, or an institution of the estate."""

    source: EstateSource
    context: PlanContext
    loaded: LoadedInstitution | None
    facts: InstitutionFacts = field(init=False)
    """What rules may ask about it."""
    _planned: Mapping[str, StackPlan] | None = field(default=None, init=False)
    _resources: Mapping[tuple[str, str], PlannedResource] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.facts = PLATFORM_FACTS if self.loaded is None else Planned(self.loaded, (), self.context).facts()

    def planned(self, stack: str) -> StackPlan | None:
        """What the manifest plans now, if it has this stack; planned when first asked for."""
        if self._planned is None:
            plans = (
                plan_platform(self.context)
                if self.loaded is None
                else plan_institution(self.loaded.institution, self.context)
            )
            self._planned = {plan.name: plan for plan in plans}
            self._resources = {(plan.name, item.name): item for plan in plans for item in plan.resources}
        return self._planned.get(stack)

    def resource(self, stack: str, name: str) -> PlannedResource | None:
        """What the manifest plans under this name."""
        self.planned(stack)
        return self._resources.get((stack, name))

    def place(self, path: Path) -> Place:
        """Where a value of the manifest stands."""
        return (self.source.document if self.loaded is None else self.loaded).place(path)


class Outside:
    """Judges stacks from outside, one after another."""

    def __init__(
        self,
        source: EstateSource,
        policies: Policies,
        context: PlanContext,
        asked: Callable[[Rule], bool] = lambda _rule: True,
        *,
        named: bool = False,
    ) -> None:
        """`asked`: whether a rule is, of those that look at planned resources and accounts. `named` as in `judge_estate`."""
        self._is_named = named
        self._source = source
        self._policies = policies
        self._context = context
        self._owners: dict[str, Owner] = {}
        self._groups = group(rule for rule in policies.rules if looks_outside(rule.kind.name) and asked(rule))
        self._judge = self._new(self._groups)

    def _new(self, groups: Mapping[str, RuleGroup]) -> Judge:
        return Judge(self._source, self._policies, self._context, named=self._is_named, watched=groups)

    def owner(self, slug: str, locate: Callable[[], Place]) -> Owner:
        """Whose a stack is. Raises InputError at the place for a name that the estate does not have."""
        if slug not in self._owners:
            if slug != PLATFORM and slug not in self._source.slugs:
                unknown = unknown_institution(slug, (PLATFORM, *self._source.slugs), "")
                raise InputError([replace(unknown, place=locate())])
            loaded = None if slug == PLATFORM else self._source.read(slug)
            self._owners[slug] = Owner(self._source, self._context, loaded)
        return self._owners[slug]

    def judge(self, stack: StackPlan, locate: Locate, kept: Mapping[str, Kept] | None = None) -> None:
        """Judge a stack. The `path` of its resources is the stack's name and their own."""
        owner = self.owner(stack.owner, lambda: locate(stack.name, ""))
        if kept is not None and (planned := owner.planned(stack.name)) is not None:
            stack = as_planned(stack, kept, planned)
        self._judge.stack(stack, stack.owner, owner.facts, _placing(stack.name, owner, locate))

    @property
    def has_findings(self) -> bool:
        """Whether there is anything to say of what was judged so far, waived or not."""
        return bool(self._judge.gathered.tally.findings)

    def finish(self, shown: Collection[str] | None = None) -> Judgement:
        """Apply waivers, give the judgement, and begin anew.

        It is of no whole institution: no rule is idle, and no waiver an orphan.
        """
        judgement = self._judge.finish(is_whole=False, shown=shown)
        self._judge = self._new(self._groups)
        loaded = {slug: owner.loaded for slug, owner in self._owners.items() if owner.loaded is not None}
        digests = {slug: item.digest for slug, item in sorted(loaded.items())}
        return replace(judgement, institutions=len(digests), digests=digests)


def _placing(stack: str, owner: Owner, locate: Locate) -> Callable[[Path], Place]:
    """Where a value of the manifest stands; and a resource, which has its stack and its name for a path."""

    def place(path: Path) -> Place:
        if path[:1] != (stack,):
            return owner.place(path)
        name = str(path[1])
        planned = owner.resource(stack, name)
        return owner.place(planned.path) if planned is not None else locate(stack, name)

    return place


def stands_alone(rule: Rule) -> bool:
    """Whether a rule is decided by its resource, whatever is around that."""
    return rule.kind.name != "account" and not asks_graph(rule)


def looks_outside(kind: str) -> bool:
    """Whether rules about a kind of subject are asked of stacks without their manifest."""
    return kind.startswith("aws:") or kind in _GENERAL


def judge_outside(
    source: EstateSource,
    policies: Policies,
    context: PlanContext,
    given: Iterable[Given],
    shown: Collection[str] | None = None,
    *,
    named: bool = False,
) -> Judgement:
    """Judge the stacks of several files; `named` as in `judge_estate`.

    Raises InputError for whose owner the estate does not know, all at once.
    """
    outside = Outside(source, policies, context, named=named)
    faults: list[Diagnostic] = []
    seen: set[str] = set()
    for one in given:
        for stack in one.stacks:
            try:
                if stack.name in seen:
                    place = one.locate(stack.name, "")
                    raise InputError([Diagnostic(place, "stack-twice", f"{stack.name} was given already")])
                seen.add(stack.name)
                outside.judge(stack, one.locate, one.kept)
            except InputError as error:
                faults.extend(error.diagnostics)
    if faults:
        raise InputError(faults)
    return outside.finish(shown)
