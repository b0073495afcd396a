"""A subject under one rule, as it is and as it would be if something else were written."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, Literal, TypeAlias

from pydantic import BaseModel

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.policy.evaluation import RuleGroup
from egov_infra.policy.expression.compile import Frame
from egov_infra.policy.finding import Verdict
from egov_infra.policy.judge import Judge
from egov_infra.policy.policies import Policies
from egov_infra.policy.rule import Rule
from egov_infra.policy.subject import Planned, Subject, spans_institutions
from egov_infra.source.diagnostic import Path, Place

File: TypeAlias = Literal["manifest", "estate"]
MODELS: Mapping[File, type[BaseModel]] = {"manifest": Institution, "estate": Estate}


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a value stands: in the manifest of the institution, or in `estate.yaml`."""

    file: File
    path: Path


Changes: TypeAlias = Mapping[Spot, Any]
"""What is to be written where instead; None takes an optional value away."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a rule said of the subject, and what was asked of its frame."""

    verdict: Verdict
    subject: Subject
    asked: Any


class Scene:
    """One institution, or the platform, in its estate, and the subject of a key there."""

    def __init__(
        self, source: EstateSource, policies: Policies, context: PlanContext, rule: Rule, owner: str, key: str
    ) -> None:
        self._source, self._policies, self._context = source, policies, context
        self.rule, self.owner, self.key = rule, owner, key
        self._loaded: LoadedInstitution | None = None if owner == PLATFORM else source.read(owner)
        self._spans = spans_institutions(rule.kind)

    @cached_property
    def written(self) -> Mapping[File, Any]:
        """What the files say, with the defaults of what they do not say."""
        estate: dict[File, Any] = {"estate": self._source.estate.model_dump(by_alias=True)}
        if self._loaded is None:
            return estate
        return {"manifest": self._loaded.institution.model_dump(by_alias=True), **estate}

    @cached_property
    def _said(self) -> Mapping[File, Any]:
        found: dict[File, Any] = {"estate": self._source.document.data}
        if self._loaded is not None:
            found["manifest"] = self._loaded.institution.model_dump(by_alias=True, exclude_unset=True)
        return found

    def is_written(self, spot: Spot) -> bool:
        """Whether somebody wrote the value; else it is a default."""
        at = self._said[spot.file]
        for step in spot.path:
            try:
                at = at[step]
            except (KeyError, IndexError, TypeError):
                return False
        return True

    def place(self, spot: Spot) -> Place:
        """Where it stands; of a default, where it would stand: its nearest parent."""
        if spot.file == "manifest":
            assert self._loaded is not None
            return self._loaded.place(spot.path)
        return self._source.document.place(spot.path)

    def place_of(self, path: Path) -> Place:
        """Where a value stands that caused a subject."""
        return self.place(Spot("estate" if self._loaded is None else "manifest", path))

    def verdicts(self) -> Mapping[str, Verdict]:
        """What the rule says of every subject of the owner."""
        found: dict[str, Verdict] = {}

        def tell(_rule: Rule, verdict: Verdict, subject: Subject, _frame: Frame) -> None:
            found[subject.key] = verdict

        self._judge({}, {self.rule.kind.name: RuleGroup.telling([self.rule], tell)})
        return found

    def see(self, ask: Callable[[Rule, Frame], Any], changes: Changes | None = None) -> Seen | None:
        """Judge the subject by the rule, and ask something of its frame.

        None where the changes are invalid, nothing can be planned of them, or the subject is not there any more.
        """
        met: list[Seen] = []

        def tell(rule: Rule, verdict: Verdict, subject: Subject, frame: Frame) -> None:
            if subject.key == self.key:
                met.append(Seen(verdict, subject, ask(rule, frame)))

        judge = self._judge(changes or {}, {self.rule.kind.name: RuleGroup.telling([self.rule], tell)})
        return met[0] if judge is not None and len(met) == 1 else None

    def failing(self, changes: Changes | None = None) -> frozenset[tuple[str, str]] | None:
        """Rule and subject of all that fails of the owner; None as `see`."""
        judge = self._judge(changes or {}, None)
        if judge is None:
            return None
        return frozenset((one.rule, one.subject) for one in judge.gathered.tally.findings)

    def _judge(self, changes: Changes, watched: Mapping[str, RuleGroup] | None) -> Judge | None:
        if self._spans:
            return None if changes else self._judge_whole(watched)
        try:
            context, loaded = self._context, self._loaded
            if any(spot.file == "estate" for spot in changes):
                context = replace(context, estate=Estate.model_validate(self._with("estate", changes)))
            if loaded is not None and any(spot.file == "manifest" for spot in changes):
                loaded = replace(
                    loaded, institution=Institution.model_validate(self._with("manifest", changes))
                )
            judge = Judge(self._source, self._policies, context, watched=watched)
            if loaded is None:
                judge.shared(plan_platform(context))
            else:
                judge.planned(Planned(loaded, plan_institution(loaded.institution, context), context))
        except Exception:  # no checks went before: of what does not fit together anything may be said
            if not changes:
                raise
            return None
        return judge

    def _judge_whole(self, watched: Mapping[str, RuleGroup] | None) -> Judge:
        """Everything, for a subject that spans institutions."""
        judge = Judge(self._source, self._policies, self._context, watched=watched)
        judge.platform()
        for loaded in self._source.institutions():
            judge.institution(loaded)
        judge.finish(is_whole=True)
        return judge

    def _with(self, file: File, changes: Changes) -> Any:
        data = self.written[file]
        for spot, value in changes.items():
            if spot.file == file:
                data = put(data, spot.path, value)
        return data


def put(data: Any, path: Path, value: Any) -> Any:
    """The data with another value at a path that it has."""
    if not path:
        return value
    step, rest = path[0], path[1:]
    inner = put(data[step], rest, value)
    if isinstance(data, Mapping):
        return {**data, step: inner}
    return tuple(inner if number == step else item for number, item in enumerate(data))
