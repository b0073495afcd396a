"""The graph of a stack's planned resources: who refers to whom. Built when a rule first asks."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Join, Ref, Value, references


class Graph:
    """Resources of one stack by name, and those that refer to each."""

    def __init__(self, stack: StackPlan) -> None:
        self._stack = stack

    @cached_property
    def by_name(self) -> Mapping[str, PlannedResource]:
        """Resources by logical name."""
        return {resource.name: resource for resource in self._stack.resources}

    @cached_property
    def _referring(self) -> Mapping[str, Sequence[PlannedResource]]:
        found: defaultdict[str, list[PlannedResource]] = defaultdict(list)
        for resource in self._stack.resources:
            targets = {
                reference.resource
                for value in resource.inputs.values()
                if type(value) is not str
                for reference in references(value)
                if isinstance(reference, Ref)
            }
            for target in targets:
                found[target].append(resource)
        return found

    def related(self, resource: PlannedResource, token: str) -> list[Mapping[str, Value]]:
        """Inputs of the resources of a type that refer to this one, in planned order."""
        return [other.inputs for other in self._referring.get(resource.name, ()) if other.type == token]

    def refers_to(self, value: Any, token: str) -> bool:
        """Whether a value is, or contains, a reference to a resource of a type."""
        parts = value.parts if isinstance(value, Join) else (value,)
        return any(isinstance(part, Ref) and self.by_name[part.resource].type == token for part in parts)


class Context:
    """What domain functions may look at: the day, and the graph around the resource under judgement."""

    __slots__ = ("graph", "resource", "today")

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.graph: Graph | None = None
        self.resource: PlannedResource | None = None

    def related(self, token: str) -> list[Mapping[str, Value]]:
        """Resources of a type that refer to the subject's resource."""
        if self.graph is None or self.resource is None:
            return []
        return self.graph.related(self.resource, token)

    def refers_to(self, value: Any, token: str) -> bool:
        """Whether a value refers to a resource of a type."""
        return self.graph is not None and self.graph.refers_to(value, token)
