"""One rule text, the same verdict everywhere: every rule about resources, on its own examples, in every place."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest import mock

import grpc
import pytest
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc

from egov_infra.audit.live import Live, Reading
from egov_infra.audit.live_plan import live_plan
from egov_infra.cloud.registry import adapter_of, recorded_only
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import STACK_TYPE, Checkpoint, Entry
from egov_infra.engine.gate import Gate
from egov_infra.engine.pack.serve import serving
from egov_infra.engine.pack.servicer import PolicyPack
from egov_infra.engine.state_file import read_state_file
from egov_infra.engine.value import resolve
from egov_infra.manifest.load import EstateSource
from egov_infra.plan.canonical import describe_stack
from egov_infra.plan.catalogue import ShapeError, aws_type, holds_document
from egov_infra.plan.context import PlanContext
from egov_infra.plan.names import PLATFORM
from egov_infra.plan.plan_file import read_plan_file
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.plan.value import Document, Ref, SecretRef, StackRef, references
from egov_infra.policy import outside
from egov_infra.policy.example import Baseline, Patch, _repaired, bind_example, expectations
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.judge import PLATFORM_FACTS, Judgement
from egov_infra.policy.load import parse_rule
from egov_infra.policy.outside import Given, judge_outside
from egov_infra.policy.policies import Policies
from egov_infra.policy.rule import Rule
from egov_infra.policy.subject import Planned
from egov_infra.policy.subjects.account import find_account
from egov_infra.policy.waiver import Register
from egov_infra.source.diagnostic import InputError, Place
from tests.engine.place import IN_CLEAR, Made, all_references, applied, exported, previewed, requests

FOLDER = pathlib.Path(__file__).resolve().parents[2] / "policies"
RULES = sorted(
    f"{path.parent.name}-{path.stem}"
    for path in FOLDER.glob("*/*.yaml")
    if "applies_to: aws:" in (text := path.read_text())
    or "applies_to: planned_resource" in text
    or "applies_to: account" in text
)
ACCOUNT_TYPES = (
    "aws:s3/accountPublicAccessBlock:AccountPublicAccessBlock",
    "aws:cloudtrail/trail:Trail",
    "aws:guardduty/detector:Detector",
    "aws:cloudwatch/eventTarget:EventTarget",
    "aws:iam/policy:Policy",
)
Said = tuple[str, str, str, str]
"""Verdict, fingerprint, message, digest of the values."""


@dataclass(frozen=True)
class Case:
    """Stacks, in which one rule is to say the same in every place."""

    policies: Policies
    stacks: tuple[StackPlan, ...]
    whole: Mapping[str, StackPlan]
    """The stacks with all their resources."""
    baseline: Mapping[str, StackPlan]
    """What the sample estate plans of them."""
    subjects: frozenset[str]
    """Keys of what the example is about; none where that is all."""
    patch: Patch

    @property
    def is_planned(self) -> bool:
        """Whether a builder would take it: examples may leave out what nobody could plan without."""
        try:
            for stack in self.stacks:
                for resource in stack.resources:
                    aws_type(resource.type).check(resource.inputs, [])
        except ShapeError:
            return False
        return True


def _nowhere(_stack: str, _name: str) -> Place:
    return Place("outside")


def _said(findings: Sequence[Finding]) -> list[Said]:
    return sorted((one.verdict.value, one.fingerprint, one.message, one.values_digest) for one in findings)


def _judgement(gate: Gate, given: Sequence[Given]) -> Judgement:
    return judge_outside(gate.source, gate.policies, gate.context, given)


def _judged(gate: Gate, given: Sequence[Given]) -> list[Said]:
    return _said(_judgement(gate, given).findings)


def _from_file(gate: Gate, case: Case) -> list[Said]:
    """`check --plan`."""
    text = json.dumps({"version": 1, "stacks": [describe_stack(stack) for stack in case.stacks]})
    read = read_plan_file(text.encode(), "plan.json")
    return _judged(gate, [Given(read.stacks, read.place)])


def _from_state(gate: Gate, case: Case) -> list[Said]:
    """`check --state`."""
    read = [read_state_file(exported(stack), f"{stack.name}.json") for stack in case.stacks]
    return _judged(gate, [Given((one.stack,), one.place, one.kept) for one in read])


class Pack:
    """The policy pack behind its protocol."""

    def __init__(self, stub: analyzer_pb2_grpc.AnalyzerStub, gates: dict[str, Gate]) -> None:
        self._stub = stub
        self._gates = gates

    def said(self, send: Callable[[StackPlan], Any], gate: Gate, case: Case) -> list[Said]:
        """What the engine is told of some stacks."""
        found = []
        for stack in case.stacks:
            name = str(len(self._gates))
            self._gates[name] = gate
            configured = proto.AnalyzerStackConfigureRequest(stack=stack.name, config={"egov:estate": name})
            self._stub.ConfigureStack(configured)
            alone, together = requests(stack, send(stack))
            for request in alone:
                found += self._stub.Analyze(request).diagnostics
            found += self._stub.AnalyzeStack(together).diagnostics
        assert not any(IN_CLEAR in one.message for one in found)
        return sorted(map(_told, found))


def _told(diagnostic: Any) -> Said:
    message, _, rest = diagnostic.message.rpartition("\nfix: ")
    verdict, fingerprint, _, digest = (
        rest.rpartition("\n")[2].partition(" at ")[0].rstrip(",").replace(",", "").split(" ")
    )
    return (verdict, fingerprint, message, digest)


@pytest.fixture(scope="module")
def pack() -> Iterator[Pack]:
    """A served pack; the configuration of a stack names the gate."""
    gates: dict[str, Gate] = {}
    server, port = serving(PolicyPack(lambda name: gates[str(name)]))
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield Pack(analyzer_pb2_grpc.AnalyzerStub(channel), gates)
    server.stop(None)


def _on_subjects(case: Case, findings: Sequence[Finding]) -> list[Said]:
    """What is said of the resources of a case: reading back knows more of what is around them."""
    keys = {f"{stack.name}/{item.name}" for stack in case.stacks for item in stack.resources}
    return [
        (*one[:3], "") for one in _said([one for one in findings if one.subject in keys or not case.subjects])
    ]


def _live(gate: Gate, case: Case) -> Sequence[Finding]:
    """`audit`: the manifest's plan, and what an adapter would read of the stack of the case."""
    with ThreadPoolExecutor(1) as pool:
        given = Given([_read_back(stack, case, pool) for stack in case.stacks], _nowhere)
        return _judgement(gate, [given]).findings


def _read_back(stack: StackPlan, case: Case, pool: ThreadPoolExecutor) -> StackPlan:
    named = {item.name for item in stack.resources}
    before = {item.name: item for item in case.baseline[stack.name].only(named).resources}
    there = {
        item.name: item for item in case.whole[stack.name].resources if item.name in named | before.keys()
    }
    whole = replace(stack, resources=tuple((before | there).values()))
    made = Made(whole, *all_references(replace(stack, resources=tuple(before.values()))))

    def declared_by(item: PlannedResource) -> PlannedResource:
        """As the manifest plans it, where anybody can read what became of that."""
        old = before.get(item.name)
        if old is None or old.type != item.type or not _is_read(item.type):
            return item
        return replace(item, inputs=old.inputs)

    plan = replace(stack, resources=tuple(map(declared_by, whole.resources)))
    entries = [
        Entry(f"urn::{item.name}", item.type, is_custom=True, id=made.id(item.name))
        for item in plan.resources
    ]
    reads = _stack_references(plan)
    exports = {
        name: {one.output: made.look_up(one) for one in reads if one.stack == name}
        for name in {one.stack for one in reads}
    }

    def load(name: str) -> Checkpoint:
        root = Entry("root", STACK_TYPE, is_custom=False, outputs=exports.get(name, {}))
        return Checkpoint(name, {one.urn: one for one in (root, *(entries if name == stack.name else ()))})

    cloud = Cloud("http://127.0.0.1:9", "none")
    others = [StackPlan(name, PLATFORM, plan.account, plan.region, ()) for name in exports]
    live = Live(cloud, [plan], load, pool, Live(cloud, others, load, pool))

    def look_up(reference: Any) -> Any:
        return reference if isinstance(reference, SecretRef) else made.look_up(reference)

    def reading(item: PlannedResource) -> Reading:
        if item.name not in there:
            return Reading()
        inputs = {name: resolve(value, look_up) for name, value in there[item.name].inputs.items()}
        return Reading({**made.outputs[item.name], **inputs})

    readings = {
        item.name: reading(item) for item in plan.resources if _is_read(item.type) or item.name not in there
    }
    for item in plan.resources:
        found = readings.get(item.name) or Reading({**made.outputs[item.name]})
        live._readings[stack.name, item.name] = found if found.found else Reading({**made.outputs[item.name]})
    declared = {item.name: live.declared(item) for item in plan.resources}
    return live_plan(live, plan, readings, declared, ())


def _stack_references(plan: StackPlan) -> list[StackRef]:
    return [
        part
        for resource in plan.resources
        for part in references(resource.inputs)
        if isinstance(part, StackRef)
    ]


def _is_read(token: str) -> bool:
    return adapter_of(token) is not None and recorded_only(token) is None


def _is_carried_live(case: Case) -> bool:
    """Whether reading back can tell: of what AWS does not give back, and of what it fills in by itself, nobody can."""
    for stack in case.stacks:
        before = {item.name: item for item in case.baseline[stack.name].resources}
        for item in stack.resources:
            old, adapter = before.get(item.name), adapter_of(item.type)
            if old is None or adapter is None or not _is_read(item.type):
                continue
            changed = {
                name
                for name in old.inputs.keys() | item.inputs.keys()
                if old.inputs.get(name) != item.inputs.get(name)
            }
            unread = {path.partition(".")[0] for path in adapter.comparison.unread}
            if (
                changed & unread
                or not changed <= set(adapter.readable)
                or any(_has_less(old.inputs.get(name), item.inputs.get(name)) for name in changed)
            ):
                return False
    return True


def _has_less(old: Any, new: Any) -> bool:
    """Whether something is left out, at any depth."""
    if new is None:
        return old is not None
    old, new = (one.body if isinstance(one, Document) else one for one in (old, new))
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return any(_has_less(value, new.get(key)) for key, value in old.items())
    if isinstance(old, tuple) and isinstance(new, tuple):
        if len(new) != len(old):
            return not new
        return any(map(_has_less, old, new))
    return False


_UNREAD = "AWS does not give back what it judges"
_ABSENT = "its examples leave out what AWS fills in, or what a state alone knows"
NOT_LIVE: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "gateway-key-written-down",
            "gateway-secret-lost",
            "tenancy-group-rules-inline",
            "tenancy-key-deleted-early",
            "tenancy-routes-inline",
        ),
        _UNREAD,
    ),
    **dict.fromkeys(
        (
            "gateway-link-weak",
            "gateway-queue-unencrypted",
            "gateway-queue-without-dead-letters",
            "gateway-stage-unlogged",
            "mail-identity-key-short",
            "services-audit-stream-unencrypted",
            "tenancy-log-group-unencrypted",
            "tenancy-resource-untagged",
            "tenancy-role-unbounded",
            "tenancy-topic-unencrypted",
            "tenancy-trail-unencrypted",
        ),
        _ABSENT,
    ),
}
"""Rules of which no failing example can be told by reading back, with the reason."""


class Cases:
    """The examples of rules as stacks."""

    def __init__(self, source: EstateSource, context: PlanContext) -> None:
        self._source = source
        self._baseline = Baseline(source, "erb", context)
        stacks = (*plan_platform(context), *plan_institution(source.read("erb").institution, context))
        self._stacks = {stack.name: _told_apart(stack) for stack in stacks}

    def stack(self, name: str) -> StackPlan:
        """A stack of the sample estate."""
        return self._stacks[name]

    def of(self, rule: Rule, patch: Patch, policies: Policies) -> Case:
        """One example: the patched resource, what refers to it and what that refers to."""
        bound = replace(policies, rules=(bind_example(rule, patch),), waivers=Register((), None))
        found, subjects = [], []
        if rule.kind.name == "account":
            patched = {
                name: _told_apart(_repaired(stack, patch.get("resources", {})))
                for name, stack in self._stacks.items()
            }
            own = [_on_accounts(one) for one in patched.values() if find_account(one, self._source.estate)]
            stacks = tuple(stack for stack in own if stack.resources)
            return Case(bound, stacks, patched, self._stacks, frozenset(), patch)
        whole = {}
        for case in self._baseline.cases(rule, patch):
            stack, resource = case.stack, case.subject.resource
            assert stack is not None
            assert resource is not None
            whole[stack.name] = _told_apart(stack)
            found.append(_around(whole[stack.name], resource.name))
            subjects.append(f"{resource.stack}/{resource.name}")
        return Case(bound, tuple(found), whole, self._stacks, frozenset(subjects), patch)


def _told_apart(stack: StackPlan) -> StackPlan:
    """Resources as they are judged from outside: their path is their name."""
    resources = (
        replace(
            one,
            path=(stack.name, one.name),
            inputs={name: _as_document(name, value) for name, value in one.inputs.items()},
            options=replace(one.options, depends_on=()),  # an example may have left that out
        )
        for one in stack.resources
    )
    return replace(stack, resources=tuple(resources))


def _as_document(name: str, value: Any) -> Any:
    """An example may give an embedded document as what it holds."""
    is_bare = isinstance(value, Mapping | tuple) and holds_document(name, "s")
    return Document(value) if is_bare else value


def _on_accounts(stack: StackPlan) -> StackPlan:
    """What an account is judged by."""
    return stack.only({item.name for item in stack.resources if item.type in ACCOUNT_TYPES})


def _around(stack: StackPlan, name: str) -> StackPlan:
    referring = {
        item.name
        for item in stack.resources
        if any(isinstance(part, Ref) and part.resource == name for part in references(item.inputs))
    }
    return stack.only({name, *referring})


@contextmanager
def _estate_of(case: Case) -> Iterator[None]:
    """An estate that plans the stacks of a case, of an owner whose facts the example changes."""
    original = Planned.facts
    patch = case.patch.get("institution", {})
    with (
        mock.patch.object(outside, "plan_platform", return_value=case.stacks),
        mock.patch.object(outside, "plan_institution", return_value=case.stacks),
        mock.patch.object(Planned, "facts", lambda self: replace(original(self), **patch)),
        mock.patch.object(outside, "PLATFORM_FACTS", replace(PLATFORM_FACTS, **patch)),
    ):
        yield


@pytest.fixture(scope="module")
def cases(source: EstateSource, context: PlanContext) -> Cases:
    """Examples on the sample estate."""
    return Cases(source, context)


@pytest.mark.parametrize("name", RULES)
def test_rule_says_the_same_in_every_place(
    name: str, source: EstateSource, context: PlanContext, policies: Policies, cases: Cases, pack: Pack
) -> None:
    """Of each example: verdict, fingerprint, message and digest of the values."""
    rule = next(rule for rule in policies.rules if rule.id == name)
    carried = 0
    for expected, patch in expectations(rule):
        case = cases.of(rule, patch, policies)
        gate = Gate(source, case.policies, context)
        with _estate_of(case):
            findings = _judgement(gate, [Given(case.stacks, _nowhere)]).findings
            planned = _said(findings)
            said = {
                "state": _from_state(gate, case),
                "preview": pack.said(previewed, gate, case),
                "update": pack.said(applied, gate, case),
            }
            if case.is_planned:
                said["plan file"] = _from_file(gate, case)
            else:
                with pytest.raises(InputError):
                    _from_file(gate, case)
            if _is_carried_live(case):
                carried += expected is Verdict.FAIL
                assert _on_subjects(case, _live(gate, case)) == _on_subjects(case, findings), patch
        failed = [one for one in findings if not case.subjects or one.subject in case.subjects]
        assert (expected is Verdict.FAIL) is any(one.verdict is Verdict.FAIL for one in failed), patch
        assert said == dict.fromkeys(said, planned), patch
    assert bool(carried) is not (name in NOT_LIVE)


RULE = """
id: tenancy-written-here
title: Written for a test
severity: {severity}
applies_to: {token}
must: |
  {must}
message: "{{resource.name}}: {shown}"
fix: "mend what breaks it"
rationale: it is a rule of a test
reference: [none]
controls: {{none: [none]}}
since: 1.0.0
may_be_empty: true
examples: {{pass: [{{}}], fail: [{{}}]}}
"""
_CONNECTION, _TASK = "aws:cloudwatch/eventConnection:EventConnection", "aws:ecs/taskDefinition:TaskDefinition"
_POLICY, _DISTRIBUTION = "aws:s3/bucketPolicy:BucketPolicy", "aws:cloudfront/distribution:Distribution"


@pytest.mark.parametrize(
    ("stack", "token", "must", "shown", "verdicts"),
    [
        # a secret is there, and nobody knows what it says
        ("erb.gateway", _CONNECTION, "has(subject.auth_parameters.api_key.value)", "x", set()),
        ("erb.gateway", _CONNECTION, "subject.auth_parameters.api_key.value == 'hunter2-in-clear'", "x", {"unknown"}),
        ("erb.gateway", _CONNECTION, "subject.auth_parameters.api_key.key == 'other'", "{subject.auth_parameters}", {"fail"}),
        ("erb.gateway", _CONNECTION, "subject.auth_parameters.api_key.value == 'x' && subject.name == 'y'", "x", {"fail"}),
        # references are there, unknown, and followed
        ("erb.domain", _POLICY, "subject.bucket == 'x'", "{subject.bucket}", {"unknown"}),
        ("erb.domain", _POLICY, "subject.bucket == 'x' || has(subject.policy)", "x", set()),
        ("erb.domain", _POLICY, "refers_to(subject.bucket, 'aws:kms/key:Key')", "{subject.bucket}", {"fail"}),
        ("erb.domain", _POLICY, "statements(subject.policy).all(one, one.Effect == 'Deny')", "{subject.policy}", {"fail"}),
        ("erb.domain", _POLICY, "statements(subject.policy).all(one, one.Resource != ['x'] || has(one.Sid))", "x", set()),
        ("erb.domain", _DISTRIBUTION, "subject.origins.all(one, refers_to(one.domain_name, 'aws:s3/bucket:Bucket'))", "x", set()),
        ("erb.domain", _DISTRIBUTION, "subject.origins.exists(one, refers_to(one.origin_access_control_id, 'aws:s3/bucket:Bucket'))", "{subject.origins}", {"fail"}),
        ("erb.domain", _DISTRIBUTION, "size(related(subject, 'aws:route53/record:Record')) > 99", "{related(subject, 'aws:route53/record:Record')}", {"fail"}),
        # what another stack exports is unknown, whatever it came to
        ("platform.e-office", _TASK, "subject.container_definitions.exists(one, one.environment.exists(item, item.value == 'x'))", "x", {"unknown"}),
        ("erb.gateway", "aws:wafv2/webAclAssociation:WebAclAssociation", "refers_to(subject.web_acl_arn, 'aws:wafv2/webAcl:WebAcl')", "x", {"unknown"}),
        ("erb.tenancy.prod", "aws:ec2transitgateway/vpcAttachment:VpcAttachment", "subject.transit_gateway_id == 'tgw-1'", "{subject.transit_gateway_id}", {"unknown"}),
    ],
)  # fmt: skip
def test_unknowns_and_secrets_are_the_same_in_every_place(
    stack: str,
    token: str,
    must: str,
    shown: str,
    verdicts: set[str],
    source: EstateSource,
    context: PlanContext,
    policies: Policies,
    cases: Cases,
    pack: Pack,
) -> None:
    """An unknown that is mandatory is told as mandatory; a secret's value stands in no message."""
    text = RULE.format(severity="high", token=token, must=must, shown=shown)
    rule = parse_rule(text.encode(), "rule.yaml", "tenancy-written-here")
    plan = cases.stack(stack)
    judged = replace(policies, rules=(rule,), waivers=Register((), None))
    case = Case(judged, (plan,), {stack: plan}, {stack: plan}, frozenset(), {})
    gate = Gate(source, judged, context)
    planned = _judged(gate, [Given((plan,), _nowhere)])
    assert {one[0] for one in planned} == verdicts
    said = {
        "plan file": _from_file(gate, case),
        "state": _from_state(gate, case),
        "preview": pack.said(previewed, gate, case),
        "update": pack.said(applied, gate, case),
        "live": _said(_live(gate, case)),
    }
    assert said == dict.fromkeys(said, planned)
