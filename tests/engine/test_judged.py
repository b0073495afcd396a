from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pulumi_aws
import pytest

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.error import RefusedError
from egov_infra.engine.judged import UnjudgedResourceError, refuse_unjudged
from egov_infra.engine.rehearsal import apply_stack
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import Options, PlannedResource, StackPlan
from egov_infra.plan.value import Document, Join, StackRef, Value


def _plan() -> StackPlan:
    """Every kind of value: literals, nested ones, a reference, a string around one, documents."""
    stack = StackBuilder("erb.domain", "erb", "110000000002", "af-south-1")
    add = stack.at("domains", 0)
    bucket = add(
        "s3.Bucket", "records", opts=Options(protect=True), bucket="erb-records", tags={"owner": "erb"}
    )
    add("s3.BucketVersioning", "versions", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
    body: Mapping[str, Value] = {"Resource": Join((bucket.arn, "/*")), "Effect": "Deny"}
    add("s3.BucketPolicy", "policy", bucket=bucket.id, policy=Document(body))
    add("kms.Key", "key", description="k", policy=Document({"Effect": "Allow"}), enable_key_rotation=True)
    elsewhere: Mapping[str, Value] = {
        "Effect": "Allow",
        "Resource": (StackRef("erb.tenancy.prod", "key_arn"),),
    }
    add("kms.Key", "other", description="o", policy=Document(elsewhere))
    return stack.build()


def _exported(_stack: str) -> Mapping[str, Any]:
    """What other stacks export."""
    return {"key_arn": "arn:aws:kms:::key/a"}


def _patched(name: str, **changes: Any) -> Callable[[StackPlan], StackPlan]:
    """A plan in which one resource has other inputs or options than the program registers."""

    def patch(plan: StackPlan) -> StackPlan:
        return replace(plan, resources=tuple(map(change, plan.resources)))

    def change(resource: PlannedResource) -> PlannedResource:
        if resource.name != f"erb-domain-{name}":
            return resource
        options = changes.get("options", resource.options)
        inputs = {key: value for key, value in {**resource.inputs, **changes}.items() if key != "options"}
        return replace(resource, options=options, inputs={k: v for k, v in inputs.items() if v is not None})

    return patch


def _without_last(plan: StackPlan) -> StackPlan:
    return replace(plan, resources=plan.resources[:-1])


@pytest.mark.parametrize(
    ("patch", "refusal"),
    [
        (_without_last, "erb-domain-other was not judged: it is not in the plan of erb.domain"),
        (_patched("records", bucket="other"), "erb-domain-records: bucket is not what was judged"),
        (_patched("records", tags={"owner": "egа"}), "erb-domain-records: tags is not what was judged"),
        (_patched("records", tags=None), "erb-domain-records: tags is not what was judged"),
        (
            _patched("records", object_lock_enabled=True),
            "records: object_lock_enabled is not what was judged",
        ),
        (_patched("records", options=Options()), "erb-domain-records: protect is not what was judged"),
        (_patched("versions", bucket="erb-records"), "erb-domain-versions: bucket is not what was judged"),
        (
            _patched("versions", versioning_configuration={"status": "Suspended"}),
            "erb-domain-versions: versioning_configuration is not what was judged",
        ),
        (_patched("policy", policy=Document({"Effect": "Allow"})), "erb-domain-policy: policy is not what"),
        (
            _patched("key", policy=Document({"Effect": "Deny"})),
            "erb-domain-key: policy is not what was judged",
        ),
        (
            _patched(
                "other",
                policy=Document({"Effect": "Deny", "Resource": (StackRef("erb.tenancy.prod", "key_arn"),)}),
            ),
            "erb-domain-other: policy is not what was judged",
        ),
        (_patched("key", enable_key_rotation=False), "enable_key_rotation is not what was judged"),
    ],
)
def test_refuses_whatever_differs_from_what_was_judged(
    patch: Callable[[StackPlan], StackPlan],
    refusal: str,
    store: Store,
    cloud: Cloud,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """One difference in one value, nested or not, present or absent, stops the program."""
    judged = patch(_plan())
    monkeypatch.setattr(
        "egov_infra.engine.program.refuse_unjudged",
        lambda _plan, providers: refuse_unjudged(judged, providers),
    )
    with pytest.raises(UnjudgedResourceError, match=refusal) as refused:
        apply_stack(_plan(), store, cloud, _exported, lambda *_: None)
    assert isinstance(refused.value, RefusedError)


def test_lets_pass_what_was_judged(store: Store, cloud: Cloud) -> None:
    """The same plan goes through, every kind of value in it."""
    applied = apply_stack(_plan(), store, cloud, _exported, lambda *_: None)
    assert applied.errors == ()
    policy = store.load("erb.domain").by_name()["erb-domain-policy"].inputs["policy"]
    assert policy == '{"Effect":"Deny","Resource":"arn:aws:s3:::erb-records/*"}'
    other = store.load("erb.domain").by_name()["erb-domain-other"].inputs["policy"]
    assert other == '{"Effect":"Allow","Resource":["arn:aws:kms:::key/a"]}'


def test_refuses_a_resource_beside_the_plan(
    store: Store, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line added to the program registers nothing."""
    from egov_infra.engine.program import register as real

    def register(plan: StackPlan, look_up: Any) -> None:
        real(plan, look_up)
        pulumi_aws.s3.Bucket("smuggled")

    monkeypatch.setattr("egov_infra.engine.rehearsal.register", register)
    with pytest.raises(UnjudgedResourceError, match=r"aws:s3/bucket:Bucket smuggled was not judged"):
        apply_stack(_plan(), store, cloud, _exported, lambda *_: None)
    assert "smuggled" not in store.load("erb.domain").by_name()
