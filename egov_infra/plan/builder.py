"""What blueprints write with: adds planned resources to a stack, each checked while it is added."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from egov_infra.plan.catalogue import AwsType, ShapeError, UnknownTypeError, aws_type
from egov_infra.plan.names import logical
from egov_infra.plan.resource import NO_OPTIONS, Options, PlannedResource, StackPlan
from egov_infra.plan.value import MisplacedSecretError, Ref, Reference, SecretRef, StackRef, Value, references
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen


class PlanError(Exception):
    """A blueprint is wrong: a fault of the code, never of a manifest."""


class StackBuilder:
    """Collects the planned resources of one stack, in an order in which each stands after what it uses.

    `add = stack.at(path)` gives a function that adds resources caused by the manifest value at that path.
    """

    def __init__(self, name: str, owner: str, account: str, region: str) -> None:
        self.name = name
        self.owner = owner
        self.account = account
        self.region = region
        self._added: dict[str, PlannedResource] = {}
        self._types: dict[str, AwsType] = {}

    def at(self, *path: str | int, region: str | None = None, account: str | None = None) -> Adder:
        """An adder bound to a manifest path, and to another region or account where they differ."""
        return Adder(self, path, region or self.region, account or self.account)

    def build(self, outputs: Mapping[str, Value] | None = None, notes: tuple[str, ...] = ()) -> StackPlan:
        """The stack as a frozen plan. Raises PlanError if an output refers to what is not there."""
        outputs = outputs or {}
        for name, value in outputs.items():
            found = self._references(f"output {name}", value)
            if any(isinstance(reference, SecretRef) for reference in found):
                raise PlanError(f"output {name}: would export the value of a secret")
        resources = tuple(self._added.values())
        return StackPlan(self.name, self.owner, self.account, self.region, resources, outputs, notes)

    def add(self, resource: PlannedResource, kind: AwsType) -> PlannedResource:
        """Check and keep a resource. Raises PlanError naming type, resource and property."""
        label = f"{kind.name} {resource.name}"
        if resource.name in self._added:
            raise PlanError(f"{label}: the stack has a resource of this name already")
        try:
            found: list[Reference] = []
            kind.check(resource.inputs, found)
        except (ShapeError, MisplacedSecretError) as error:
            raise PlanError(f"{label}: {error}") from None
        if found:
            self._refer(label, found)
        for needed in resource.options.depends_on:
            if needed not in self._added:
                raise PlanError(f"{label}: depends on {needed!r}, which no earlier resource is called")
        self._added[resource.name] = resource
        self._types[resource.name] = kind
        return resource

    def _references(self, label: str, value: Value) -> list[Reference]:
        """The references of a value, each of which refers to what there is."""
        try:
            found = references(value)
        except MisplacedSecretError as error:
            raise PlanError(f"{label}: {error}") from None
        self._refer(label, found)
        return found

    def _refer(self, label: str, found: Iterable[Reference]) -> None:
        for reference in found:
            if isinstance(reference, Ref):
                self._resolve(label, reference)
            elif isinstance(reference, StackRef) and reference.stack == self.name:
                raise PlanError(f"{label}: reads its own stack's output {reference.output!r}: use a Ref")

    def _resolve(self, label: str, reference: Ref) -> None:
        kind = self._types.get(reference.resource)
        if kind is None:
            raise PlanError(f"{label}: refers to {reference.resource!r}, which no earlier resource is called")
        if not kind.has_output(reference.output):
            raise PlanError(f"{label}: {kind.name} has no output {reference.output!r}")


@frozen
class Adder:
    """Adds resources caused by one manifest value: `add("kms.Key", "data", enable_key_rotation=True)`."""

    stack: StackBuilder
    path: Path
    region: str
    account: str

    def __call__(
        self, name: str, role: str, /, opts: Options = NO_OPTIONS, **inputs: Value
    ) -> PlannedResource:
        """Add a resource. Inputs that are None are left out. Raises PlanError."""
        try:
            kind = aws_type(name)
        except UnknownTypeError as error:
            raise PlanError(str(error)) from None
        stack = self.stack
        resource = PlannedResource(
            kind.token,
            logical(stack.name, role),
            {key: value for key, value in inputs.items() if value is not None},
            stack.owner,
            stack.name,
            self.account,
            self.region,
            self.path,
            opts,
        )
        return stack.add(resource, kind)
