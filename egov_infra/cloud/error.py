"""What can go wrong at the cloud."""

from __future__ import annotations


class CloudError(Exception):
    """A call to AWS failed. Names the type, the resource and the operation; `code` is AWS's error code."""

    def __init__(self, token: str, label: str, operation: str, code: str, reason: str) -> None:
        super().__init__(f"{token} {label}: {operation} failed: {code}: {reason}")
        self.code = code
        self.operation = operation


class UnknownPropertyError(Exception):
    """An adapter met an input that it does not know: it fails rather than lose it."""

    def __init__(self, token: str, names: frozenset[str]) -> None:
        super().__init__(f"the adapter of {token} does not know {', '.join(sorted(names))}")
