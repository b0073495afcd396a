from __future__ import annotations

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.model.estate import Estate
from egov_infra.plan.account.hub import add_hub
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.plan.value import Ref, StackRef


def _hub(estate: Estate) -> StackPlan:
    stack = StackBuilder("platform.platform", "platform", "110000000001", "af-south-1")
    return stack.build(add_hub(stack, estate, {}))


def _inputs(stack: StackPlan, role: str) -> dict[str, object]:
    (found,) = [item for item in stack.resources if item.name.endswith(role)]
    return dict(found.inputs)


def test_nothing_joins_the_hub_by_default(context: PlanContext) -> None:
    """What is attached is accepted, associated and propagated by name only; and the hub cannot be lost by mistake."""
    stack = _hub(context.estate)
    gateway = stack.resources[0]
    switches = {name: value for name, value in gateway.inputs.items() if value == "disable"}
    assert set(switches) == {
        "auto_accept_shared_attachments",
        "default_route_table_association",
        "default_route_table_propagation",
    }
    assert [item.name for item in stack.resources if item.options.protect] == [
        "platform-platform-hub",
        "platform-platform-hub-routes-prod",
        "platform-platform-hub-routes-test",
        "platform-platform-hub-routes-shared",
        "platform-platform-hub-operator-routes",
    ]


def test_each_class_of_environments_has_a_route_table_of_its_own(context: PlanContext) -> None:
    """Also a class that an estate adds; the stack exports each by its name."""
    data = context.estate.model_dump(by_alias=True)
    data["network"]["classes"]["training"] = {"supernets": ("10.52.0.0/16",), "key_deletion_days": 7}
    outputs = _hub(Estate.model_validate(data)).outputs
    tables = {name: value for name, value in outputs.items() if name.startswith("hub_routes_")}
    assert tables == {
        f"hub_routes_{name}": Ref(f"platform-platform-hub-routes-{name}", "id")
        for name in ("prod", "test", "shared", "training")
    }


def test_hub_is_shared_with_the_organization_and_nobody_else(context: PlanContext) -> None:
    """No principal outside is allowed, and no account has to accept an invitation."""
    stack = _hub(context.estate)
    assert _inputs(stack, "hub-share")["allow_external_principals"] is False
    assert _inputs(stack, "hub-share-gateway")["resource_arn"] == Ref("platform-platform-hub", "arn")
    assert (
        _inputs(stack, "hub-share-organization")["principal"]
        == "arn:aws:organizations::110000000000:organization/o-tzegovsample"
    )


def test_every_output_of_the_hub_that_tenancies_read_is_exported(
    context: PlanContext, erb: LoadedInstitution
) -> None:
    """A tenancy applied after the platform finds what it refers to, whatever its class."""
    own = plan_institution(erb.institution, context)
    exported = {
        StackRef(stack.name, name) for stack in (*plan_platform(context), *own) for name in stack.outputs
    }
    read = {
        value
        for stack in own
        for item in stack.resources
        for value in item.inputs.values()
        if isinstance(value, StackRef)
    }
    assert {item.output for item in read if item.stack == "platform.platform"} == {
        "hub_id",
        "hub_routes_prod",
        "hub_routes_test",
    }
    assert read <= exported
