"""What the exit code of a command says; the same for every command."""

from __future__ import annotations

from enum import IntEnum

from egov_infra.engine.error import RefusedError
from egov_infra.source.diagnostic import InputError


class ExitCode(IntEnum):
    """Stable: CI relies on it. The first that applies, in the order 2, 1, 3, 4, wins."""

    CLEAN = 0
    BLOCKED = 1
    """A fail or an error of a mandatory rule, or a waiver fault."""
    UNREADABLE = 2
    """Manifest, policy or arguments cannot be read; nothing else was judged."""
    REFUSED = 3
    """Undecidable or refused: unknown under a mandatory rule, safety guard, wrong account or target."""
    FAILED = 4
    """The engine or the cloud failed after the gate."""
    BUG = 70
    INTERRUPTED = 130

    @classmethod
    def of(cls, fault: BaseException) -> ExitCode:
        """The code of what stopped a command: unreadable, refused, or failed."""
        if isinstance(fault, InputError):
            return cls.UNREADABLE
        return cls.REFUSED if isinstance(fault, RefusedError) else cls.FAILED
