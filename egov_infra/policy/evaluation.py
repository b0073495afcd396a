"""Evaluate rules on subjects: three-valued, and a crash is a verdict of its own."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from egov_infra.policy.expression.compile import Closure, Frame
from egov_infra.policy.expression.operation import truth
from egov_infra.policy.expression.unknown import EvaluationError, UnknownValueError
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.graph import Context
from egov_infra.policy.rule import Rule
from egov_infra.policy.subject import Subject
from egov_infra.source.diagnostic import Path, Place


@dataclass(slots=True)
class Tally:
    """Findings, and how often each rule passed or did not apply."""

    findings: list[Finding] = field(default_factory=list)
    passed: Counter[str] = field(default_factory=Counter)
    not_applicable: Counter[str] = field(default_factory=Counter)
    watched: frozenset[str] = frozenset()
    """Rules that have waivers: which subjects they met decides whether a waiver is an orphan."""
    met: set[tuple[str, str, str]] = field(default_factory=set)
    """Rule, institution and subject of the watched rules."""

    def add(self, later: Tally) -> None:
        """Add what was tallied of later subjects."""
        self.findings += later.findings
        self.passed.update(later.passed)
        self.not_applicable.update(later.not_applicable)
        self.met |= later.met

    def counts(self) -> Counter[Verdict]:
        """How often each verdict was given."""
        counts = Counter(finding.verdict for finding in self.findings)
        counts[Verdict.PASS] = self.passed.total()
        counts[Verdict.NOT_APPLICABLE] = self.not_applicable.total()
        return counts

    def evaluated(self) -> Counter[str]:
        """Rule to the subjects it decided on: not counting those to which it does not apply."""
        return self.passed + Counter(finding.rule for finding in self.findings)


def group(rules: Iterable[Rule]) -> Mapping[str, tuple[Rule, ...]]:
    """Rules by kind of subject."""
    grouped: dict[str, list[Rule]] = {}
    for rule in rules:
        grouped.setdefault(rule.kind.name, []).append(rule)
    return {name: tuple(members) for name, members in grouped.items()}


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


def judge_subject(
    rules: Collection[Rule],
    subject: Subject,
    variables: Sequence[Any],
    context: Context,
    owner: str,
    place: Callable[[Path], Place],
    tally: Tally,
) -> None:
    """Evaluate each rule on a subject; `variables` are those of its kind, in order."""
    context.owner = owner
    passed, not_applicable = tally.passed, tally.not_applicable
    for rule in rules:
        context.steps = 0
        try:
            answer = rule.shortcut(*variables, context)
        except Exception:  # noqa: BLE001 - whatever it is, the closures say
            answer = False
        if answer is True:
            passed[rule.id] += 1
        elif answer is None:
            not_applicable[rule.id] += 1
        else:
            _judge_closely(rule, subject, [*variables, context], owner, place, tally)
    if tally.watched:
        tally.met.update((rule.id, owner, subject.key) for rule in rules if rule.id in tally.watched)


def _judge_closely(
    rule: Rule, subject: Subject, frame: Frame, owner: str, place: Callable[[Path], Place], tally: Tally
) -> None:
    frame[-1].steps = 0
    verdict = decide(rule, frame)
    if verdict is Verdict.PASS:
        tally.passed[rule.id] += 1
    elif verdict is Verdict.NOT_APPLICABLE:
        tally.not_applicable[rule.id] += 1
    else:
        tally.findings.append(_finding(rule, verdict, subject, frame, owner, place))


def _finding(
    rule: Rule, verdict: Verdict, subject: Subject, frame: Frame, owner: str, place: Callable[[Path], Place]
) -> Finding:
    metadata = rule.metadata
    values = {text: _shown(closure, frame) for text, closure in rule.leaves}
    message = "".join(part if isinstance(part, str) else _shown(part, frame) for part in rule.message)
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
        fix=metadata.fix,
        values=values,
        controls=metadata.controls,
        reference=metadata.reference,
    )


def _shown(closure: Closure, frame: Frame) -> str:
    try:
        value = closure(frame)
    except UnknownValueError:
        return "unknown"
    except Exception:  # noqa: BLE001 - an absent field is shown as such
        return "absent"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in value.items()) or "none"
    if isinstance(value, tuple | list):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def _reason(rule: Rule, frame: Frame) -> str:
    try:
        if rule.when is not None:
            rule.when(frame)
        rule.must(frame)
    except Exception as error:  # noqa: BLE001 - its text is the finding
        return f"{type(error).__name__}: {error}" if not isinstance(error, EvaluationError) else str(error)
    return "it gave another answer the second time"
