"""Run the examples of rules: patches on a compliant baseline, judged as the gate judges.

What a patch changes depends on the subject. `mail_domain`: the first domain of the baseline's manifest; besides,
`estate` patches the estate, `addresses` the given ranges (null takes one away), `resources` inputs of planned resources by
glob on their names (null leaves them out), and `stacks` leaves out stacks by glob. Other kinds of the model: the whole
manifest, likewise, and where a kind has subjects that institutions share, `resources` and `stacks` of the platform too;
kinds of the estate itself: the estate. An AWS type: the inputs of the first planned resource of that type, `options`,
`institution` (facts of its owner), and `resources` around it. `planned_resource`: fields of the first resource with tags.
Of both, `resource` chooses the first one that it matches instead, by glob on its name. `account`: `resources` of the
platform and of the baseline. `claim` and `quota`: the fields. Of a rule that has parameters, `parameters` sets some. In a
patch a mapping is merged, null removes, anything else replaces; over a list a mapping's keys are indexes.
"""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import Any

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import Options, PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.plan.value import Document
from egov_infra.policy.evaluation import RuleGroup, Tally, judge_subject
from egov_infra.policy.expression.compile import Frame
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.graph import Context, Graph
from egov_infra.policy.judge import PLATFORM_FACTS, shared_variables
from egov_infra.policy.parameter import VARIABLE
from egov_infra.policy.rule import Rule
from egov_infra.policy.subject import InstitutionFacts, Kind, Planned, Subject
from egov_infra.policy.subjects.account import find_account
from egov_infra.policy.subjects.claim import Claim
from egov_infra.policy.subjects.planned_resource import is_taggable
from egov_infra.policy.subjects.quota import Quota
from egov_infra.source.diagnostic import Place
from egov_infra.source.frozen import frozen

Patch = Mapping[str, Any]
_PLAIN: Mapping[str, Any] = {
    "claim": Claim("domain", "erb.go.tz", ("erb",), ()),
    "quota": Quota("route53-hosted-zones", "110000000002", "domains", 1, 500),
}
_AROUND = ("institution", "resource", "resources")
_BESIDES = ("addresses", "estate", "resources", "stacks")


class ExampleError(Exception):
    """An example cannot be run: its patch fits nothing in the baseline."""


@frozen
class Outcome:
    """What a rule said of one example."""

    rule: str
    expected: Verdict
    verdict: Verdict
    patch: Patch
    findings: tuple[Finding, ...]

    @property
    def holds(self) -> bool:
        """Whether the rule said what the example says."""
        return self.verdict is self.expected


@frozen
class Case:
    """One subject of an example, with all that the gate has when it judges it."""

    subject: Subject
    variables: Sequence[Any]
    """Those of the kind, in order."""
    today: datetime.date
    owner: str = "example"
    stack: StackPlan | None = None
    """The stack around a planned resource, which its rules may ask about."""

    def context(self) -> Context:
        """What functions may look at."""
        context = Context(self.today)
        context.owner = self.owner
        context.graph = Graph(self.stack) if self.stack is not None else None
        return context

    def frame(self) -> Frame:
        """What closures are called with."""
        return [*self.variables, self.context()]


class Baseline:
    """A compliant institution in its estate."""

    def __init__(self, source: EstateSource, slug: str, context: PlanContext) -> None:
        self._context = context
        self._loaded = source.read(slug)
        self._manifest = self._loaded.institution.model_dump(by_alias=True)
        self._estate = source.estate.model_dump(by_alias=True)
        self._stacks = (*plan_platform(context), *plan_institution(self._loaded.institution, context))

    def outcomes(self, rule: Rule) -> Iterator[Outcome]:
        """Every example of a rule. Raises ExampleError."""
        for expected, patch in expectations(rule):
            yield self.run(rule, patch, expected)

    def run(self, rule: Rule, patch: Patch, expected: Verdict) -> Outcome:
        """One example, with the rule's default parameters unless it sets them. Raises ExampleError if its patch fits nothing."""
        tally = Tally()
        judged = RuleGroup.of([bind_example(rule, patch)])
        for case in self.cases(rule, patch):
            judge_subject(judged, case.subject, case.variables, case.context(), case.owner, _nowhere, tally)
        met = [verdict for verdict, count in tally.counts().items() if count]
        return Outcome(rule.id, expected, worst(met), patch, tuple(tally.findings))

    def cases(self, rule: Rule, patch: Patch) -> Iterator[Case]:
        """The subjects of one example. Raises ExampleError if its patch fits nothing."""
        kind = rule.kind
        if rule.metadata.parameters:
            patch = {key: value for key, value in patch.items() if key != VARIABLE}
        if kind.name in _PLAIN:
            yield self._plain(rule, patch)
        elif kind.name == "account":
            yield from self._accounts(patch)
        elif kind.shared is not None and kind.find is None:
            context = replace(self._context, estate=Estate.model_validate(merge(self._estate, patch)))
            yield from self._shared(kind, context, ())
        elif kind.find is None:
            yield self._resource(rule, patch)
        else:
            yield from self._manifested(kind, patch)

    def _plain(self, rule: Rule, patch: Patch) -> Case:
        subject = _PLAIN[rule.kind.name]
        if rule.kind.name == "claim" and rule.when_text:
            subject = replace(subject, namespace=rule.when_text.split("'")[1])
        subject = replace(subject, **{key: merge(None, value) for key, value in patch.items()})
        return Case(Subject(subject, "example", ()), [subject], self._context.today)

    def _accounts(self, patch: Patch) -> Iterator[Case]:
        """Every account of the platform and of the baseline."""
        patches = patch.get("resources", {})
        _refuse_idle(self._stacks, patches)
        for stack in self._stacks:
            subject = find_account(_repaired(stack, patches), self._context.estate)
            if subject is not None:
                yield Case(subject, [subject.value], self._context.today, stack.owner)

    def _shared(self, kind: Kind, context: PlanContext, stacks: tuple[StackPlan, ...]) -> Iterator[Case]:
        assert kind.shared is not None
        for subject in kind.shared(context, stacks):
            yield Case(subject, shared_variables(kind, subject), context.today)

    def _resource(self, rule: Rule, patch: Patch) -> Case:
        is_any, chosen = rule.kind.name == "planned_resource", patch.get("resource")
        found = (
            (stack, item)
            for stack in self._stacks
            for item in stack.resources
            if (is_any or item.type == rule.kind.name)
            and (fnmatchcase(item.name, chosen) if chosen else not is_any or "tags" in item.inputs)
        )
        stack, resource = next(found, (None, None))
        if stack is None or resource is None:
            raise ExampleError(f"{rule.id}: the baseline plans no {chosen or rule.kind.name}")
        inner = {key: value for key, value in patch.items() if key not in _AROUND}
        patched = _patched_record(resource, inner) if is_any else _patched(resource, inner)
        _refuse_idle((stack,), patch.get("resources", {}))
        around = _repaired(exchanged(stack, resource, patched), patch.get("resources", {}))
        facts: InstitutionFacts = PLATFORM_FACTS
        if stack.owner == self._loaded.institution.slug:
            facts = Planned(self._loaded, self._stacks, self._context).facts()
        facts = replace(facts, **patch.get("institution", {}))
        variables = [patched.inputs, patched, facts]
        if is_any:
            variables = [patched, facts, tuple(self._context.estate.regions), is_taggable(patched.type)]
        subject = Subject(patched.inputs, "example", (), patched)
        return Case(subject, variables, self._context.today, stack.owner, around)

    def _manifested(self, kind: Kind, patch: Patch) -> Iterator[Case]:
        inner = {key: value for key, value in patch.items() if key not in _BESIDES}
        manifest = dict(self._manifest)
        if kind.name == "mail_domain":
            manifest["domains"] = merge(manifest["domains"], {"0": inner})
        else:
            manifest = merge(manifest, inner)
        estate = Estate.model_validate(merge(self._estate, patch.get("estate", {})))
        institution = Institution.model_validate(manifest)
        addresses = merge(self._context.addresses, patch.get("addresses", {}))
        context = replace(self._context, estate=estate, addresses=addresses)
        left_out = patch.get("stacks", {})
        planned_stacks = _without(plan_institution(institution, context), left_out)
        shared_stacks = _without(plan_platform(context), left_out) if kind.shared is not None else ()
        patches = patch.get("resources", {})
        _refuse_idle((*planned_stacks, *shared_stacks), patches)
        if kind.shared is not None:
            repaired = tuple(_repaired(stack, patches) for stack in shared_stacks)
            yield from self._shared(kind, context, repaired)
        stacks = tuple(_repaired(stack, patches) for stack in planned_stacks)
        loaded = LoadedInstitution(institution, "example", "", lambda _path, _key: Place("example"))
        planned = Planned(loaded, stacks, context)
        assert kind.find is not None
        for subject in kind.find(planned):
            yield Case(subject, [subject.value, planned.facts()], context.today)


_WORST_FIRST = (Verdict.ERROR, Verdict.FAIL, Verdict.UNKNOWN, Verdict.PASS)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdict of an example whose subjects had these."""
    met = set(verdicts)
    return next((item for item in _WORST_FIRST if item in met), Verdict.NOT_APPLICABLE)


def expectations(rule: Rule) -> Iterator[tuple[Verdict, Patch]]:
    """The examples of a rule, each with what the rule is to say of it."""
    examples = rule.metadata.examples
    for expected, patches in (
        (Verdict.PASS, examples.pass_),
        (Verdict.FAIL, examples.fail),
        (Verdict.NOT_APPLICABLE, examples.not_applicable),
    ):
        for patch in patches:
            yield expected, patch


def bind_example(rule: Rule, patch: Patch) -> Rule:
    """The rule with the parameters that an example sets."""
    return rule.bind(patch.get(VARIABLE, {}) if rule.metadata.parameters else {})


def merge(base: Any, patch: Any) -> Any:
    """A patch laid over plain data, or over what a document holds."""
    if isinstance(patch, Mapping):
        if isinstance(base, Document):
            return Document(merge(base.body, patch))
        if isinstance(base, tuple):
            items = list(base)
            for index, value in patch.items():
                if not (index.isdecimal() and int(index) < len(items)):
                    raise ExampleError(f"a list of {len(items)} has no item {index!r}")
                items[int(index)] = merge(items[int(index)], value)
            return tuple(items)
        merged = dict(base) if isinstance(base, Mapping) else {}
        for key, value in patch.items():
            if value is None:
                merged.pop(key, None)
            else:
                merged[key] = merge(merged.get(key), value)
        return merged
    if isinstance(patch, tuple | list):
        return tuple(merge(None, item) for item in patch)
    return patch


def _patched(resource: PlannedResource, patch: Patch) -> PlannedResource:
    options = merge(dataclasses.asdict(resource.options), patch.get("options", {}))
    inputs = merge(resource.inputs, {key: value for key, value in patch.items() if key != "options"})
    present = {key: value for key, value in inputs.items() if value is not None}
    return replace(resource, inputs=present, options=Options(**options))


def _patched_record(resource: PlannedResource, patch: Patch) -> PlannedResource:
    """A planned resource with its own fields patched, not only its inputs."""
    inner = {**patch.get("inputs", {}), "options": patch.get("options", {})}
    fields = {key: value for key, value in patch.items() if key not in ("inputs", "options")}
    return replace(_patched(resource, inner), **fields)


def _refuse_idle(stacks: Sequence[StackPlan], patches: Mapping[str, Patch | None]) -> None:
    """A pattern that meets no resource would make an example say nothing."""
    for pattern in patches:
        if not any(fnmatchcase(item.name, pattern) for stack in stacks for item in stack.resources):
            raise ExampleError(f"no resource is called {pattern!r}")


def _repaired(stack: StackPlan, patches: Mapping[str, Patch | None]) -> StackPlan:
    """A stack with the inputs of some resources patched, by glob on their names; null leaves these out."""
    resources = list(stack.resources)
    for pattern, patch in patches.items():
        if patch is None:
            resources = [item for item in resources if not fnmatchcase(item.name, pattern)]
            continue
        resources = [_patched(item, patch) if fnmatchcase(item.name, pattern) else item for item in resources]
    return replace(stack, resources=tuple(resources))


def _without(stacks: Sequence[StackPlan], patterns: Mapping[str, None]) -> tuple[StackPlan, ...]:
    """The stacks but those of these names: what is found where they are not judged."""
    return tuple(stack for stack in stacks if not any(fnmatchcase(stack.name, item) for item in patterns))


def exchanged(stack: StackPlan, old: PlannedResource, new: PlannedResource) -> StackPlan:
    """A stack with one of its resources exchanged."""
    resources: Sequence[PlannedResource] = [new if item is old else item for item in stack.resources]
    return replace(stack, resources=tuple(resources))


def _nowhere(_path: Any) -> Place:
    return Place("example")
