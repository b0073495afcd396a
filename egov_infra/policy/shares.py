"""Work in shares, one to a processor: each but the first in a forked process, which has everything imported already.

The results come in the order of the shares, so that nothing depends on which was done first.
"""

from __future__ import annotations

import itertools
import os
import pickle
import threading
from collections.abc import Callable, Sequence
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")

MIN_SHARE = 100
"""Items below which a process of their own takes longer than it saves."""
_MAX_SHARES = 8


def split(items: Sequence[S]) -> list[Sequence[S]]:
    """The items in even shares, in order: as many as there are processors, and one where nothing is to be gained."""
    processors = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 1
    if threading.active_count() > 1:  # a fork copies locks, but not the threads that hold them
        processors = 1
    count = max(1, min(processors, _MAX_SHARES, len(items) // MIN_SHARE))
    bounds = [len(items) * number // count for number in range(count + 1)]
    return [items[start:end] for start, end in itertools.pairwise(bounds)]


def work(shares: Sequence[S], do: Callable[[S], T]) -> list[T]:
    """What `do` makes of each share; it changes nothing else, and what it makes can be pickled.

    A share whose process fails is done here, so that its exception is raised as without processes.
    """
    first, *others = shares
    started = [_start(share, do) for share in others]
    made = [do(first)]
    for share, (process, pipe) in zip(others, started, strict=True):
        with os.fdopen(pipe, "rb") as stream:
            written = stream.read()
        _, status = os.waitpid(process, 0)
        made.append(pickle.loads(written) if status == 0 else do(share))  # noqa: S301 - written by our own process
    return made


def _start(share: S, do: Callable[[S], T]) -> tuple[int, int]:
    reader, writer = os.pipe()
    process = os.fork()
    if process:
        os.close(writer)
        return process, reader
    status = 1
    try:
        with os.fdopen(writer, "wb") as stream:
            pickle.dump(do(share), stream, pickle.HIGHEST_PROTOCOL)
        status = 0
    finally:
        os._exit(status)  # no clean-up of what belongs to the parent; an exception is the parent's to meet
