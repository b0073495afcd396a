from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2, struct_pb2
from pulumi.runtime import rpc
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc

import egov_infra
from egov_infra.engine.checkpoint import SECRET, SIGNATURE
from egov_infra.engine.gate import Gate
from egov_infra.engine.pack.serve import ESTATE, find_estate_for, serving
from egov_infra.engine.pack.servicer import PolicyPack
from egov_infra.policy.load import parse_rule
from egov_infra.policy.outside import looks_outside
from egov_infra.source.diagnostic import InputError

STACK = "erb.domain"
BUCKET, POLICY = "aws:s3/bucket:Bucket", "aws:s3/bucketPolicy:BucketPolicy"
GROUP, KEY = "aws:ec2/securityGroup:SecurityGroup", "aws:kms/key:Key"
Stub = analyzer_pb2_grpc.AnalyzerStub
Serve = Callable[[Gate], Stub]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Serves a gate."""
    stopping: list[Callable[[], Any]] = []

    def start(gate: Gate) -> Stub:
        server, port = serving(PolicyPack(lambda _named: gate))
        channel = grpc.insecure_channel(f"127.0.0.1:{port}")
        stopping.extend((channel.close, lambda: server.stop(None)))
        stub = Stub(channel)
        stub.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack=STACK))
        return stub

    yield start
    for stop in stopping:
        stop()


@pytest.fixture(scope="module")
def gate(estate_folder: Path, root: Path) -> Gate:
    """The sample estate's."""
    return Gate.of(estate_folder, root / "policies")


def _struct(values: dict[str, Any]) -> struct_pb2.Struct:
    message = struct_pb2.Struct()
    message.update(values)
    return message


PROVIDER = {"region": "af-south-1", "allowedAccountIds": '["110000000002"]'}


def _message(kind: type, token: str, name: str, provider: dict[str, Any] | None = None, **inputs: Any) -> Any:
    said = PROVIDER if provider is None else provider
    return kind(
        type=token,
        name=name,
        urn=f"urn:pulumi:{STACK}::egov::{token}::{name}",
        properties=_struct(inputs),
        provider=proto.AnalyzerProviderResource(type="pulumi:providers:aws", properties=_struct(said)),
    )


def _told(response: Any) -> dict[tuple[str, str], Any]:
    return {(item.policyName, item.urn.rpartition("::")[2]): item for item in response.diagnostics}


def _whole(stub: Stub, *resources: Any) -> dict[tuple[str, str], Any]:
    """What is told of resources one by one, and of their stack."""
    found: dict[tuple[str, str], Any] = {}
    for item in resources:
        request = _message(proto.AnalyzeRequest, item.type, item.name)
        request.properties.CopyFrom(item.properties)
        request.provider.CopyFrom(item.provider)
        found |= _told(stub.Analyze(request))
    return found | _told(stub.AnalyzeStack(proto.AnalyzeStackRequest(resources=resources)))


def _from(item: Any, **came_from: Any) -> Any:
    for name, others in came_from.items():
        item.propertyDependencies[name].urns.extend(other.urn for other in others)
    return item


def test_every_call_of_the_protocol_is_answered(serve: Serve, gate: Gate) -> None:
    """Also those that an engine does not make on this path."""
    stub, nothing = serve(gate), empty_pb2.Empty()
    assert stub.Handshake(proto.AnalyzerHandshakeRequest()) == proto.AnalyzerHandshakeResponse()
    assert stub.GetPluginInfo(nothing).version == egov_infra.__version__
    assert stub.Configure(proto.ConfigureAnalyzerRequest()) == nothing
    assert stub.Cancel(nothing) == nothing
    request = _message(proto.AnalyzeRequest, BUCKET, "b", bucket="b")
    assert stub.Remediate(request) == proto.RemediateResponse()
    named = {method for method in dir(analyzer_pb2_grpc.AnalyzerServicer) if method[0].isupper()}
    assert named <= set(vars(PolicyPack))


def test_every_rule_about_resources_stands_under_its_own_name(serve: Serve, gate: Gate) -> None:
    """With severity, framework, what to do, and what the profile makes of it."""
    info = serve(gate).GetAnalyzerInfo(empty_pb2.Empty())
    described = {item.name: item for item in info.policies}
    rules = {rule.id: rule for rule in gate.policies.rules if looks_outside(rule.kind.name)}
    assert described.keys() - rules.keys() == {"egov-waivers", "egov-types"}
    assert rules.keys() <= described.keys()
    key = described["tenancy-key-unrotated"]
    assert (key.severity, key.enforcementLevel) == (proto.POLICY_SEVERITY_HIGH, proto.MANDATORY)
    assert (key.framework.name, key.framework.specification) == ("nist-800-53-r5", "SC-12")
    assert key.remediation_steps == rules["tenancy-key-unrotated"].fix
    assert described["tenancy-bucket-unversioned"].policy_type == proto.POLICY_TYPE_STACK


def test_unknown_hides_no_other_resource_and_is_mandatory(serve: Serve, gate: Gate) -> None:
    """A stack of an undecided and a failing resource, in both orders: pulumi-policy loses the second."""
    undecided = _message(
        proto.AnalyzerResource, KEY, "a", enableKeyRotation=rpc.UNKNOWN, deletionWindowInDays=30
    )
    failing = _message(proto.AnalyzerResource, KEY, "b", enableKeyRotation=False, deletionWindowInDays=30)
    for resources in ((undecided, failing), (failing, undecided)):
        told = _whole(serve(gate), *resources)
        one, other = told["tenancy-key-unrotated", "a"], told["tenancy-key-unrotated", "b"]
        assert (one.enforcementLevel, other.enforcementLevel) == (proto.MANDATORY, proto.MANDATORY)
        assert one.message.startswith(
            "cannot be decided before creation: subject.enable_key_rotation is unknown"
        )
        assert other.message.startswith("b:kms.Key: key material is not rotated\nfix: ")


def test_failing_resource_is_told_before_anything_is_done_to_it(serve: Serve, gate: Gate) -> None:
    """And not a second time with its stack."""
    stub = serve(gate)
    told = _told(stub.Analyze(_message(proto.AnalyzeRequest, KEY, "b", enableKeyRotation=False)))
    assert ("tenancy-key-unrotated", "b") in told
    resource = _message(proto.AnalyzerResource, KEY, "b", enableKeyRotation=False)
    assert ("tenancy-key-unrotated", "b") not in _told(
        stub.AnalyzeStack(proto.AnalyzeStackRequest(resources=[resource]))
    )


def test_secret_stands_in_no_message(serve: Serve, gate: Gate) -> None:
    """The engine sends it in clear."""
    secret = {SIGNATURE: SECRET, "value": "hunter2"}
    bucket = _message(
        proto.AnalyzerResource, BUCKET, "b", bucket="b", tags={"owner": secret, "institution": "erb"}
    )
    told = _whole(serve(gate), bucket)
    assert "owner=unknown" in told["tenancy-resource-untagged", "b"].message
    assert not any("hunter2" in item.message for item in told.values())


KEYED = b"""
id: tenancy-written-here
title: Written for a test
severity: high
applies_to: aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration
must: |
  size(subject.rules) > 0 && subject.rules.all(one, has(one.apply_server_side_encryption_by_default)
    && refers_to(one.apply_server_side_encryption_by_default.kms_master_key_id, 'aws:kms/key:Key'))
message: "{resource.name}: another key"
fix: "use a key of the stack"
rationale: it is a rule of a test
reference: [none]
controls: {none: [none]}
since: 1.0.0
examples: {pass: [{}], fail: [{}]}
"""


def test_what_came_from_several_types_refers_to_none_for_sure(serve: Serve, gate: Gate) -> None:
    """Nobody says which part came from which: undecided, where one of them would pass."""
    rule = parse_rule(KEYED, "rule.yaml", "tenancy-written-here")
    keyed = replace(gate, policies=replace(gate.policies, rules=(rule,)))
    key = _message(proto.AnalyzerResource, KEY, "k", enableKeyRotation=True)
    bucket = _message(proto.AnalyzerResource, BUCKET, "b", bucket="b")

    def told(*others: Any, is_enabled: Any = True) -> str:
        unknown = {"sseAlgorithm": "aws:kms", "kmsMasterKeyId": rpc.UNKNOWN}
        rules = [{"applyServerSideEncryptionByDefault": unknown, "bucketKeyEnabled": is_enabled}]
        setting = _message(proto.AnalyzerResource, rule.kind.name, "s", bucket=rpc.UNKNOWN, rules=rules)
        found = _whole(serve(keyed), key, bucket, _from(setting, bucket=[bucket], rules=others))
        return found[rule.id, "s"].message if found else ""

    assert told(key) == ""
    assert told(bucket).startswith("s:s3.BucketServerSideEncryptionConfiguration: another key")
    assert told(key, is_enabled=rpc.UNKNOWN) == ""
    assert told(key, bucket, is_enabled=rpc.UNKNOWN).startswith("cannot be decided before creation")


def test_resource_that_no_rule_can_look_at_is_refused(serve: Serve, gate: Gate) -> None:
    """A type outside the catalogue would look as if it passed."""
    request = _message(proto.AnalyzeRequest, "aws:s3/bucketV2:BucketV2", "b", bucket="b")
    (told,) = serve(gate).Analyze(request).diagnostics
    assert (told.policyName, told.enforcementLevel) == ("egov-types", proto.MANDATORY)
    assert "no AWS type 'aws:s3/bucketV2:BucketV2' in the catalogue" in told.message


def test_resource_that_no_rule_can_look_at_hides_no_other(serve: Serve, gate: Gate) -> None:
    """It is refused once, and also where only the stack is told; the others are judged all the same."""
    strange = _message(proto.AnalyzerResource, "random:index/id:Id", "s")
    failing = _message(proto.AnalyzerResource, KEY, "b", enableKeyRotation=False, deletionWindowInDays=30)
    expected = {("egov-types", "s"), ("tenancy-key-unrotated", "b")}
    assert expected <= _whole(serve(gate), strange, failing).keys()
    told = serve(gate).AnalyzeStack(proto.AnalyzeStackRequest(resources=[strange, failing]))
    assert expected <= _told(told).keys()


def test_resource_without_a_word_of_its_provider_is_judged(serve: Serve, gate: Gate) -> None:
    """Only what is no resource of a cloud is left out: components have no provider either."""
    request = _message(proto.AnalyzeRequest, KEY, "k", enableKeyRotation=False, deletionWindowInDays=30)
    request.ClearField("provider")
    component = _message(proto.AnalyzeRequest, "own:index:Component", "c")
    component.ClearField("provider")
    stub = serve(gate)
    assert ("tenancy-key-unrotated", "k") in _told(stub.Analyze(request))
    assert _told(stub.Analyze(component)) == {}


def test_resource_of_no_region_stands_in_none_that_is_allowed(serve: Serve, gate: Gate) -> None:
    """A provider that takes its region from the environment says nothing."""
    request = _message(proto.AnalyzeRequest, BUCKET, "b", provider={}, bucket="b")
    told = _told(serve(gate).Analyze(request))["tenancy-region-forbidden", "b"]
    assert "region unknown" in told.message


def test_stack_of_nobody_is_an_error(gate: Gate) -> None:
    """Without an owner there are no facts."""
    server, port = serving(PolicyPack(lambda _named: gate))
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        stub = Stub(channel)
        stub.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack="erp.domain"))
        with pytest.raises(grpc.RpcError, match=r"no institution 'erp'; did you mean 'erb'\?"):
            stub.Analyze(_message(proto.AnalyzeRequest, BUCKET, "b", bucket="b"))
    server.stop(None)


def test_day_and_profile_say_what_a_rule_does(serve: Serve, gate: Gate) -> None:
    """Medium warns until its day, and blocks from it."""
    untagged = _message(proto.AnalyzeRequest, BUCKET, "b", bucket="b")
    levels = []
    for day in (datetime.date(2020, 12, 31), datetime.date(2021, 1, 1)):
        then = replace(gate, context=replace(gate.context, today=day))
        told = _told(serve(then).Analyze(untagged))
        levels.append(told["tenancy-resource-untagged", "b"].enforcementLevel)
    assert levels == [proto.ADVISORY, proto.MANDATORY]


WAIVER = """
waivers:
  - rule: tenancy-key-unrotated
    institution: erb
    subject: erb.domain/k:kms.Key
    values_digest: "{digest}"
    reason: the key is of a kind that the service itself cannot rotate for now
    author: Somebody Else
    approver: "{approver}"
    approved_on: 2020-06-01
    expires_on: {until}
    compensating_control: rotated by hand each month
"""


def test_waivers_hold_here_and_their_faults_block(
    serve: Serve, gate: Gate, estate_folder: Path, root: Path, tmp_path: Path
) -> None:
    """As everywhere: one in force waives one finding, one that has ended stops the change."""
    policies = tmp_path / "policies"
    shutil.copytree(root / "policies", policies)
    key = _message(proto.AnalyzerResource, KEY, "k", enableKeyRotation=False, deletionWindowInDays=30)
    name = ("tenancy-key-unrotated", "k")
    digest = _whole(serve(gate), key)[name].message.partition("values ")[2].partition(",")[0]
    approver = next(
        member.name
        for member in gate.source.estate.staff
        if any(one.domain == "tenancy" for one in member.certifications)
    )
    told = {}
    for until in ("2020-08-15", "2020-06-15"):
        text = WAIVER.format(digest=digest, approver=approver, until=until)
        (policies / "waivers.yaml").write_text(text)
        told[until] = _whole(serve(Gate.of(estate_folder, policies)), key)
    assert name not in told["2020-08-15"]
    assert name in told["2020-06-15"]
    (fault,) = (item for (rule, _), item in told["2020-06-15"].items() if rule == "egov-waivers")
    assert fault.enforcementLevel == proto.MANDATORY
    assert fault.message.startswith("waiver-expired at ")


def test_estate_is_named_or_beside_the_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By the stack's configuration, by the environment, or by where the pack lies."""
    monkeypatch.delenv(ESTATE, raising=False)
    pack = tmp_path / "policies"
    pack.mkdir()
    with pytest.raises(InputError, match="no estate beside it"):
        find_estate_for(pack, None)
    (tmp_path / "stacks" / "estate").mkdir(parents=True)
    (tmp_path / "stacks" / "estate" / "estate.yaml").touch()
    assert find_estate_for(pack, None) == tmp_path / "stacks/estate"
    assert find_estate_for(pack, "other") == tmp_path / "other"
    monkeypatch.setenv(ESTATE, "/somewhere")
    assert find_estate_for(pack, None) == Path("/somewhere")
