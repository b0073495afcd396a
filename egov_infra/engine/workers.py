"""Change stacks in processes of their own: the SDK and the adapters are Python, and one process has one lock.

A worker is forked when everything that it needs is imported, planned and reviewed; it is told the name of a stack, says
each step, and answers with what it did. States are files, so that workers see what others have applied.
"""

from __future__ import annotations

import contextlib
import itertools
import multiprocessing
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from multiprocessing.connection import Connection
from multiprocessing.context import ForkProcess
from typing import TypeAlias

from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.engine.preview import Action, Preview
from egov_infra.engine.run import Applied, Change
from egov_infra.plan.resource import StackPlan

Told: TypeAlias = Callable[[Action, str, str], None]
Reviewed: TypeAlias = Mapping[str, tuple[StackPlan, Preview]]
"""Stack name to its plan and preview."""


def can_fork() -> bool:
    """Whether workers can be had: where a fork is safe, and no other thread could hold a lock during it."""
    return hasattr(os, "sched_getaffinity") and threading.active_count() == 1


@contextmanager
def forked(change: Change, reviewed: Reviewed, count: int) -> Iterator[Change]:
    """The same change, done by `count` processes. The function given may be called by as many threads."""
    context = multiprocessing.get_context("fork")
    free: queue.SimpleQueue[Connection | None] = queue.SimpleQueue()
    processes: list[ForkProcess] = []
    pipes: list[Connection] = []
    deaths = itertools.count(1)
    for _ in range(count):
        ours, theirs = context.Pipe()
        process = context.Process(target=_serve, args=(theirs, (*pipes, ours), change, reviewed))
        process.start()
        theirs.close()
        processes.append(process)
        pipes.append(ours)
        free.put(ours)

    def remote(plan: StackPlan, _preview: Preview, told: Told) -> Applied | None:
        pipe = free.get()
        if pipe is None:
            free.put(None)
            raise FailedError(f"{plan.name}: not tried, since every worker has died")
        try:
            answer = _ask(pipe, plan.name, told)
        except (EOFError, OSError):
            if next(deaths) == count:  # a process may still count as alive when its pipe is closed
                free.put(None)
            raise FailedError(
                f"{plan.name}: its worker died; every step is in the journal, and the next run continues"
            ) from None
        free.put(pipe)
        if isinstance(answer, Exception):
            raise answer
        return answer

    try:
        yield remote
    finally:
        for pipe in pipes:
            pipe.close()
        for process in processes:
            process.join()


def _ask(pipe: Connection, stack: str, told: Told) -> Applied | FailedError | RefusedError | None:
    pipe.send(stack)
    while True:
        kind, content = pipe.recv()
        if kind == "step":
            told(*content)
        else:
            answer: Applied | FailedError | RefusedError | None = content
            return answer


def _serve(pipe: Connection, others: tuple[Connection, ...], change: Change, reviewed: Reviewed) -> None:
    """Change one stack after another until nobody asks any more; without its parent a worker ends at its next step."""
    signal.signal(
        signal.SIGINT, signal.SIG_IGN
    )  # who interrupts means the whole run: the stack at work is finished
    for other in others:
        other.close()
    sending = threading.Lock()

    def say(kind: str, content: object) -> None:
        try:
            with sending:
                pipe.send((kind, content))
        except OSError:
            os._exit(1)  # as if killed: the journal has it all

    answer: Applied | Exception | None
    with contextlib.suppress(EOFError):
        while True:
            plan, preview = reviewed[pipe.recv()]
            try:
                answer = change(plan, preview, lambda *step: say("step", step))
            except (FailedError, RefusedError) as error:
                answer = error
            except Exception as error:  # noqa: BLE001 - a bug: its text must not be lost with the process
                answer = FailedError(f"{plan.name}: {type(error).__name__}: {error}")
            say("done", answer)
    os._exit(0)
