"""The whole answer to why a rule says what it says of a subject."""

from __future__ import annotations

import pathlib
from collections.abc import Mapping
from dataclasses import dataclass

from egov_infra.manifest.load import EstateSource
from egov_infra.plan.context import PlanContext
from egov_infra.policy.explain.formula import Part, explain_formula
from egov_infra.policy.explain.origin import Origin, find_origins
from egov_infra.policy.explain.remedy import Remedy, find_remedies
from egov_infra.policy.explain.scene import Scene
from egov_infra.policy.expression.compile import Frame
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.judge import Judgement
from egov_infra.policy.parameter import VARIABLE
from egov_infra.policy.policies import Policies
from egov_infra.policy.rule import Rule, fill
from egov_infra.policy.subject import spans_institutions
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.document import read_document
from egov_infra.source.spelling import closest


@dataclass(frozen=True, slots=True)
class Formulas:
    """What a rule computed."""

    when: Part | None
    must: Part
    message: str

    def leaves(self) -> Mapping[str, str]:
        """Every value that it read, by the text of its expression."""
        parts = [part for part in (self.when, self.must) if part is not None]
        return {leaf.text: leaf.value for part in parts for leaf in part.leaves()}


@dataclass(frozen=True, slots=True)
class Setting:
    """What set a parameter of a rule."""

    place: Place
    by_profile: bool
    """Whether the profile sets it; else it is the rule's default."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a rule says what it says of a subject."""

    rule: Rule
    owner: str
    subject: str
    verdict: Verdict
    """Before waivers."""
    place: Place
    resource: str | None
    """`<stack>/<logical name>` of a planned resource."""
    formulas: Formulas
    origins: Mapping[str, tuple[Origin, ...]] | None
    """Text of a leaf to the values of files that it follows from; None where a subject spans institutions."""
    places: Mapping[Origin, Place]
    settings: Mapping[str, Setting]
    """Text of a parameter to what set it."""
    remedies: tuple[Remedy, ...]
    """Of a failure."""


def find_finding(judgement: Judgement, mark: str) -> Finding:
    """The finding whose fingerprint begins so. Raises InputError for none, or several."""
    found = {item.fingerprint: item for item in judgement.findings if item.fingerprint.startswith(mark)}
    if len(found) == 1:
        return next(iter(found.values()))
    every = {item.fingerprint for item in judgement.findings}
    message = f"{mark!r} begins the fingerprints of {len(found)} findings"
    if not found:
        message = f"no finding {mark!r} today: `egov-infra check` prints the fingerprint of each in brackets"
    raise InputError([Diagnostic(Place("<arguments>"), "finding-unknown", message, closest(mark, every))])


def verdicts_of(
    source: EstateSource, policies: Policies, context: PlanContext, rule: Rule, owner: str
) -> Mapping[str, Verdict]:
    """What a rule says of each subject of an owner. Raises InputError for an owner that there is not."""
    scene = Scene(source, policies, context, rule, owner, "")
    return scene.verdicts()


def explain(
    source: EstateSource, policies: Policies, context: PlanContext, rule: Rule, owner: str, subject: str
) -> Explanation:
    """Explain what a rule says of a subject. Raises InputError for one that there is not."""
    scene = Scene(source, policies, context, rule, owner, subject)
    seen = scene.see(_formulas)
    if seen is None:
        known = scene.verdicts()
        message = f"{rule.id} looks at no {subject!r} of {owner}"
        raise InputError(
            [Diagnostic(Place("<arguments>"), "subject-unknown", message, closest(subject, known))]
        )
    formulas: Formulas = seen.asked
    origins = None
    if not spans_institutions(rule.kind):
        origins = find_origins(scene, lambda rule, frame: _formulas(rule, frame).leaves(), formulas.leaves())
    every = [origin for found in (origins or {}).values() for origin in found]
    resource = seen.subject.resource
    return Explanation(
        rule=rule,
        owner=owner,
        subject=subject,
        verdict=seen.verdict,
        place=scene.place_of(seen.subject.path),
        resource=f"{resource.stack}/{resource.name}" if resource else None,
        formulas=formulas,
        origins=origins,
        places={origin: scene.place(origin.spot) for origin in every},
        settings=_settings(rule, policies),
        remedies=find_remedies(scene, every, context.today) if seen.verdict is Verdict.FAIL else (),
    )


def _formulas(rule: Rule, frame: Frame) -> Formulas:
    when, must = rule.expressions.when, rule.expressions.must
    return Formulas(
        None if when is None else explain_formula(rule, when, frame),
        explain_formula(rule, must, frame),
        fill(rule.message, frame),
    )


def _settings(rule: Rule, policies: Policies) -> Mapping[str, Setting]:
    """Each parameter with where it is set."""
    if not rule.parameters:
        return {}
    given = policies.profile.settings.rules
    by_profile = given[rule.id].parameters if rule.id in given else {}
    profile = policies.folder / "profiles" / f"{policies.profile.name}.yaml"

    def setting(name: str) -> Setting:
        path: Path = (VARIABLE, name, "default")
        file = pathlib.Path(rule.file)
        if name in by_profile:
            path, file = ("rules", rule.id, VARIABLE, name), profile
        return Setting(read_document(file, str(file)).place(path), name in by_profile)

    return {f"{VARIABLE}.{name}": setting(name) for name in rule.parameters}
