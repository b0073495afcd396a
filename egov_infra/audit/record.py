"""What an audit says: records of drift, of what nobody declared, and of what nobody knows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from egov_infra.source.diagnostic import Place


@dataclass(frozen=True, slots=True)
class Drift:
    """One difference between declared and live."""

    institution: str
    stack: str
    resource: str
    type: str
    property: str
    """Dotted path of the property; empty if the resource itself is missing."""
    declared: str
    live: str
    place: Place

    def __str__(self) -> str:
        what = f"{self.property} is {self.live}, declared {self.declared}" if self.property else "is gone"
        return f"{self.place} {self.stack}/{self.resource}: {what}"


@dataclass(frozen=True, slots=True)
class Undeclared:
    """Something that is live and that nobody declared: on its own in an account, or added to a declared resource."""

    account: str
    region: str
    kind: str
    """What it is, such as `bucket`; an AWS type if it was added to a declared resource."""
    id: str
    name: str
    """What else it is known by; may be empty."""
    why: str
    """What makes it worth saying."""
    institution: str = ""
    """Whose resource it was added to; empty for what stands on its own."""
    stack: str = ""
    resource: str = ""
    place: Place | None = None

    def __str__(self) -> str:
        name = f" ({self.name})" if self.name and self.name != self.id else ""
        if self.place is None:
            return f"{self.account} {self.region} {self.kind} {self.id}{name}: {self.why}"
        return f"{self.place} {self.stack}/{self.resource}: {self.kind} {self.id}{name} {self.why}"


@dataclass(frozen=True, slots=True)
class Unknown:
    """Something of which nothing can be said, such as for want of permission."""

    account: str
    region: str
    kind: str
    """An AWS type, or a kind of thing that an account may hold."""
    reason: str
    """What could not be asked, and the answer of AWS."""
    institution: str = ""
    """Empty for what an account may hold."""
    stack: str = ""
    resource: str = ""
    place: Place | None = None

    def __str__(self) -> str:
        where = f"{self.place} {self.stack}/{self.resource}: " if self.place else ""
        return f"{where}{self.reason}"


@dataclass(frozen=True, slots=True)
class StackAudit:
    """What reading back a stack showed; lists are in the order of the plan."""

    stack: str
    institution: str
    drifts: tuple[Drift, ...] = ()
    undeclared: tuple[Undeclared, ...] = ()
    """What was added to resources of the stack."""
    unknown: tuple[Unknown, ...] = ()
    read: int = 0
    """Resources that were read back."""
    recorded_only: tuple[str, ...] = ()
    """Resources that were never live: nothing is said of their drift."""
    not_applied: tuple[str, ...] = ()
    """Planned resources that the state does not know."""
    left: tuple[str, ...] = ()
    """Recorded resources that are planned no longer: they may be live until the next `up`."""
    unread: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Resource to declared properties that the cloud does not give back."""
    unresolved: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Resource to declared properties that refer to what nobody knows: they were not compared."""
