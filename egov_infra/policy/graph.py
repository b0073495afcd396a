"""The graph of a stack's planned resources: who refers to whom. Built when a rule first asks."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Document, Join, Ref, StackRef, Value, references
from egov_infra.policy.expression.unknown import EvaluationError, UnknownValueError


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
            targets: set[str] = set()
            _add_targets(resource.inputs, targets)
            for target in targets:
                found[target].append(resource)
        return found

    @cached_property
    def _by_inputs(self) -> Mapping[int, PlannedResource]:
        return {id(resource.inputs): resource for resource in self._stack.resources}

    def related(self, inputs: Any, token: str) -> list[Mapping[str, Value]]:
        """Inputs of the resources of a type that refer to the resource with these inputs, in planned order."""
        resource = self._by_inputs.get(id(inputs))
        if resource is None:
            raise EvaluationError("related asks about a planned resource")
        return [other.inputs for other in self._referring.get(resource.name, ()) if other.type == token]

    def refers_to(self, value: Any, token: str) -> bool:
        """Whether a value is, or contains, a reference to a resource of a type.

        What another stack exports might be one: unknown, unless this stack decides.
        """
        found = tuple(references(value))
        if any(isinstance(part, Ref) and self.by_name[part.resource].type == token for part in found):
            return True
        if any(isinstance(part, StackRef) for part in found):
            raise UnknownValueError("an output of another stack")
        return False


def _add_targets(value: Any, targets: set[str]) -> None:
    """Add the resources that a value refers to; by exact class, since a whole estate passes here."""
    kind = type(value)
    if kind is dict:
        for item in value.values():
            if type(item) is not str:
                _add_targets(item, targets)
    elif kind is tuple or kind is Join:
        for item in value.parts if kind is Join else value:
            if type(item) is not str:
                _add_targets(item, targets)
    elif kind is Ref:
        targets.add(value.resource)
    elif kind is Document:
        _add_targets(value.body, targets)


class Context:
    """What domain functions may look at: the day, the owner, and the graph around the resource under judgement."""

    __slots__ = ("graph", "owner", "steps", "today")

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.owner = ""
        self.graph: Graph | None = None
        self.steps = 0

    def related(self, inputs: Any, token: str) -> list[Mapping[str, Value]]:
        """Resources of a type that refer to the resource with these inputs."""
        if self.graph is None:
            raise EvaluationError("related asks about a planned resource")
        return self.graph.related(inputs, token)

    def refers_to(self, value: Any, token: str) -> bool:
        """Whether a value refers to a resource of a type."""
        return self.graph is not None and self.graph.refers_to(value, token)
