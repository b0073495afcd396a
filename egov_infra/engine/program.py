"""The Pulumi program of one stack: a judged plan becomes pulumi_aws resources, one to one, and nothing else may."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pulumi
import pulumi_aws

from egov_infra.engine.value import document_text, steps
from egov_infra.plan.catalogue import aws_type
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Document, Join, Ref, StackRef, Value

COMPONENTS: Mapping[str, str] = {
    # part of a stack's name to the component that its resources are children of
    "tenancy": "egov:index:Tenancy",
    "domain": "egov:index:MailDomain",
    "gateway": "egov:index:GatewayRoutes",
}
PLATFORM_COMPONENT = "egov:index:Platform"

Lookup = Callable[[StackRef], Any]


class UnjudgedResourceError(pulumi.RunError):
    """The program registers something that the gate did not see."""


class StackComponent(pulumi.ComponentResource):
    """Parent of everything in a stack."""


@cache
def resource_class(token: str) -> type[pulumi.CustomResource]:
    """The pulumi_aws class of a type token."""
    service, _, name = aws_type(token).name.rpartition(".")
    found: type[pulumi.CustomResource] = getattr(importlib.import_module(f"pulumi_aws.{service}"), name)
    return found


def component_type(stack: str) -> str:
    """The component of a stack, from its name."""
    return COMPONENTS.get(stack.split(".")[1], PLATFORM_COMPONENT)


def register(plan: StackPlan, look_up: Lookup, assume_role: str | None = None) -> None:
    """Register a judged plan with whatever engine Pulumi is talking to, and export its outputs.

    `assume_role` is the name of the role to take in each account; None in a rehearsal.
    Raises UnjudgedResourceError for any other AWS resource that the program registers.
    """
    pulumi.runtime.register_stack_transformation(_refuse_unjudged(plan))
    component = StackComponent(component_type(plan.name), plan.name.replace(".", "-"))
    providers = {
        account: _provider(account, plan.region, assume_role)
        for account in sorted({resource.account for resource in plan.resources})
    }
    made: dict[str, pulumi.CustomResource] = {}

    def convert(value: Value) -> Any:
        return _convert(value, made, look_up)

    for resource in plan.resources:
        inputs = {name: convert(value) for name, value in resource.inputs.items()}
        if resource.region != plan.region and "region" in aws_type(resource.type).inputs:
            inputs["region"] = resource.region
        options = resource.options
        made[resource.name] = resource_class(resource.type)(
            resource.name,
            opts=pulumi.ResourceOptions(
                parent=component,
                provider=providers[resource.account],
                protect=options.protect,
                depends_on=[made[name] for name in options.depends_on],
                aliases=[pulumi.Alias(name=name) for name in options.aliases],
            ),
            **inputs,
        )
    outputs = {name: convert(value) for name, value in plan.outputs.items()}
    component.register_outputs(outputs)
    for name, value in outputs.items():
        pulumi.export(name, value)


def _provider(account: str, region: str, assume_role: str | None) -> pulumi.ProviderResource:
    """One explicit provider an account, which refuses any other account."""
    roles = [{"role_arn": f"arn:aws:iam::{account}:role/{assume_role}"}] if assume_role else None
    provider: pulumi.ProviderResource = pulumi_aws.Provider(
        f"account-{account}", region=region, allowed_account_ids=[account], assume_roles=roles
    )
    return provider


def _convert(value: Value, made: Mapping[str, pulumi.CustomResource], look_up: Lookup) -> Any:
    if isinstance(value, Ref):
        return _output(made[value.resource], value.output)
    if isinstance(value, StackRef):
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
    return value[step] if isinstance(step, int) else getattr(value, step)


def _refuse_unjudged(plan: StackPlan) -> Callable[[Any], None]:
    """A transformation that lets only judged resources pass, with the literal inputs that were judged."""
    judged = {(resource.type, resource.name): resource for resource in plan.resources}

    def refuse(args: pulumi.ResourceTransformationArgs) -> None:
        if not args.type_.startswith("aws:"):
            return
        resource = judged.get((args.type_, args.name))
        if resource is None:
            raise UnjudgedResourceError(
                f"{args.type_} {args.name} was not judged: it is not in the plan of {plan.name}"
            )
        for name, value in resource.inputs.items():
            if isinstance(value, str | int | float) and args.props.get(name) != value:
                raise UnjudgedResourceError(f"{args.type_} {args.name}: {name} is not what was judged")

    return refuse


def touch_classes(resources: tuple[PlannedResource, ...]) -> None:
    """Load the classes of a plan before threads start: pulumi_aws' lazy import is not thread-safe."""
    for resource in resources:
        resource_class(resource.type)
