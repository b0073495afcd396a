"""Planned resources and stacks: plain frozen records, so that an estate is judged in a second."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import field, replace

from egov_infra.plan.value import Ref, Value, references
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen


@frozen
class Options:
    """Pulumi resource options that a plan may set."""

    protect: bool = False
    """Whether Pulumi refuses to delete it."""
    depends_on: tuple[str, ...] = ()
    """Logical names of earlier resources of the same stack."""
    aliases: tuple[str, ...] = ()
    """Former logical names, so that a rename replaces nothing."""


NO_OPTIONS = Options()


@frozen
class PlannedResource:
    """One AWS resource as data.

    `inputs` has the snake_case names of pulumi_aws, nested ones too. `path` is the manifest value
    that caused the resource, within the owner's manifest.
    """

    type: str
    """Pulumi type token, such as `aws:s3/bucket:Bucket`."""
    name: str
    """Logical name, unique in its stack."""
    inputs: Mapping[str, Value]
    """What it is made with."""
    owner: str
    """Slug of the institution, or `platform`."""
    stack: str
    """Name of its stack, such as `erb.domain`."""
    account: str
    """Number of its account, of twelve digits."""
    region: str
    """AWS region in which it stands."""
    path: Path
    options: Options = NO_OPTIONS
    """What Pulumi is told about it."""

    def output(self, name: str) -> Ref:
        """A reference to one of this resource's outputs, by snake_case name."""
        return Ref(self.name, name)

    @property
    def id(self) -> Ref:
        """The provider's id."""
        return Ref(self.name, "id")

    @property
    def arn(self) -> Ref:
        """The Amazon resource name."""
        return Ref(self.name, "arn")


@frozen
class StackPlan:
    """The planned resources of one stack, in an order in which each stands after what it uses."""

    name: str
    owner: str
    account: str
    region: str
    resources: tuple[PlannedResource, ...]
    outputs: Mapping[str, Value] = field(default_factory=dict)
    """Exported values that other stacks may read as `StackRef`."""
    notes: tuple[str, ...] = ()
    """What a person must do outside, such as handing over NS or DS values."""

    def only(self, names: Collection[str]) -> StackPlan:
        """The plan of the resources that have, or had, these logical names, with all that they refer to."""
        kept: set[str] = set()
        for resource in reversed(self.resources):
            if resource.name in kept or any(
                name in names for name in (resource.name, *resource.options.aliases)
            ):
                read = (part.resource for part in references(resource.inputs) if isinstance(part, Ref))
                kept.update((resource.name, *read, *resource.options.depends_on))
        if len(kept) == len(self.resources):
            return self
        outputs = {
            name: value
            for name, value in self.outputs.items()
            if all(part.resource in kept for part in references(value) if isinstance(part, Ref))
        }
        resources = tuple(resource for resource in self.resources if resource.name in kept)
        return replace(self, resources=resources, outputs=outputs)

    def by_type(self) -> dict[str, list[PlannedResource]]:
        """Resources by type token, in planned order."""
        found: dict[str, list[PlannedResource]] = {}
        for resource in self.resources:
            found.setdefault(resource.type, []).append(resource)
        return found
