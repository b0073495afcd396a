"""Evaluate rules on subjects: three-valued, and a crash is a verdict of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias

from egov_infra.policy.expression.compile import Frame
from egov_infra.policy.expression.operation import truth
from egov_infra.policy.expression.shortcut import Answers, Shortcut, build_shortcut
from egov_infra.policy.expression.unknown import EvaluationError, UnknownValueError
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.graph import Context
from egov_infra.policy.rule import Rule, fill, show
from egov_infra.policy.subject import Kind, Subject
from egov_infra.source.diagnostic import Path, Place
from egov_infra.source.frozen import frozen

Tell: TypeAlias = Callable[[Rule, Verdict, Subject, Frame], None]
"""Is told a verdict while all that the rule looked at is there."""


@dataclass(frozen=True, eq=False)
class RuleGroup:
    """The rules of one kind of subject, with the shortcut that asks them all at once."""

    kind: Kind
    rules: tuple[Rule, ...]
    ids: tuple[str, ...]
    stand_in: Shortcut | None = None
    """What is asked in place of the rules' own shortcut."""
    tell: Tell | None = None

    @cached_property
    def shortcut(self) -> Shortcut:
        """Built when the first subject of the kind is met."""
        return self.stand_in or build_shortcut([rule.plain for rule in self.rules], self.kind.variables)

    @classmethod
    def of(cls, rules: Iterable[Rule]) -> RuleGroup:
        """Rules of the same kind, in this order."""
        found = tuple(rules)
        return cls(found[0].kind, found, tuple(rule.id for rule in found))

    @classmethod
    def telling(cls, rules: Iterable[Rule], tell: Tell) -> RuleGroup:
        """Rules of the same kind that no shortcut decides, so that each verdict is told."""
        found = tuple(rules)
        nothing = (False,) * len(found)
        return cls(found[0].kind, found, tuple(rule.id for rule in found), lambda *_: nothing, tell)

    @classmethod
    def watching(cls, kind: Kind, tell: Callable[[Sequence[Any]], None]) -> RuleGroup:
        """No rules: what rules of a kind would see is told instead, as the values of the kind's variables."""

        def shortcut(*values: Any) -> Answers:
            tell(values[:-1])  # the last is the evaluation's context
            return ()

        return cls(kind, (), (), shortcut)


@frozen
class Evaluation:
    """What the rules of a kind said of one subject, before waivers."""

    institution: str
    """Slug of the institution, or `platform`."""
    subject: str
    """Natural keys, as of a finding."""
    rules: tuple[str, ...]
    """Ids of the rules."""
    verdicts: tuple[Verdict, ...]
    """What each said, in the same order."""


@dataclass(slots=True)
class Tally:
    """Findings, and how often each rule passed or did not apply."""

    findings: list[Finding] = field(default_factory=list)
    answers: Counter[tuple[tuple[str, ...], Answers]] = field(default_factory=Counter)
    """Ids of rules and what their shortcut said, to how often: few combinations, however many subjects."""
    closely: Counter[tuple[str, Verdict]] = field(default_factory=Counter)
    """Verdicts other than findings that took a closer look."""
    watched: frozenset[str] = frozenset()
    """Rules that have waivers: which subjects they met decides whether a waiver is an orphan."""
    met: set[tuple[str, str, str]] = field(default_factory=set)
    """Rule, institution and subject of the watched rules."""
    evaluations: list[Evaluation] | None = None
    """Each subject by itself, where that was asked for: naming every one takes time."""

    def sibling(self) -> Tally:
        """An empty one that keeps the same."""
        return Tally(watched=self.watched, evaluations=None if self.evaluations is None else [])

    def add(self, later: Tally) -> None:
        """Add what was tallied of later subjects."""
        self.findings += later.findings
        self.answers.update(later.answers)
        self.closely.update(later.closely)
        self.met |= later.met
        if self.evaluations is not None:
            self.evaluations += later.evaluations or ()

    def verdicts(self) -> Counter[tuple[str, Verdict]]:
        """How often each rule gave each verdict."""
        found = self.closely + Counter((finding.rule, finding.verdict) for finding in self.findings)
        for (ids, answers), count in self.answers.items():
            for rule, answer in zip(ids, answers, strict=True):
                if answer is not False:
                    found[rule, Verdict.PASS if answer else Verdict.NOT_APPLICABLE] += count
        return found

    def counts(self) -> Counter[Verdict]:
        """How often each verdict was given."""
        found: Counter[Verdict] = Counter()
        for (_, verdict), count in self.verdicts().items():
            found[verdict] += count
        return found

    def evaluated(self) -> Counter[str]:
        """Rule to the subjects it decided on: not counting those to which it does not apply."""
        found: Counter[str] = Counter()
        for (rule, verdict), count in self.verdicts().items():
            if verdict is not Verdict.NOT_APPLICABLE:
                found[rule] += count
        return found


def group(rules: Iterable[Rule]) -> Mapping[str, RuleGroup]:
    """Rules by kind of subject."""
    grouped: dict[str, list[Rule]] = {}
    for rule in rules:
        grouped.setdefault(rule.kind.name, []).append(rule)
    return {name: RuleGroup.of(members) for name, members in grouped.items()}


def decide(rule: Rule, frame: Frame) -> Verdict:
    """The verdict of the formula *not when, or must* on a frame. Never raises.

    Where `when` is unknown, only a `must` that holds decides: knowing more might make the rule not apply.
    """
    try:
        if rule.when is not None:
            try:
                if not truth(rule.when(frame)):
                    return Verdict.NOT_APPLICABLE
            except (UnknownValueError, EvaluationError) as absorbed:
                try:
                    if truth(rule.must(frame)):
                        return Verdict.PASS
                except EvaluationError:
                    raise absorbed from None
                raise
        return Verdict.PASS if truth(rule.must(frame)) else Verdict.FAIL
    except UnknownValueError:
        return Verdict.UNKNOWN
    except Exception:  # noqa: BLE001 - a rule that crashes is a verdict, never a crash of the gate
        return Verdict.ERROR


def judge_plainly(
    group: RuleGroup, variables: Sequence[Any], context: Context, tally: Tally
) -> Answers | None:
    """Ask the shortcut; None if that is all there is to do, else the answers with which to look closely."""
    answers = group.shortcut(*variables, context)
    tally.answers[group.ids, answers] += 1
    is_watched = tally.watched and not tally.watched.isdisjoint(group.ids)
    return answers if False in answers or is_watched or tally.evaluations is not None else None


def judge_closely(
    group: RuleGroup,
    answers: Answers,
    subject: Subject,
    variables: Sequence[Any],
    context: Context,
    owner: str,
    place: Callable[[Path], Place],
    tally: Tally,
) -> None:
    """Evaluate each rule that the shortcut did not decide; `variables` are those of the kind, in order."""
    context.owner = owner
    given: list[Verdict] = []
    for rule, answer in zip(group.rules, answers, strict=True):
        if rule.id in tally.watched:
            tally.met.add((rule.id, owner, subject.key))
        if answer is not False:
            given.append(Verdict.PASS if answer else Verdict.NOT_APPLICABLE)
            continue
        context.steps = 0
        frame = [*variables, context]
        verdict = decide(rule, frame)
        if group.tell is not None:
            group.tell(rule, verdict, subject, frame)
        if verdict in (Verdict.PASS, Verdict.NOT_APPLICABLE):
            tally.closely[rule.id, verdict] += 1
        else:
            tally.findings.append(_finding(rule, verdict, subject, frame, owner, place))
        given.append(verdict)
    if tally.evaluations is not None:
        tally.evaluations.append(Evaluation(owner, subject.key, group.ids, tuple(given)))


def judge_subject(
    group: RuleGroup,
    subject: Subject,
    variables: Sequence[Any],
    context: Context,
    owner: str,
    place: Callable[[Path], Place],
    tally: Tally,
) -> None:
    """Evaluate every rule of a group on a subject."""
    context.owner = owner
    answers = judge_plainly(group, variables, context, tally)
    if answers is not None:
        judge_closely(group, answers, subject, variables, context, owner, place, tally)


def _finding(
    rule: Rule, verdict: Verdict, subject: Subject, frame: Frame, owner: str, place: Callable[[Path], Place]
) -> Finding:
    metadata = rule.metadata
    values = {text: show(closure, frame) for text, closure in rule.leaves}
    message = fill(rule.message, frame)
    if verdict is Verdict.UNKNOWN:
        unknown = ", ".join(text for text, value in values.items() if value == "unknown")
        message = f"cannot be decided before creation: {unknown or 'a value'} is unknown"
    elif verdict is Verdict.ERROR:
        message = f"the rule cannot be computed: {_reason(rule, frame)}"
    resource = subject.resource
    return Finding(
        rule=rule.id,
        severity=metadata.severity,
        verdict=verdict,
        institution=owner,
        subject=subject.key,
        place=place(subject.path),
        resource=f"{resource.stack}/{resource.name}" if resource else None,
        message=message,
        fix=rule.fix,
        values=values,
        controls=metadata.controls,
        reference=metadata.reference,
    )


def _reason(rule: Rule, frame: Frame) -> str:
    try:
        if rule.when is not None:
            rule.when(frame)
        rule.must(frame)
    except Exception as error:  # noqa: BLE001 - its text is the finding
        return f"{type(error).__name__}: {error}" if not isinstance(error, EvaluationError) else str(error)
    return "it gave another answer the second time"
