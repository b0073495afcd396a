from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from egov_infra.engine.checkpoint import SECRET, SIGNATURE
from egov_infra.engine.state_file import read_state_file
from egov_infra.manifest.load import EstateSource
from egov_infra.plan.alignment import as_planned
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import Options, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef, Value
from egov_infra.source.diagnostic import InputError
from tests.engine.place import exported

STACK, ACCOUNT, REGION = "erb.domain", "110000000002", "af-south-1"


def _plan() -> StackPlan:
    stack = StackBuilder(STACK, "erb", ACCOUNT, REGION)
    add = stack.at()
    bucket = add("s3.Bucket", "data", Options(protect=True), bucket="erb-data", tags={"owner": "erb"})
    allow: Mapping[str, Value] = {
        "Effect": "Allow",
        "Resource": (bucket.arn, Join((bucket.arn, "/*"))),
        "Action": "s3:*",
    }
    policy = Document({"Statement": (allow, {"Sid": "erb-data"})})
    add("s3.BucketPolicy", "policy", bucket=bucket.id, policy=policy)
    queue = add("sqs.Queue", "queue", name="erb-queue", visibility_timeout_seconds=30)
    watch: Mapping[str, Value] = {"QueueName": queue.output("name"), "Unit": "Count"}
    add("cloudwatch.MetricAlarm", "alarm", name="a", comparison_operator="GreaterThanThreshold", evaluation_periods=1, dimensions=watch, threshold=1.5)  # fmt: skip
    stack.at(region="us-east-1")("kms.Key", "key", enable_key_rotation=True)
    secret: Mapping[str, Value] = {"api_key": {"key": "X-Key", "value": SecretRef("erb/key")}}
    add("cloudwatch.EventConnection", "hook", name="h", authorization_type="API_KEY", auth_parameters=secret)
    return stack.build()


def test_state_is_the_plan_that_it_came_from() -> None:
    """Without any manifest: references by what the state says of where values came from."""
    plan, found = _plan(), read_state_file(exported(_plan()), "s").stack
    hidden: Mapping[str, Value] = {"api_key": {"key": "X-Key", "value": SecretRef("?")}}
    expected = {item.name.removeprefix("erb-domain-"): item for item in plan.resources}
    expected["hook"] = replace(
        expected["hook"], inputs={**expected["hook"].inputs, "auth_parameters": hidden}
    )
    same: Mapping[str, Value] = {
        "QueueName": Ref("erb-domain-queue", "id"),
        "Unit": "Count",
    }  # this queue's id is its name
    expected["alarm"] = replace(expected["alarm"], inputs={**expected["alarm"].inputs, "dimensions": same})
    for resource in found.resources:
        planned = expected.pop(resource.name.removeprefix("erb-domain-"))
        assert resource == replace(planned, path=(STACK, resource.name))
    assert not expected
    assert (found.owner, found.account, found.region) == ("erb", ACCOUNT, REGION)


@pytest.mark.parametrize("slug", ["platform", "erb"])
def test_every_stack_reads_back_as_planned(source: EstateSource, context: PlanContext, slug: str) -> None:
    """With the manifest, what other stacks export is a reference again too."""
    institution = source.read("erb").institution
    plans = plan_platform(context) if slug == "platform" else plan_institution(institution, context)
    for plan in plans:
        read = read_state_file(exported(plan), "s")
        found = as_planned(read.stack, read.kept, plan)
        assert {item.name: item.inputs for item in found.resources} == {
            item.name: item.inputs for item in plan.resources
        }
        assert (found.account, found.region) == (plan.account, plan.region)


def _state(**resource: Any) -> dict[str, Any]:
    """The state of a bucket."""
    urn = f"urn:pulumi:{STACK}::egov::aws:s3/bucket:Bucket::data"
    own = {"urn": urn, "custom": True, "type": "aws:s3/bucket:Bucket", "id": "b", "inputs": {"bucket": "b"}}
    return {"version": 3, "deployment": {"resources": [{**own, **resource}]}}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"urn": "data"}, r"deployment.resources[0].urn: does not match ^urn:pulumi:[^:]+::[^:]+::[^:].*::.+$"),
        ({"custom": "yes"}, "deployment.resources[0].custom: expects boolean"),
        ({"type": "aws:s3/bucketV2:BucketV2"}, "no AWS type 'aws:s3/bucketV2:BucketV2' in the catalogue; did you mean 'aws:s3/bucket:Bucket'?: no rule can look at it"),
        ({"type": "random:index:Id"}, "no AWS type 'random:index:Id' in the catalogue: no rule can look at it"),
        ({"custom": False}, "aws:s3/bucket:Bucket is no component: no rule would look at it"),
        ({"inputs": [1]}, "deployment.resources[0].inputs: expects object or null"),
        ({"propertyDependencies": {"bucket": "x"}}, "deployment.resources[0].propertyDependencies.bucket: expects array or null"),
    ],
)  # fmt: skip
def test_what_is_no_state_is_said_at_its_place(change: dict[str, Any], message: str) -> None:
    """By JSON Schema, and by what rules could look at."""
    with pytest.raises(InputError) as caught:
        read_state_file(json.dumps(_state(**change), indent=1).encode(), "s.json")
    (found,) = caught.value.diagnostics
    assert found.message == message
    assert found.place.line > 1


def test_other_version_and_nothing_to_judge_are_errors() -> None:
    """An empty state is not a clean one."""
    provider = {"urn": f"urn:pulumi:{STACK}::egov::pulumi:providers:aws::p", "custom": True, "type": "pulumi:providers:aws"}  # fmt: skip
    for data, code in (
        ({**_state(), "version": 4}, "state-file"),
        ({"version": 3, "deployment": {"resources": []}}, "state-file"),
        ({"version": 3, "deployment": {"resources": [provider]}}, "state-empty"),
        ({"version": 3}, "state-file"),
    ):
        with pytest.raises(InputError) as caught:
            read_state_file(json.dumps(data).encode(), "s")
        assert [found.code for found in caught.value.diagnostics] == [code]


def test_two_of_one_name_and_two_stacks_are_errors() -> None:
    """One of them would be judged as the other, or not at all."""
    data = _state()
    listed = data["deployment"]["resources"]
    listed.append(
        {**listed[0], "urn": listed[0]["urn"].replace("bucket:Bucket", "bucketPolicy:BucketPolicy")}
    )
    listed.append(
        {**listed[0], "urn": listed[0]["urn"].replace(STACK, "erb.gateway").replace("data", "other")}
    )
    with pytest.raises(InputError) as caught:
        read_state_file(json.dumps(data).encode(), "s")
    assert [found.message for found in caught.value.diagnostics] == [
        "another resource is called data: names tell them apart",
        f"of stack erb.gateway, where others are of {STACK}",
    ]


@pytest.mark.parametrize("kept", [{"plaintext": '"hunter2"'}, {"ciphertext": "v1:sealed"}])
def test_secret_is_not_opened(kept: dict[str, str]) -> None:
    """In clear or encrypted, at any depth: it is there, and unknown."""
    secret = {SIGNATURE: SECRET, **kept}
    read = read_state_file(json.dumps(_state(inputs={"bucket": secret, "tags": {"a": secret}})).encode(), "s")
    assert read.stack.resources[0].inputs == {"bucket": SecretRef("?"), "tags": {"a": SecretRef("?")}}
    assert "hunter2" not in repr(read.stack)


def test_output_of_another_stack_is_a_reference() -> None:
    """The CLI records of which stack it came."""
    kind = "pulumi:pulumi:StackReference"
    urn = f"urn:pulumi:{STACK}::egov::{kind}::organization/egov/platform.gmp"
    name = "organization/egov/platform.gmp"
    outputs = {"name": name, "outputs": {"bucket": "shared-bucket"}}
    data = _state(inputs={"bucket": "shared-bucket"}, propertyDependencies={"bucket": [urn]})
    reference = {"urn": urn, "custom": True, "type": kind, "inputs": {"name": name}, "outputs": outputs}
    data["deployment"]["resources"].insert(0, reference)
    (bucket,) = read_state_file(json.dumps(data).encode(), "s").stack.resources
    assert bucket.inputs == {"bucket": StackRef("platform.gmp", "bucket")}


def test_resource_of_no_provider_stands_nowhere() -> None:
    """In no region that an estate allows."""
    (bucket,) = read_state_file(json.dumps(_state()).encode(), "s").stack.resources
    assert (bucket.account, bucket.region) == ("unknown", "unknown")


def test_changed_value_is_not_as_planned() -> None:
    """What is planned is believed only where the state is what that comes to."""
    plan = _plan()
    data = json.loads(exported(plan))
    by_name = {item["urn"].rpartition("::")[2]: item for item in data["deployment"]["resources"]}
    changed = copy.deepcopy(data)
    policy = by_name["erb-domain-policy"]["inputs"]["policy"]
    changed_entry = next(
        item for item in changed["deployment"]["resources"] if item["urn"].endswith("erb-domain-policy")
    )
    changed_entry["inputs"]["policy"] = policy.replace('"Allow"', '"Deny"')
    read = read_state_file(json.dumps(changed).encode(), "s")
    found: dict[str, Any] = {
        item.name: item.inputs for item in as_planned(read.stack, read.kept, plan).resources
    }
    statement = found["erb-domain-policy"]["policy"].body["Statement"][0]
    assert statement["Effect"] == "Deny"
    assert statement["Resource"][0] == Ref("erb-domain-data", "arn")


def test_secret_that_stands_in_clear_is_not_the_planned_one() -> None:
    """Somebody wrote it into a program: no engine has marked it."""
    plan = _plan()
    content = exported(plan).decode()
    sealed = json.dumps({SIGNATURE: SECRET, "ciphertext": "v1:sealed"})
    data = json.loads(content)
    for item in data["deployment"]["resources"]:
        if item["urn"].endswith("erb-domain-hook"):
            assert json.dumps(item["inputs"]["authParameters"]["apiKey"]["value"], sort_keys=True) == sealed
            item["inputs"]["authParameters"]["apiKey"]["value"] = "hunter2"
    read = read_state_file(json.dumps(data).encode(), "s")
    found: dict[str, Any] = {
        item.name: item.inputs for item in as_planned(read.stack, read.kept, plan).resources
    }
    assert found["erb-domain-hook"]["auth_parameters"]["api_key"]["value"] == "hunter2"


def test_place_is_that_of_the_resource() -> None:
    """For what no manifest plans."""
    text = json.dumps(_state(), indent=1)
    place = read_state_file(text.encode(), "s.json").place(STACK, "data")
    assert (place.file, text.split("\n")[place.line].strip()[:5]) == ("s.json", '"urn"')
