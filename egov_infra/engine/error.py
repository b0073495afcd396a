"""What stops an operation after its inputs were read."""

from __future__ import annotations


class RefusedError(Exception):
    """A safety guard refuses: wrong target, what holds data would go, too much would change. Exit code 3."""


class FailedError(Exception):
    """The engine or the cloud failed after the gate; what was made is recorded. Exit code 4."""
