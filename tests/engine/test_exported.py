from __future__ import annotations

from typing import Any

import pytest

from egov_infra.engine.checkpoint import SECRET, SIGNATURE, Checkpoint, Stamp
from egov_infra.engine.error import RefusedError
from egov_infra.engine.exported import read_exported
from egov_infra.engine.preview import Action, Step, preview_stack
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.value import SecretRef, Value

STACK = "erb.domain"
ROOT = f"urn:pulumi:{STACK}::egov::pulumi:pulumi:Stack::egov-{STACK}"
PROVIDER = f"urn:pulumi:{STACK}::egov::pulumi:providers:aws::account-110000000002"
ZONE = f"urn:pulumi:{STACK}::egov::egov:index:MailDomain$aws:route53/zone:Zone::erb-domain-zone"
CLOUD = {"egovCloudId": "c1"}
ROLE = {"assumeRoles": '[{"roleArn":"arn:aws:iam::110000000002:role/egov-infra"}]'}


def _read(*resources: dict[str, Any], provider: dict[str, Any] | None = None, **more: Any) -> Checkpoint:
    """As the CLI exports it."""
    inputs = {"allowedAccountIds": '["110000000002"]', "region": "af-south-1", "version": "7.51.1"}
    head = [
        {"urn": ROOT, "custom": False, "type": "pulumi:pulumi:Stack", "outputs": {"zone": "Z1"}},
        {
            "urn": PROVIDER,
            "custom": True,
            "type": "pulumi:providers:aws",
            "id": "p1",
            "inputs": {**inputs, "__internal": {}, **(CLOUD if provider is None else provider)},
        },
    ]
    return read_exported(STACK, 3, {"manifest": {}, "resources": [*head, *resources], **more})


def _zone(**inputs: Any) -> dict[str, Any]:
    return {
        "urn": ZONE,
        "custom": True,
        "type": "aws:route53/zone:Zone",
        "id": "Z1",
        "inputs": inputs,
        "outputs": {"zoneId": "Z1"},
        "provider": f"{PROVIDER}::p1",
        "sourcePosition": "project:///__main__.py#1",
    }


def _plan() -> StackPlan:
    builder = StackBuilder(STACK, "erb", "110000000002", "af-south-1")
    builder.at()("route53.Zone", "zone", name="erb.go.tz", comment="c", tags={"owner": "erb"})
    return builder.build()


def _changes(state: Checkpoint) -> tuple[Step, ...]:
    return preview_stack(_plan(), state, lambda _: {}).changes


def test_what_the_provider_added_is_no_change() -> None:
    """The official one writes its defaults among the inputs, at any depth, and names them."""
    tags = {"owner": "erb", "__defaults": []}
    declared = {"name": "erb.go.tz", "comment": "c", "tags": tags}
    added = {"forceDestroy": False, "region": "af-south-1", "__defaults": ["forceDestroy", "region"]}
    assert _changes(_read(_zone(**declared, **added))) == ()
    changed = _changes(_read(_zone(**{**declared, "comment": "other"}, **added)))
    assert changed == (Step(Action.UPDATE, "aws:route53/zone:Zone", "erb-domain-zone", ("comment",)),)


def test_secret_compares_by_its_value_at_any_depth() -> None:
    """The CLI gives it in clear, marked."""

    def secret(text: str) -> dict[str, str]:
        return {SIGNATURE: SECRET, "plaintext": text}

    inputs = {"name": "erb.go.tz", "comment": secret('"c"'), "tags": {"owner": secret('"erb"')}}
    assert _changes(_read(_zone(**inputs))) == ()


@pytest.mark.parametrize(("kept", "changed"), [(1, ()), (2, ("auth_parameters",))])
def test_secret_by_reference_is_taken_as_it_is_kept(kept: int, changed: tuple[str, ...]) -> None:
    """Only the run can tell whether it was rotated; of two in one resource nobody knows which is which."""
    builder = StackBuilder(STACK, "erb", "110000000002", "af-south-1")
    parameters: Value = {"api_key": {"key": "X-Key", "value": SecretRef("erb/key")}}
    builder.at()(
        "cloudwatch.EventConnection",
        "hook",
        name="erb-hook",
        authorization_type="API_KEY",
        auth_parameters=parameters,
    )
    secret = {SIGNATURE: SECRET, "plaintext": '"s"'}
    recorded = {
        **_zone(),
        "urn": f"urn:pulumi:{STACK}::egov::aws:cloudwatch/eventConnection:EventConnection::erb-domain-hook",
        "type": "aws:cloudwatch/eventConnection:EventConnection",
        "inputs": {
            "name": "erb-hook",
            "authorizationType": "API_KEY",
            "authParameters": {"apiKey": {"key": "X-Key" if kept == 1 else secret, "value": secret}},
        },
    }
    (step,) = preview_stack(builder.build(), _read(recorded), lambda _: {}).steps
    assert step.properties == changed


@pytest.mark.parametrize(
    ("provider", "stamp"),
    [
        (CLOUD, Stamp("rehearsal-cli", "c1", "", succeeded=False)),
        ({}, Stamp("rehearsal-cli", "", "", succeeded=False)),
        (ROLE, Stamp("aws", "", "", succeeded=False)),
    ],
)
def test_provider_tells_target_and_cloud(provider: dict[str, Any], stamp: Stamp) -> None:
    """One that takes a role makes things in AWS, one of the rehearsal notes its cloud."""
    assert _read(provider=provider).stamp == stamp


def test_outputs_and_place_are_read() -> None:
    """Other stacks read outputs; the account comes from the provider."""
    state = _read(_zone(name="erb.go.tz"))
    assert state.outputs == {"zone": "Z1"}
    assert state.place_of(state.entries[ZONE]) == ("110000000002", "af-south-1")


def test_stack_references_are_no_resources() -> None:
    """They stand in the state as custom resources, and nobody plans them."""
    kind = "pulumi:pulumi:StackReference"
    reference = {
        "urn": f"urn:pulumi:{STACK}::egov::{kind}::organization/egov/a",
        "custom": True,
        "type": kind,
    }
    assert list(_read(reference, _zone()).by_name()) == ["erb-domain-zone"]


def test_replaced_and_half_made_ones_are_told_apart() -> None:
    """What is still to be deleted, and what an interrupted run was creating."""
    operation = {"type": "creating", "resource": {**_zone(), "id": ""}}
    state = _read({**_zone(), "delete": True}, pending_operations=[operation])
    assert (state.by_name(), [entry.id for entry in state.leaving], list(state.pending)) == (
        {},
        ["Z1"],
        [ZONE],
    )


@pytest.mark.parametrize("deployment", [None, {}, {"resources": None}, {"metadata": {}}])
def test_stack_that_was_never_applied_is_empty(deployment: dict[str, Any] | None) -> None:
    """The CLI exports a stack without resources in several ways."""
    assert read_exported(STACK, 3, deployment) == Checkpoint(STACK)


@pytest.mark.parametrize(
    ("version", "deployment"),
    [(4, {"resources": []}), (None, {}), (3, {"resources": [{}]}), (3, {"resources": "x"})],
)
def test_other_form_is_refused(version: int | None, deployment: dict[str, Any]) -> None:
    """Rather than taken for an empty stack."""
    with pytest.raises(RefusedError, match=r"erb\.domain: the exported state cannot be read"):
        read_exported(STACK, version, deployment)
