"""Outputs of other stacks as they are recorded, and the digest by which a stack knows that what it reads has changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from egov_infra.cloud.secret import SecretReader
from egov_infra.engine.checkpoint import Checkpoint
from egov_infra.engine.preview import StackOutputs
from egov_infra.engine.run import States
from egov_infra.model.institution import Institution
from egov_infra.plan.canonical import canonical_json
from egov_infra.plan.outline import SecretPlace
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.value import StackRef


def usable_state(states: States, stack: str, cloud_id: str | None) -> Checkpoint:
    """The state of a stack, or an empty one if it speaks of another cloud."""
    checkpoint = states.load(stack)
    if cloud_id is not None and checkpoint.stamp is not None and checkpoint.stamp.cloud_id != cloud_id:
        return Checkpoint(checkpoint.stack)
    return checkpoint


def what_remains(
    plans: Iterable[StackPlan], institution: Institution, state: Callable[[str], Checkpoint]
) -> tuple[StackPlan, ...]:
    """The plans of an institution; of one that leaves, what is still recorded of them, whatever was taken down."""
    if not institution.institution.is_leaving:
        return tuple(plans)
    return tuple(plan.only(state(plan.name).by_name()) for plan in plans)


def recorded_outputs(states: States, cloud_id: str | None) -> StackOutputs:
    """Exported outputs of a stack, by its name; a state is read again only when it has been written since."""
    known: dict[str, tuple[object, Mapping[str, Any]]] = {}

    def outputs(stack: str) -> Mapping[str, Any]:
        signature = states.signature(stack)
        if stack not in known or known[stack][0] != signature:
            known[stack] = signature, usable_state(states, stack, cloud_id).outputs
        return known[stack][1]

    return outputs


def reads_digest(
    reads: Iterable[StackRef],
    outputs: StackOutputs,
    places: Iterable[SecretPlace] = (),
    secrets: SecretReader | None = None,
) -> str:
    """SHA-256 of the outputs that are read now, and of the versions of secrets: of no secret's value."""
    values = [[item.stack, item.output, outputs(item.stack).get(item.output)] for item in reads]
    values += [
        [place.account, place.region, place.name, secrets.version(place) if secrets else ""]
        for place in places
    ]
    return hashlib.sha256(canonical_json(values)).hexdigest()
