"""What the exit code of a command says; the same for every command."""

from enum import IntEnum


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
