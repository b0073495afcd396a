"""What is live, as inputs: after a drift, for an import, and after a creation that failed half-way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.cloud import template
from egov_infra.cloud.adapter import Adapter, State
from egov_infra.cloud.error import CloudError
from egov_infra.cloud.handle import Handle


@dataclass(frozen=True, slots=True)
class Found:
    """What is live: everything, and what of it a program would have to declare."""

    state: State
    inputs: Mapping[str, Any]


def half_made(handle: Handle, inputs: Mapping[str, Any], label: str) -> Found | None:
    """What a creation left that failed after its first call."""
    adapter = handle.adapter
    try:
        if adapter.is_named:
            scope = {**adapter.defaults, **inputs, "account": handle.account, "region": handle.region}
            identifier = template.text(adapter.id, scope)
            live = handle.read(identifier, inputs, label)
            state = None if live is None else State(identifier, live)
        else:
            state = handle.find(inputs, label)
    except CloudError:
        return None  # the first error says more
    if state is None:
        return None
    made = {name: state.outputs[name] for name in inputs if name in state.outputs}
    return Found(state, made)


def drifted(adapter: Adapter, declared: Mapping[str, Any], live: Mapping[str, Any]) -> dict[str, Any]:
    """Declared inputs with the live value of each that differs: respelling by AWS is no drift."""
    inputs = dict(declared)
    for name in {difference.path.partition(".")[0] for difference in adapter.compare(declared, live)}:
        if live.get(name) is None:
            inputs.pop(name, None)
        else:
            inputs[name] = live[name]
    return inputs


def importable(adapter: Adapter, live: Mapping[str, Any]) -> dict[str, Any]:
    """Inputs that would declare what is live: whatever is set, and not what AWS takes by itself."""
    return {
        name: live[name]
        for name in adapter.readable
        if live.get(name) not in (None, "", [], {})
        and (
            name not in adapter.defaults
            or next(adapter.comparison.differences(adapter.kind(name), name, None, live[name]), None)
        )
    }
