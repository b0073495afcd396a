"""What stays when stacks are taken down, or goes later, and why."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.engine.checkpoint import Checkpoint, Entry
from egov_infra.plan.catalogue import from_wire
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.value import Ref, StackRef, references


@dataclass(frozen=True, slots=True)
class Staying:
    """A resource that is not deleted, or not at once, and why."""

    stack: str
    name: str
    why: str


def kept_of(checkpoint: Checkpoint, read: Mapping[str, str]) -> dict[str, str]:
    """What holds data or is read by what stays, and everything that this needs: name to reason."""
    kept: dict[str, str] = {}
    entries = checkpoint.by_name()
    by_urn = {entry.urn: entry for entry in entries.values()}

    def keep(entry: Entry, why: str) -> None:
        if entry.name in kept:
            return
        kept[entry.name] = why
        for urn in entry.dependencies:
            if urn in by_urn:
                keep(by_urn[urn], f"is needed by {entry.name}, which stays")

    for entry in entries.values():
        if entry.is_protected:
            keep(entry, "holds data; it may go when the institution is closed")
        elif entry.name in read:
            keep(entry, read[entry.name])
    return kept


def add_read(
    read: dict[str, dict[str, str]], kept: Collection[str], stack: str, plans: Mapping[str, StackPlan]
) -> None:
    """Add what the kept resources of a stack read of others: stack to logical name to reason."""
    for resource in plans[stack].resources if stack in plans else ():
        if resource.name not in kept:
            continue
        for part in references(resource.inputs):
            if isinstance(part, StackRef) and part.stack in plans:
                for needed in references(plans[part.stack].outputs.get(part.output)):
                    if isinstance(needed, Ref):
                        why = f"is needed by {resource.name} of {stack}, which stays"
                        read.setdefault(part.stack, {}).setdefault(needed.resource, why)


_DELAYS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "aws:kms/key:Key": lambda inputs: (
        f"the key can be restored for {inputs.get('deletion_window_in_days', 30)} days, then what it encrypts is lost"
    ),
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": lambda inputs: (
        f"its bucket cannot go before the last object's lock of {_retention(inputs)} has ended"
    ),
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": lambda inputs: (
        f"its vault cannot go before the last recovery point is {inputs.get('min_retention_days', 0)} days old"
    ),
}
"""Types that outlive their deletion: inputs to what is said of it."""


def _retention(inputs: Mapping[str, Any]) -> str:
    default = (inputs.get("rule") or {}).get("default_retention") or {}
    return f"{default['years']} years" if "years" in default else f"{default.get('days', 0)} days"


def delayed(checkpoint: Checkpoint, kept: Mapping[str, str]) -> dict[str, str]:
    """What outlives its deletion: name to reason."""
    found = {}
    for name, entry in checkpoint.by_name().items():
        delay = _DELAYS.get(entry.type)
        why = delay(from_wire(entry.type, entry.inputs)) if delay and name not in kept else None
        if why:
            found[name] = why
    return found
