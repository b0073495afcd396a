"""What is live of some stacks, read once and by ids alone; and what references between resources come to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

from egov_infra.cloud.error import CloudError
from egov_infra.cloud.handle import Handle
from egov_infra.cloud.registry import adapter_of, recorded_only
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Checkpoint, Entry
from egov_infra.engine.preview import under_new_names
from egov_infra.engine.value import UNKNOWN, contains_unknown, resolve, steps, walk
from egov_infra.plan.catalogue import from_wire
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Ref, StackRef, Value


@dataclass(frozen=True, slots=True)
class Reading:
    """What reading a resource gave: what is live, or why nobody can say; neither where it is gone."""

    found: Mapping[str, Any] | None = None
    """Properties and outputs."""
    error: str = ""


def read(cloud: Cloud, token: str, identifier: str, account: str, region: str, label: str) -> Reading:
    """Read one resource of an AWS type."""
    adapter = adapter_of(token)
    if adapter is None:
        return Reading(error=f"{token} {label}: no adapter reads this type")
    try:
        return Reading(Handle.on(cloud, adapter, account, region).read(identifier, {}, label))
    except CloudError as error:
        return Reading(error=str(error))


class Live:
    """Stacks of one owner."""

    def __init__(
        self,
        cloud: Cloud,
        plans: Iterable[StackPlan],
        load: Callable[[str], Checkpoint],
        pool: Executor,
        platform: Live | None = None,
    ) -> None:
        """`load` gives the recorded state of a stack. Stacks may refer to each other, and to those of `platform`."""
        self.cloud = cloud
        self.pool = pool
        self._plans = {plan.name: plan for plan in plans}
        self._planned = {
            (name, item.name): item for name, plan in self._plans.items() for item in plan.resources
        }
        self._types = {key: item.type for key, item in self._planned.items()}
        self._load = load
        self._platform = platform
        self._states: dict[str, Checkpoint] = {}
        self._recorded: dict[str, dict[str, Entry]] = {}
        self._readings: dict[tuple[str, str], Reading] = {}

    def recorded(self, stack: str) -> Mapping[str, Entry]:
        """What is recorded of a stack, by the names that its resources have in the plan, and as what they are planned."""
        if stack not in self._recorded:
            found = under_new_names(self._plans[stack], self._state(stack).by_name())
            self._recorded[stack] = {
                name: entry
                for name, entry in found.items()
                if self._types.get((stack, name), entry.type) == entry.type
            }
        return self._recorded[stack]

    def read_all(self, plan: StackPlan) -> Mapping[str, Reading]:
        """Read every resource of a stack that is recorded and not recorded only, several at a time."""
        recorded = self.recorded(plan.name)
        due = [item for item in plan.resources if item.name in recorded and recorded_only(item.type) is None]
        found = self.pool.map(self._reading, due)
        return {item.name: reading for item, reading in zip(due, found, strict=True)}

    def declared(self, resource: PlannedResource) -> dict[str, Any]:
        """The planned inputs with references looked up; one that refers to what nobody knows is left out."""
        look_up = partial(self._look_up, resource.stack)
        resolved = {name: resolve(value, look_up) for name, value in resource.inputs.items()}
        return {name: value for name, value in resolved.items() if not contains_unknown(value)}

    def resolved(self, stack: str, reference: Ref | StackRef) -> Any:
        """What a reference in a stack comes to; None if nobody knows."""
        found = self._look_up(stack, reference)
        return None if found is UNKNOWN else found

    def _look_up(self, stack: str, reference: Ref | StackRef) -> Any:
        if isinstance(reference, StackRef):
            return self._exported(reference)
        entry = self.recorded(stack).get(reference.resource)
        if entry is None:
            return UNKNOWN
        if reference.output == "id":
            return entry.id
        path = steps(reference.output)
        planned = self._planned.get((stack, reference.resource))
        if planned is not None and recorded_only(planned.type) is None:
            # what is live is believed first: a state can be wrong, or hold nothing but ids
            value = walk(self._reading(planned).found, path)
            if value is not UNKNOWN:
                return value
        return walk(from_wire(entry.type, entry.outputs), path)

    def _exported(self, reference: StackRef) -> Any:
        plan = self._plans.get(reference.stack)
        if plan is None:
            return UNKNOWN if self._platform is None else self._platform._exported(reference)  # noqa: SLF001 - its own kind
        exported: Value = plan.outputs.get(reference.output)
        if exported is not None:
            value = resolve(exported, partial(self._look_up, reference.stack))
            if not contains_unknown(value):
                return value
        return self._state(reference.stack).outputs.get(reference.output, UNKNOWN)

    def _reading(self, resource: PlannedResource) -> Reading:
        key = (resource.stack, resource.name)
        if key not in self._readings:
            entry = self.recorded(resource.stack)[resource.name]
            self._readings[key] = read(
                self.cloud, resource.type, entry.id, resource.account, resource.region, resource.name
            )
        return self._readings[key]

    def _state(self, stack: str) -> Checkpoint:
        if stack not in self._states:
            self._states[stack] = self._load(stack)
        return self._states[stack]
