"""What was added to declared resources and nobody declared: a rule of a group, a record of a zone, a policy."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from egov_infra.audit.known import Known
from egov_infra.audit.live import Live, Reading, read
from egov_infra.cloud.adapter import Adapter, Members
from egov_infra.cloud.error import CloudError
from egov_infra.cloud.handle import Handle
from egov_infra.cloud.registry import adapter_of, members_of
from egov_infra.plan.resource import PlannedResource, StackPlan


@dataclass(frozen=True, slots=True)
class Added:
    """A live resource that belongs to a declared one, and that no stack has recorded."""

    parent: PlannedResource
    adapter: Adapter
    id: str
    found: Mapping[str, Any]
    """Its live properties and outputs."""


@dataclass(frozen=True, slots=True)
class _Question:
    parent: PlannedResource
    adapter: Adapter
    members: Members


def find_added(
    live: Live, plan: StackPlan, readings: Mapping[str, Reading], known: Known
) -> tuple[tuple[Added, ...], tuple[tuple[PlannedResource, Adapter, str], ...]]:
    """What was added to the resources of a stack, in the order of the plan; and what could not be asked, with the reason."""
    recorded = live.recorded(plan.name)
    questions = [
        _Question(resource, adapter, members)
        for resource in plan.resources
        if resource.name in readings and readings[resource.name].found is not None
        for adapter, members in members_of(resource.type)
    ]

    def ask(question: _Question) -> tuple[str, ...] | CloudError:
        parent = question.parent
        found = readings[parent.name].found
        adapter = adapter_of(parent.type)
        assert found is not None
        assert adapter is not None
        handle = Handle.on(live.cloud, adapter, parent.account, parent.region)
        try:
            return handle.members(recorded[parent.name].id, found, question.members, parent.name)
        except CloudError as error:
            return error

    unasked: list[tuple[PlannedResource, Adapter, str]] = []
    due: list[tuple[_Question, str]] = []
    for question, answer in zip(questions, live.pool.map(ask, questions), strict=True):
        if isinstance(answer, CloudError):
            unasked.append((question.parent, question.adapter, str(answer)))
            continue
        account, token = question.parent.account, question.adapter.type
        due += [(question, one) for one in answer if not known.has(account, token, one)]

    def look(item: tuple[_Question, str]) -> Reading:
        question, identifier = item
        parent = question.parent
        return read(live.cloud, question.adapter.type, identifier, parent.account, parent.region, parent.name)

    added = []
    for (question, identifier), reading in zip(due, live.pool.map(look, due), strict=True):
        if reading.error:
            unasked.append((question.parent, question.adapter, reading.error))
        elif reading.found is not None:
            added.append(Added(question.parent, question.adapter, identifier, reading.found))
    return tuple(added), tuple(unasked)
