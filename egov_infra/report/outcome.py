"""What a check came to, for whoever writes it down: every finding with what it does, worst first."""

from __future__ import annotations

import hashlib
import os
import pathlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Literal, TypeAlias, get_args

from egov_infra.policy.finding import SEVERITIES, Finding, Verdict
from egov_infra.policy.gate import Decision
from egov_infra.policy.judge import Judgement
from egov_infra.policy.rule import Rule
from egov_infra.policy.waiver import Waiver
from egov_infra.source.diagnostic import Diagnostic, Place
from egov_infra.source.frozen import frozen

if TYPE_CHECKING:  # a check without a base loads nothing of git
    from egov_infra.policy.base import Base
    from egov_infra.policy.comparison import Comparison

Effect: TypeAlias = Literal[
    "new",
    "worsened",
    "weakened",
    "blocks",
    "undecided",
    "warns",
    "lifted",
    "existing",
    "drafted",
    "waived",
    "fixed",
]
EFFECTS: tuple[Effect, ...] = get_args(Effect)
"""The worst first; `lifted` is what signed policies weaken."""
BLOCKING: frozenset[Effect] = frozenset(("new", "worsened", "weakened", "blocks", "undecided"))
"""What keeps the gate from opening."""
CLOSED: frozenset[Effect] = frozenset(("waived", "fixed"))
"""What nobody need do anything about."""


@frozen
class Item:
    """A finding, and what it does."""

    effect: Effect
    finding: Finding


@frozen
class Obstacle:
    """What shuts the gate and is no finding: a fault of a waiver or of an input, or a rule that met nothing."""

    code: str
    message: str
    place: Place
    fingerprint: str
    """16 hexadecimal digits of code, file and message, different for each: moves with no line."""


@frozen
class Tree:
    """The files of a checkout, and how they are called in reports: relative to its root, with slashes."""

    root: pathlib.Path
    """Absolute."""
    revision: str | None = None
    """Name of the base, with which its places begin: `main:stacks/estate/estate.yaml`."""

    def relative(self, file: str) -> str | None:
        """The file of a place; None for what is no file of the checkout."""
        if self.revision is not None and file.startswith(f"{self.revision}:"):
            return file.removeprefix(f"{self.revision}:")
        if not file or file.startswith("<"):
            return None
        path = pathlib.Path(os.path.abspath(file))  # noqa: PTH100 - links stay as people know them
        return path.relative_to(self.root).as_posix() if path.is_relative_to(self.root) else None

    def called(self, place: Place) -> Place:
        """A place by that name; of what is no file of the checkout as it is."""
        return replace(place, file=self.relative(place.file) or place.file)


@frozen
class Outcome:
    """What a check came to; with a base, what it says of the change."""

    judgement: Judgement
    decision: Decision
    tree: Tree
    base: Base | None = None
    comparison: Comparison | None = None

    @property
    def exit_code(self) -> int:
        """0 open, 1 blocked, 3 undecidable."""
        return self.decision.exit_code if self.comparison is None else self.comparison.exit_code

    def items(self) -> tuple[Item, ...]:
        """Every finding, also weakened and fixed ones; the worst first, then by severity and place."""
        return tuple(sorted(self._items(), key=_rank))

    def obstacles(self) -> tuple[Obstacle, ...]:
        """Faults of waivers, rules that went without a word, then rules that met nothing, where that blocks."""
        faults = [(fault.code, fault.message, fault.place) for fault in self.judgement.waiver_faults]
        if self.comparison is not None:
            faults += [(gone.code, gone.message, gone.place) for gone in self.comparison.vanished]
        if self.decision.idle_blocks:
            rules = self.rules()
            faults += [
                ("rule-idle", f"{name} met no subject in the whole estate", Place(rules[name].file, 1, 1))
                for name in self.judgement.idle
            ]
        return tuple(_obstacles(faults, self.tree))

    def waiver_of(self, finding: Finding) -> Waiver | None:
        """The waiver that excuses a waived finding."""
        for waiver in self.judgement.policies.waivers.waivers:
            same = (waiver.rule, waiver.institution) == (finding.rule, finding.institution)
            if same and waiver.subject in (finding.subject, "*"):
                return waiver
        return None

    def rules(self) -> Mapping[str, Rule]:
        """The rules that ran, by id: those of the head, and what only the base has."""
        theirs = self.base.policies.rules if self.base else ()
        return {rule.id: rule for rule in (*theirs, *self.judgement.policies.rules)}

    def _items(self) -> Iterator[Item]:
        effects = dict(self._effects())
        weakened = self.comparison.weakened if self.comparison else ()
        shown = {finding.fingerprint for finding in weakened}  # the head's policies may still warn of it
        for finding in self.judgement.findings:
            if finding.fingerprint in shown:
                continue
            waived = finding.verdict is Verdict.WAIVED
            yield Item("waived" if waived else effects.get(finding.fingerprint, "drafted"), finding)
        if self.comparison is not None:
            effect: Effect = "lifted" if self.comparison.is_lifted else "weakened"
            yield from (Item(effect, finding) for finding in weakened)
            yield from (Item("fixed", finding) for finding in self.comparison.fixed)

    def _effects(self) -> Iterator[tuple[str, Effect]]:
        """Fingerprints of findings that nothing excuses, with what each does."""
        for finding in self.decision.warnings:
            yield finding.fingerprint, "warns"
        if self.comparison is None:
            for finding in self.decision.blocking:
                yield finding.fingerprint, "blocks"
            for finding in self.decision.undecided:
                yield finding.fingerprint, "undecided"
            return
        for finding in self.comparison.new:
            yield finding.fingerprint, "new"
        for finding in self.comparison.worsened:
            yield finding.fingerprint, "worsened"
        for finding in self.comparison.existing:
            yield finding.fingerprint, "existing"


@frozen
class Unread:
    """What stopped a check before anything was judged: it says so, and is never taken for a clean one."""

    fault: Exception
    """InputError, RefusedError or FailedError."""
    diagnostics: tuple[Diagnostic, ...]
    exit_code: int
    where: str
    """The folder or file that was to be checked."""
    tree: Tree

    def obstacles(self) -> tuple[Obstacle, ...]:
        """The diagnostics; what is in no file stands where the check was to begin."""
        where = Place(self.where)
        return tuple(
            _obstacles(
                (
                    (item.code, item.message, where if item.place.file.startswith("<") else item.place)
                    for item in self.diagnostics
                ),
                self.tree,
            )
        )


def _obstacles(faults: Iterable[tuple[str, str, Place]], tree: Tree) -> Iterator[Obstacle]:
    met: Counter[tuple[str, str, str]] = Counter()
    for code, message, place in faults:
        key = (code, tree.called(place).file, message)
        met[key] += 1
        text = "\n".join((*key, str(met[key])))
        mark = hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16]
        yield Obstacle(code, message, place, mark)


def _rank(item: Item) -> tuple[int, int, Place, str, str]:
    finding = item.finding
    severity = SEVERITIES.index(finding.severity)
    return EFFECTS.index(item.effect), severity, finding.place, finding.rule, finding.subject
