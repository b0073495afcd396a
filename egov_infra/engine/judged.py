"""The last look before a resource leaves the program: only what was judged may pass, exactly as it was judged."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from egov_infra.engine.error import RefusedError
from egov_infra.engine.value import document_text
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef, Value, references

_INFRASTRUCTURE = ("pulumi:", "egov:")
"""Types that hold no resource of a cloud: stacks, providers, stack references, our components."""
_FOREIGN_OPTIONS = ("ignore_changes", "import_", "retain_on_delete", "id", "custom_timeouts", "deleted_with")
"""Options that no plan sets, and that would make the resource something else than was judged."""


class UnjudgedResourceError(pulumi.RunError, RefusedError):
    """The program registers something that the gate did not see."""


def refuse_unjudged(
    plan: StackPlan, providers: Mapping[str, pulumi.ProviderResource]
) -> Callable[[pulumi.ResourceTransformationArgs], None]:
    """A transformation that raises UnjudgedResourceError for whatever differs from the plan.

    It runs in the program, for every resource, before anything is sent to the engine. References are compared as
    references: what they will hold is known to the engine only.
    """
    judged = {(resource.type, resource.name): resource for resource in plan.resources}

    def refuse(args: pulumi.ResourceTransformationArgs) -> None:
        if args.type_.startswith(_INFRASTRUCTURE) or not isinstance(args.resource, pulumi.CustomResource):
            return
        resource = judged.get((args.type_, args.name))
        if resource is None:
            raise UnjudgedResourceError(
                f"{args.type_} {args.name} was not judged: it is not in the plan of {plan.name}"
            )
        for what in _differences(resource, args, providers):
            raise UnjudgedResourceError(f"{args.type_} {args.name}: {what} is not what was judged")

    return refuse


def _differences(
    resource: PlannedResource,
    args: pulumi.ResourceTransformationArgs,
    providers: Mapping[str, pulumi.ProviderResource],
) -> list[str]:
    given = {name: value for name, value in args.props.items() if value is not None}
    if given.get("region") == resource.region:
        del given["region"]
    secret = frozenset(args.opts.additional_secret_outputs or ())
    found = [
        name
        for name in sorted(given.keys() | resource.inputs.keys())
        if not _is_same(resource.inputs.get(name), given.get(name))
        and not (name in secret and isinstance(given.get(name), pulumi.Output))
    ]
    if bool(args.opts.protect) is not resource.options.protect:
        found.append("protect")
    if args.opts.provider is not providers.get(resource.account):
        found.append("provider")
    return found + [option for option in _FOREIGN_OPTIONS if getattr(args.opts, option) is not None]


def _is_same_document(planned: Document, given: Any) -> bool:
    """What other stacks export is known already: with nothing else to wait for, a document is text."""
    found = references(planned)
    if isinstance(given, pulumi.Output):
        return bool(found)
    if not found:
        return bool(given == document_text(planned.body))
    is_known = all(isinstance(reference, StackRef) for reference in found)
    return is_known and isinstance(given, str) and _is_same(planned.body, json.loads(given))


def _is_same(planned: Value, given: Any) -> bool:
    if isinstance(planned, StackRef):
        return given is not None
    if isinstance(planned, Ref | SecretRef | Join):
        return isinstance(given, pulumi.Output)
    if isinstance(planned, Document):
        return _is_same_document(planned, given)
    if isinstance(planned, tuple):
        return (
            isinstance(given, list)
            and len(given) == len(planned)
            and all(_is_same(item, found) for item, found in zip(planned, given, strict=True))
        )
    if isinstance(planned, Mapping):
        return (
            isinstance(given, Mapping)
            and given.keys() == planned.keys()
            and all(_is_same(item, given[key]) for key, item in planned.items())
        )
    return type(given) is type(planned) and bool(given == planned)
