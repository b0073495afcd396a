from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.preview import Action, Preview
from egov_infra.engine.run import Applied
from egov_infra.engine.workers import Told, forked
from egov_infra.plan.resource import StackPlan

pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
NAMES = ("abc.domain", "abd.domain")
REVIEWED = {name: (StackPlan(name, name[:3], "1", "r", ()), Preview(name, (), "")) for name in NAMES}
Do = Callable[[StackPlan, Preview, Told], Applied | None]


def _silent(*_step: object) -> None:
    """Nobody listens."""


def _pid(plan: StackPlan, _preview: Preview, told: Told) -> Applied:
    told(Action.CREATE, "aws:s3/bucket:Bucket", plan.name)
    return Applied(plan.name, {Action.CREATE: os.getpid()}, 0, (), (), {}, is_complete=True)


def test_change_is_done_by_another_process_and_every_step_is_told() -> None:
    """What comes back is what the worker made; its steps arrive before."""
    steps: list[tuple[Action, str, str]] = []
    with forked(_pid, REVIEWED, 2) as change:
        done = [change(*REVIEWED[name], lambda *step: steps.append(step)) for name in NAMES]
    pids = {applied.counts[Action.CREATE] for applied in done if applied is not None}
    assert len(pids) == 2
    assert os.getpid() not in pids
    assert steps == [(Action.CREATE, "aws:s3/bucket:Bucket", name) for name in NAMES]


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (FailedError("a zone failed"), FailedError("a zone failed")),
        (RefusedError("held by another run"), RefusedError("held by another run")),
        (KeyError("id"), FailedError("abc.domain: KeyError: 'id'")),
    ],
)
def test_error_of_a_worker_is_raised_here(error: Exception, expected: Exception) -> None:
    """As if it had happened in this process; a bug keeps its text."""

    def fail(*_given: object) -> Applied | None:
        raise error

    with forked(fail, REVIEWED, 1) as change, pytest.raises(type(expected)) as raised:
        change(*REVIEWED["abc.domain"], _silent)
    assert str(raised.value) == str(expected)


def test_death_of_a_worker_fails_its_stack_and_the_other_goes_on() -> None:
    """Whoever is killed has a journal; when all are gone, nothing more is tried."""

    def die(plan: StackPlan, _preview: Preview, _told: Told) -> Applied | None:
        if plan.name == "abc.domain":
            os.kill(os.getpid(), signal.SIGKILL)
        return None

    with forked(die, REVIEWED, 2) as change:
        with pytest.raises(FailedError, match=r"abc\.domain: its worker died; every step is in the journal"):
            change(*REVIEWED["abc.domain"], _silent)
        assert change(*REVIEWED["abd.domain"], _silent) is None
        with pytest.raises(FailedError, match="its worker died"):
            change(*REVIEWED["abc.domain"], _silent)
        with pytest.raises(FailedError, match=r"abd\.domain: not tried, since every worker has died"):
            change(*REVIEWED["abd.domain"], _silent)
