"""The Pulumi program of one stack: a judged plan becomes pulumi_aws resources, one to one, and nothing else may."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

import pulumi
import pulumi_aws
from pulumi_aws.secretsmanager import get_secret_version

from egov_infra.cloud.secret import READ_SECRET
from egov_infra.engine.judged import refuse_unjudged
from egov_infra.engine.value import document_text, steps
from egov_infra.plan.catalogue import aws_type
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.outline import SecretPlace, secret_references
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef, Value

COMPONENTS: Mapping[str, str] = {
    # part of a stack's name to the component that its resources are children of
    "tenancy": "egov:index:Tenancy",
    "domain": "egov:index:MailDomain",
    "gateway": "egov:index:GatewayRoutes",
}
OTHER_COMPONENT = "egov:index:Stack"
PLATFORM_COMPONENT = "egov:index:Platform"

Lookup = Callable[[StackRef], Any]
"""Gives the exported output of another stack, as a value or as Pulumi's output."""


class SecretUnreadableError(pulumi.RunError):
    """A secret that the plan names cannot be read."""

    def __init__(self, place: SecretPlace, why: str) -> None:
        super().__init__(
            f"secret {place.name} of account {place.account}, region {place.region} cannot be read: {why}"
        )


@cache
def resource_class(token: str) -> type[pulumi.CustomResource]:
    """The pulumi_aws class of a type token."""
    service, _, name = aws_type(token).name.rpartition(".")
    found: type[pulumi.CustomResource] = getattr(importlib.import_module(f"pulumi_aws.{service}"), name)
    return found


def component_type(stack: str) -> str:
    """The component of a stack, from its name."""
    owner, _, part = stack.partition(".")
    other = PLATFORM_COMPONENT if owner == PLATFORM else OTHER_COMPONENT
    return COMPONENTS.get(part.partition(".")[0], other)


class StackComponent(pulumi.ComponentResource):
    """Parent of everything in a stack: registers a judged plan, and nothing else may have it as its parent."""

    def __init__(
        self,
        plan: StackPlan,
        look_up: Lookup,
        assume_role: str | None = None,
        opts: pulumi.ResourceOptions | None = None,
        *,
        is_whole_program: bool = False,
    ) -> None:
        """`assume_role` is the name of the role to take in each account; None in a rehearsal.

        `is_whole_program`: the program registers nothing else, and what it does register besides is refused.
        """
        providers: dict[str, pulumi.ProviderResource] = {}
        guard = refuse_unjudged(plan, providers)
        if is_whole_program:
            pulumi.runtime.register_stack_transformation(guard)
        else:
            opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(transformations=[guard]))
        super().__init__(component_type(plan.name), plan.name.replace(".", "-"), None, opts)
        for account in sorted({resource.account for resource in plan.resources}):
            providers[account] = _provider(account, plan.region, assume_role)
        # before anything else: a secret that cannot be read leaves nothing half made
        secrets = {place: _read(place, providers[place.account]) for place in secret_references(plan)}
        made: dict[str, pulumi.CustomResource] = {}

        def find(resource: PlannedResource, reference: StackRef | SecretRef) -> Any:
            if isinstance(reference, StackRef):
                return look_up(reference)
            return secrets[SecretPlace(resource.account, resource.region, reference.name)]

        for resource in plan.resources:
            self._add(resource, plan, providers[resource.account], made, partial(find, resource))
        self.exports = {name: _convert(value, made, look_up) for name, value in plan.outputs.items()}
        """The stack's exported outputs."""
        self.register_outputs(self.exports)

    def _add(
        self,
        resource: PlannedResource,
        plan: StackPlan,
        provider: pulumi.ProviderResource,
        made: dict[str, pulumi.CustomResource],
        look_up: Callable[[Any], Any],
    ) -> None:
        inputs = {name: _convert(value, made, look_up) for name, value in resource.inputs.items()}
        if resource.region != plan.region and "region" in aws_type(resource.type).inputs:
            inputs["region"] = resource.region
        options = pulumi.ResourceOptions(
            parent=self,
            provider=provider,
            protect=resource.options.protect,
            depends_on=[made[name] for name in resource.options.depends_on],
            aliases=[pulumi.Alias(name=name) for name in resource.options.aliases],
        )
        made[resource.name] = resource_class(resource.type)(resource.name, opts=options, **inputs)


def register(plan: StackPlan, look_up: Lookup, assume_role: str | None = None) -> None:
    """Register a judged plan with whatever engine Pulumi is talking to, and export its outputs.

    Raises UnjudgedResourceError for any other resource that the program registers.
    """
    component = StackComponent(plan, look_up, assume_role, is_whole_program=True)
    for name, value in component.exports.items():
        pulumi.export(name, value)


def _provider(account: str, region: str, assume_role: str | None) -> pulumi.ProviderResource:
    """One explicit provider an account, which refuses any other account."""
    roles = [{"role_arn": f"arn:aws:iam::{account}:role/{assume_role}"}] if assume_role else None
    provider: pulumi.ProviderResource = pulumi_aws.Provider(
        f"account-{account}", region=region, allowed_account_ids=[account], assume_roles=roles
    )
    return provider


def _read(place: SecretPlace, provider: pulumi.ProviderResource) -> pulumi.Output[str]:
    """The value of a secret, read in every run and kept secret by the engine. Raises SecretUnreadableError."""
    try:
        found = get_secret_version(
            secret_id=place.name, region=place.region, opts=pulumi.InvokeOptions(provider=provider)
        )
    except Exception as error:  # noqa: BLE001 - the SDK raises no other
        raise SecretUnreadableError(place, _reason(error)) from None
    if not found.secret_string:
        raise SecretUnreadableError(place, "it holds no text")
    return pulumi.Output.secret(found.secret_string)


def _reason(error: Exception) -> str:
    """What the provider said, without what the SDK and the engine wrap around it."""
    text = str(error).removeprefix(f"invoke of {READ_SECRET} failed: ")
    text = text.removeprefix(f"invocation of {READ_SECRET} returned an error: ").removesuffix(" ()")
    return text.rpartition("get_secret_value failed: ")[2]


def _convert(value: Value, made: Mapping[str, pulumi.CustomResource], look_up: Callable[[Any], Any]) -> Any:
    if isinstance(value, Ref):
        return _output(made[value.resource], value.output)
    if isinstance(value, StackRef | SecretRef):
        return look_up(value)
    if isinstance(value, Join):
        parts = [part if isinstance(part, str) else _convert(part, made, look_up) for part in value.parts]
        return pulumi.Output.concat(*parts)
    if isinstance(value, Document):
        body = _convert(value.body, made, look_up)
        return (
            pulumi.Output.from_input(body).apply(document_text) if _has_output(body) else document_text(body)
        )
    if isinstance(value, tuple):
        return [_convert(item, made, look_up) for item in value]
    if isinstance(value, Mapping):
        return {key: _convert(item, made, look_up) for key, item in value.items()}
    return value


def _has_output(value: Any) -> bool:
    if isinstance(value, pulumi.Output):
        return True
    if isinstance(value, dict):
        return any(map(_has_output, value.values()))
    return isinstance(value, list) and any(map(_has_output, value))


def _output(resource: pulumi.CustomResource, output: str) -> pulumi.Output[Any]:
    head, *rest = steps(output)
    found: pulumi.Output[Any] = getattr(resource, str(head))
    for step in rest:
        found = found.apply(lambda value, step=step: _member(value, step))  # type: ignore[misc]
    return found


def _member(value: Any, step: str | int) -> Any:
    """A part of an output, or None, which the engine then refuses by the name of the input."""
    try:
        return value[step] if isinstance(step, int) else getattr(value, step)
    except (AttributeError, IndexError, TypeError):
        return None


def touch_classes(resources: tuple[PlannedResource, ...]) -> None:
    """Load the classes of a plan before threads start: pulumi_aws' lazy import is not thread-safe."""
    for resource in resources:
        resource_class(resource.type)
