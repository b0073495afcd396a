"""Stacks of files that `check` is given in place of manifests."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import BinaryIO

from egov_infra.cli.options import Opened, say
from egov_infra.policy.judge import Judgement
from egov_infra.policy.outside import Given, judge_outside, looks_outside
from egov_infra.source.diagnostic import Diagnostic, InputError


def judge_files(
    opened: Opened,
    plans: Sequence[BinaryIO],
    states: Sequence[BinaryIO],
    shown: Collection[str] | None,
    *,
    named: bool,
) -> Judgement:
    """Judge the stacks of plans and exported states, all of which are read before any is judged. Raises InputError.

    `named` as in `judge_estate`.
    """
    faults: list[Diagnostic] = []
    given: list[Given] = []
    for reading in (*map(_read_plan, plans), *map(_read_state, states)):
        try:
            given += reading
        except InputError as error:
            faults += error.diagnostics
    if faults:
        raise InputError(faults)
    others = sum(not looks_outside(rule.kind.name) for rule in opened.policies.rules)
    say(f"{others} rules look at what only manifests say, and were not asked")
    return judge_outside(opened.source, opened.policies, opened.context, given, shown, named=named)


def _read_plan(file: BinaryIO) -> Iterator[Given]:
    from egov_infra.plan.plan_file import read_plan_file

    read = read_plan_file(file.read(), file.name)
    yield Given(read.stacks, read.place)


def _read_state(file: BinaryIO) -> Iterator[Given]:
    from egov_infra.engine.state_file import read_state_file

    read = read_state_file(file.read(), file.name)
    yield Given((read.stack,), read.place, read.kept)
