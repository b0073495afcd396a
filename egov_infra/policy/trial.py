"""Try the examples of rules on a fixed day, and say of each that fails what the rule saw."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Iterator, Mapping
from itertools import islice

from pydantic import ValidationError

from egov_infra.manifest.fault import dotted
from egov_infra.policy.evaluation import decide
from egov_infra.policy.example import Baseline, ExampleError, Patch, bind_example, expectations
from egov_infra.policy.finding import Verdict
from egov_infra.policy.parameter import VARIABLE
from egov_infra.policy.rule import Rule, fill, show, shown
from egov_infra.source.diagnostic import Path, Place
from egov_infra.source.document import read_document
from egov_infra.source.frozen import frozen

DAY = datetime.date(2020, 6, 30)
"""Today, for every example, wherever it is tried: dates in it never run out."""
_MOST_SUBJECTS = 5
_SIDES: Mapping[Verdict, str] = {
    Verdict.PASS: "pass",
    Verdict.FAIL: "fail",
    Verdict.NOT_APPLICABLE: "not_applicable",
}


@frozen
class Sight:
    """What a rule saw of one subject."""

    subject: str
    verdict: Verdict
    message: str
    """What a finding would say."""
    values: Mapping[str, str]
    """Each field that the rule reads, and each parameter, with its value as text."""


@frozen
class Trial:
    """What a rule said of one example."""

    rule: str
    path: Path
    """Where the example stands in the rule's file."""
    place: Place | None
    """The same as line and column, of one that does not hold."""
    expected: Verdict
    verdict: Verdict | None
    """None if the example cannot be tried."""
    patch: Patch
    reason: str | None = None
    """Why it cannot be tried."""
    sights: tuple[Sight, ...] = ()
    """What the rule saw, of an example that does not hold."""

    @property
    def holds(self) -> bool:
        """Whether the rule said what the example says."""
        return self.verdict is self.expected


def try_examples(rule: Rule, baseline: Baseline) -> Iterator[Trial]:
    """Every example of a rule, in the order of its file."""
    numbers = dict.fromkeys(_SIDES.values(), 0)
    for expected, patch in expectations(rule):
        side = _SIDES[expected]
        path = ("examples", side, numbers[side])
        numbers[side] += 1
        yield _try(rule, baseline, path, expected, patch)


def _try(rule: Rule, baseline: Baseline, path: Path, expected: Verdict, patch: Patch) -> Trial:
    try:
        verdict = baseline.run(rule, patch, expected).verdict
    except ExampleError as error:
        reason = str(error)
    except ValidationError as error:
        reason = "; ".join(f"{dotted(fault['loc'])}: {fault['msg']}" for fault in error.errors())
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = f"nothing can be planned of it: {type(error).__name__}: {error}"
    else:
        if verdict is expected:
            return Trial(rule.id, path, None, expected, verdict, patch)
        sights = tuple(islice(_sights(rule, baseline, expected, patch), _MOST_SUBJECTS))
        return Trial(rule.id, path, _place(rule, path), expected, verdict, patch, sights=sights)
    return Trial(rule.id, path, _place(rule, path), expected, None, patch, reason)


def _sights(rule: Rule, baseline: Baseline, expected: Verdict, patch: Patch) -> Iterator[Sight]:
    """The subjects of which the rule did not say what the example says."""
    tried = bind_example(rule, patch)
    parameters = {f"{VARIABLE}.{name}": shown(value) for name, value in tried.parameters.items()}
    for case in baseline.cases(rule, patch):
        frame = case.frame()
        verdict = decide(tried, frame)
        if verdict is not expected:
            values = {text: show(closure, frame) for text, closure in tried.leaves}
            yield Sight(case.subject.key, verdict, fill(tried.message, frame), values | parameters)


def _place(rule: Rule, path: Path) -> Place:
    return read_document(pathlib.Path(rule.file), rule.file).place(path)
