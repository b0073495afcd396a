"""What the stacks of an environment's applications read of its tenancy stack."""

from __future__ import annotations

from collections.abc import Mapping

from egov_infra.plan.network.front import LETTERS, Front
from egov_infra.plan.network.private import Network
from egov_infra.plan.resource import PlannedResource
from egov_infra.plan.value import StackRef, Value

SUBNETS = tuple(f"subnet_{letter}" for letter in LETTERS)
"""Outputs that name private subnets."""
FRONT_SUBNETS = tuple(f"front_subnet_{letter}" for letter in LETTERS)
"""Outputs that name front subnets."""


def tenancy_output(slug: str, environment: str, name: str) -> StackRef:
    """An output of a tenancy stack, as the stacks of its applications read it."""
    return StackRef(f"{slug}.tenancy.{environment}", name)


def hosting_outputs(
    network: Network, front: Front, key: PlannedResource, backup_plan: PlannedResource
) -> Mapping[str, Value]:
    """The outputs of a tenancy stack in whose environment applications run."""
    return {
        "vpc_id": network.vpc.id,
        "key_arn": key.arn,
        "backup_plan_id": backup_plan.id,
        **{name: subnet.id for name, subnet in zip(SUBNETS, network.subnets, strict=False)},
        **{name: subnet.id for name, subnet in zip(FRONT_SUBNETS, front.subnets, strict=True)},
    }
