"""The graph of a stack's planned resources: who refers to whom. Built when a rule first asks."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import UNSURE, Ref, StackRef, Value, references
from egov_infra.policy.expression.unknown import EvaluationError, UnknownValueError


class Graph:
    """Resources of one stack by type and name, and those that refer to each."""

    def __init__(self, stack: StackPlan) -> None:
        self._stack = stack
        self.by_type = stack.by_type()
        self._referring: dict[str, Mapping[str, Sequence[Mapping[str, Value]]]] = {}

    @cached_property
    def by_name(self) -> Mapping[str, PlannedResource]:
        """Resources by logical name."""
        return {resource.name: resource for resource in self._stack.resources}

    @cached_property
    def _names(self) -> Mapping[int, str]:
        return {id(resource.inputs): resource.name for resource in self._stack.resources}

    def related(self, inputs: Any, token: str) -> Sequence[Mapping[str, Value]]:
        """Inputs of the resources of a type that refer to the resource with these inputs, in the order of their names."""
        name = self._names.get(id(inputs))
        if name is None:
            raise EvaluationError("related asks about a planned resource")
        if token not in self._referring:
            self._referring[token] = self._referring_of(token)
        return self._referring[token].get(name, ())

    def _referring_of(self, token: str) -> Mapping[str, Sequence[Mapping[str, Value]]]:
        """Logical name of a resource to the inputs of those resources of a type that refer to it."""
        found: defaultdict[str, list[Mapping[str, Value]]] = defaultdict(list)
        # not in planned order: what is said of them is the same wherever the stack was read from
        for resource in sorted(self.by_type.get(token, ()), key=lambda item: item.name):
            for target in {part.resource for part in references(resource.inputs) if isinstance(part, Ref)}:
                found[target].append(resource.inputs)
        return found

    def refers_to(self, value: Any, token: str) -> bool:
        """Whether a value is, or contains, a reference to a resource of a type.

        What another stack exports might be one: unknown, unless this stack decides.
        """
        found = tuple(references(value))
        is_sure = UNSURE not in found
        if is_sure and any(
            isinstance(part, Ref) and self.by_name[part.resource].type == token for part in found
        ):
            return True
        if any(isinstance(part, StackRef) for part in found):
            raise UnknownValueError("an output of another stack")
        return False


class Context:
    """What domain functions may look at: the day, the owner, and the graph around the resource under judgement."""

    __slots__ = ("graph", "owner", "steps", "today")

    def __init__(self, today: datetime.date) -> None:
        self.today = today
        self.owner = ""
        self.graph: Graph | None = None
        self.steps = 0

    def related(self, inputs: Any, token: str) -> Sequence[Mapping[str, Value]]:
        """Resources of a type that refer to the resource with these inputs."""
        if self.graph is None:
            raise EvaluationError("related asks about a planned resource")
        return self.graph.related(inputs, token)

    def refers_to(self, value: Any, token: str) -> bool:
        """Whether a value refers to a resource of a type."""
        return self.graph is not None and self.graph.refers_to(value, token)
