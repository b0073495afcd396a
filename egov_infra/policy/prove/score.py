"""The proof of rules: how many of their mutants the examples tell apart, and whether anything wrong fails them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from egov_infra.policy.evaluation import decide
from egov_infra.policy.example import Baseline, Case, ExampleError, Patch, bind_example, expectations, worst
from egov_infra.policy.expression.compile import Frame
from egov_infra.policy.finding import Verdict
from egov_infra.policy.load import place_in_rule
from egov_infra.policy.prove.resource_mutant import resource_mutants
from egov_infra.policy.prove.rule_mutant import RuleMutant, rule_mutants
from egov_infra.policy.rule import Rule
from egov_infra.policy.shares import split, work
from egov_infra.source.diagnostic import Diagnostic, Place

MOST_EQUIVALENT: Final = 0.03
"""Greatest share of mutants that rules may call equivalent."""


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant of a rule that no example tells from the rule."""

    name: str
    operator: str
    text: str
    """The expression of the mutant."""
    place: Place


@dataclass(frozen=True, slots=True)
class RuleProof:
    """What came out of one rule."""

    rule: str
    mutants: Mapping[str, int]
    """Operator to mutants of the rule, without those that it calls equivalent."""
    survivors: tuple[Survivor, ...]
    equivalent: int
    """Mutants that the rule's file calls equivalent."""
    resources: Mapping[str, int]
    """Operator to mutants of what it judges."""
    failed: Mapping[str, int]
    """Operator to those of them that failed the rule."""
    crashed: Mapping[str, int]
    """Operator to those of them on which the rule could not be computed: these prove nothing."""
    faults: tuple[Diagnostic, ...]
    """What is wrong with the rule's examples, or with what it calls equivalent."""


@dataclass(frozen=True, slots=True)
class Proof:
    """What came out of all rules, in the order of their ids."""

    rules: tuple[RuleProof, ...]

    @property
    def mutants(self) -> int:
        """Mutants that examples were to tell apart."""
        return sum(sum(rule.mutants.values()) for rule in self.rules)

    @property
    def killed(self) -> int:
        """Those of them that some example tells apart."""
        return self.mutants - sum(len(rule.survivors) for rule in self.rules)

    @property
    def score(self) -> float:
        """Share of mutants that some example tells apart, between 0 and 1."""
        return self.killed / self.mutants if self.mutants else 1.0

    @property
    def equivalent(self) -> int:
        """Mutants that are not counted."""
        return sum(rule.equivalent for rule in self.rules)

    @property
    def exceeds(self) -> bool:
        """Whether more mutants are called equivalent than may be."""
        return self.equivalent > MOST_EQUIVALENT * (self.mutants + self.equivalent)

    @property
    def unfailed(self) -> tuple[str, ...]:
        """Rules that nothing failed."""
        return tuple(rule.rule for rule in self.rules if not any(rule.failed.values()))

    @property
    def faults(self) -> tuple[Diagnostic, ...]:
        """What is wrong with rules."""
        return tuple(fault for rule in self.rules for fault in rule.faults)

    def holds(self, least: float) -> bool:
        """Whether everything is as it must be, with this least score."""
        return self.score >= least and not (self.unfailed or self.faults or self.exceeds)


@dataclass(frozen=True, slots=True)
class _Example:
    """An example, built once: every mutant is evaluated on its frames."""

    rule: Rule
    expected: Verdict
    patch: Patch
    cases: tuple[Case, ...]
    frames: tuple[Frame, ...]
    verdicts: tuple[Verdict, ...]
    """What the rule says of each."""

    @property
    def verdict(self) -> Verdict:
        """What the rule says of the example."""
        return worst(self.verdicts)

    def is_told(self, mutant: Rule) -> bool:
        """Whether the example tells a mutant from the rule: where the mutant crashes, it says nothing."""
        found = [_decided(mutant, frame) for frame in self.frames]
        said = [own if it is Verdict.ERROR else it for own, it in zip(self.verdicts, found, strict=True)]
        return worst(said) is not self.verdict


def prove(rules: Sequence[Rule], baseline: Baseline) -> Proof:
    """The proof of rules, on all processors."""
    mixed = [*rules[::2], *rules[1::2]]  # neighbours look at the same things and take the same time
    shares = work(split(mixed), lambda share: [prove_rule(rule, baseline) for rule in share])
    found = [proof for share in shares for proof in share]
    return Proof(tuple(sorted(found, key=lambda proof: proof.rule)))


def prove_rule(rule: Rule, baseline: Baseline) -> RuleProof:
    """The proof of one rule; an example that cannot be built is a fault of it."""
    examples: list[_Example] = []
    faults: list[Diagnostic] = []
    for expected, patch in expectations(rule):
        try:
            examples.append(_built(rule, baseline, expected, patch))
        except (ExampleError, ValueError) as error:
            message = f"{rule.id}: an example cannot be built: {error}"
            faults.append(Diagnostic(Place(rule.file), "proof-example", message))
    faults += _broken(rule, examples)
    mutants = list(rule_mutants(rule.expressions))
    alive = [mutant for mutant in mutants if not _is_killed(mutant, examples)]
    proof = rule.metadata.proof
    excluded = {item.mutant for item in proof.equivalent} if proof else set()
    faults += _wrong_equivalents(rule, excluded, mutants, alive)
    counted = [mutant for mutant in mutants if mutant.name not in excluded]
    made: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    crashed: Counter[str] = Counter()
    for example in examples:
        for case in example.cases if example.expected is Verdict.PASS else ():
            for mutant in resource_mutants(example.rule, case):
                verdict = _decided(example.rule, mutant.frame)
                made[mutant.operator] += 1
                failed[mutant.operator] += verdict is Verdict.FAIL
                crashed[mutant.operator] += verdict is Verdict.ERROR
    return RuleProof(
        rule.id,
        Counter(mutant.operator for mutant in counted),
        tuple(
            Survivor(
                mutant.name, mutant.operator, mutant.text, place_in_rule(rule, mutant.key, mutant.offset)
            )
            for mutant in alive
            if mutant.name not in excluded
        ),
        len(mutants) - len(counted),
        made,
        failed,
        crashed,
        tuple(faults),
    )


def _built(rule: Rule, baseline: Baseline, expected: Verdict, patch: Patch) -> _Example:
    cases = tuple(baseline.cases(rule, patch))
    bound, frames = bind_example(rule, patch), tuple(case.frame() for case in cases)
    return _Example(bound, expected, patch, cases, frames, tuple(_decided(bound, frame) for frame in frames))


def _decided(rule: Rule, frame: Frame) -> Verdict:
    frame[len(rule.kind.variables)].steps = 0
    return decide(rule, frame)


def _is_killed(mutant: RuleMutant, examples: Sequence[_Example]) -> bool:
    """Whether some example tells the mutant from the rule; a crash tells nothing."""
    compiled: dict[int, Rule] = {}
    for example in examples:
        key = id(example.rule)
        if key not in compiled:
            compiled[key] = example.rule.deciding(mutant.when, mutant.must)
        if example.is_told(compiled[key]):
            return True
    return False


def _broken(rule: Rule, examples: Sequence[_Example]) -> Iterator[Diagnostic]:
    """Examples that do not say what they should: they would prove anything."""
    for example in examples:
        if example.verdict is not example.expected:
            said = f"{dict(example.patch)} gives {example.verdict.value}, expected {example.expected.value}"
            yield Diagnostic(Place(rule.file), "proof-example", f"{rule.id}: {said}")


def _wrong_equivalents(
    rule: Rule, excluded: set[str], mutants: Sequence[RuleMutant], alive: Sequence[RuleMutant]
) -> Iterator[Diagnostic]:
    """What is called equivalent and is not."""
    known, living = {mutant.name for mutant in mutants}, {mutant.name for mutant in alive}
    for name in sorted(excluded - living):
        what = "an example tells it from the rule" if name in known else "the rule has no such mutant"
        yield Diagnostic(
            Place(rule.file), "proof-equivalent", f"{rule.id}: {name!r} is not equivalent: {what}"
        )
