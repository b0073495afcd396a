"""The gate over 25,000 planned resources and 20 rules, and over 10,000 and 100, beside pulumi-policy on the same.

The whole gate in one process: rules are read and compiled, and findings built; the goal for 100 rules is 2 s.

Both sides get their resources ready beforehand: ours as planned resources, theirs as the requests that the engine would
send, handed to the analyzer in its own process without any transport. pulumi-policy wants other versions than this
project, so that it runs in an environment of its own (`make bench` makes it); without one only our side is measured.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace

import yaml
from rival import INTERPRETER, POLICY

from egov_infra.manifest.load import EstateSource, LoadedInstitution, open_estate
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.catalogue import to_wire
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution
from egov_infra.plan.value import Document, Join, Ref, SecretRef, StackRef
from egov_infra.policy.judge import Judge, Judgement
from egov_infra.policy.policies import load_policies
from egov_infra.policy.subject import Planned

ROOT = pathlib.Path(__file__).resolve().parents[1]
SIZES, RUNS = ((25_000, 1), (10_000, 5)), 3
"""Resources, and how often the rules below are all there, each time under other names."""
UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""What Pulumi puts where a value is not known yet."""
BUCKET, RECORD, CDN = "aws:s3/bucket", "aws:route53/record:Record", "aws:cloudfront/distribution:Distribution"
RULES = (
    # type, our expression, theirs over the same properties; some fail on purpose, for a finding costs too
    (RECORD, "!has(subject.ttl) || subject.ttl >= 3600", "p.get('ttl') is None or p['ttl'] >= 3600"),
    (RECORD, "subject.type != 'SPF'", "p['type'] != 'SPF'"),
    (RECORD, "size(subject.name) < 100", "len(p['name']) < 100"),
    (f"{BUCKET}:Bucket", "has(subject.tags)", "'tags' in p"),
    (f"{BUCKET}:Bucket", "size(subject.bucket) <= 63", "len(p['bucket']) <= 63"),
    (f"{BUCKET}:Bucket", "!has(subject.force_destroy)", "not p.get('forceDestroy')"),
    (
        f"{BUCKET}PublicAccessBlock:BucketPublicAccessBlock",
        "subject.block_public_acls",
        "p['blockPublicAcls']",
    ),
    (
        f"{BUCKET}PublicAccessBlock:BucketPublicAccessBlock",
        "subject.ignore_public_acls",
        "p['ignorePublicAcls']",
    ),
    (
        f"{BUCKET}Versioning:BucketVersioning",
        "subject.versioning_configuration.status == 'Enabled'",
        "p['versioningConfiguration']['status'] == 'Enabled'",
    ),
    (
        f"{BUCKET}OwnershipControls:BucketOwnershipControls",
        "subject.rule.object_ownership == 'BucketOwnerEnforced'",
        "p['rule']['objectOwnership'] == 'BucketOwnerEnforced'",
    ),
    (CDN, "subject.enabled", "p['enabled']"),
    (
        CDN,
        "subject.viewer_certificate.minimum_protocol_version == 'TLSv1.2_2021'",
        "p['viewerCertificate']['minimumProtocolVersion'] == 'TLSv1.2_2021'",
    ),
    (
        CDN,
        "subject.default_cache_behavior.viewer_protocol_policy == 'redirect-to-https'",
        "p['defaultCacheBehavior']['viewerProtocolPolicy'] == 'redirect-to-https'",
    ),
    (CDN, "size(subject.aliases) < 3", "len(p['aliases']) < 3"),
    (
        "aws:acm/certificate:Certificate",
        "subject.validation_method == 'DNS'",
        "p['validationMethod'] == 'DNS'",
    ),
    ("aws:kms/key:Key", "subject.enable_key_rotation", "p.get('enableKeyRotation')"),
    ("aws:kms/key:Key", "subject.deletion_window_in_days >= 30", "p['deletionWindowInDays'] >= 30"),
    (
        "aws:sqs/queue:Queue",
        "subject.message_retention_seconds >= 86400",
        "p.get('messageRetentionSeconds', 0) >= 86400",
    ),
    ("aws:iam/role:Role", "has(subject.permissions_boundary)", "'permissionsBoundary' in p"),
    (
        "aws:cloudwatch/logGroup:LogGroup",
        "subject.retention_in_days >= 365",
        "p.get('retentionInDays', 0) >= 365",
    ),
)
THEIR_SIDE = (
    POLICY
    + """
import json, sys, time
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2

data = json.load(open(sys.argv[1]))
policies = [policy(number, kind, theirs) for number, (kind, theirs) in enumerate(data["rules"])]
analyzer = _PolicyAnalyzerServicer("bench", "1.0.0", policies, EnforcementLevel.MANDATORY)
requests = []
for kind, name, properties in data["resources"]:
    struct = struct_pb2.Struct()
    struct.update(properties)
    urn = f"urn:pulumi:s::p::{kind}::{name}"
    requests.append(analyzer_pb2.AnalyzeRequest(type=kind, name=name, urn=urn, properties=struct))
begun = time.perf_counter()
found = sum(len(analyzer.Analyze(request, None).diagnostics) for request in requests)
print(json.dumps([time.perf_counter() - begun, found]))
"""
)


def planned(
    source: EstateSource, context: PlanContext, left: int
) -> list[tuple[LoadedInstitution, tuple[StackPlan, ...]]]:
    """Institutions of the sample estate with their stacks, of so many resources in all."""
    found = []
    for loaded in source.institutions():
        stacks = []
        for stack in plan_institution(loaded.institution, context):
            kept = stack.resources[:left]
            left -= len(kept)
            stacks.append(replace(stack, resources=kept))
        found.append((loaded, tuple(stacks)))
        if not left:
            return found
    raise ValueError(f"the sample estate is {left} resources short")


def write_policies(folder: pathlib.Path, times: int) -> None:
    """The rules as files, so many times, with the profile of the sample estate."""
    (folder / "tenancy").mkdir(parents=True)
    (folder / "profiles").mkdir()
    profile = yaml.safe_load((ROOT / "policies/profiles/default.yaml").read_text())
    profile.pop("rules")  # names rules that are not here
    text = yaml.safe_dump(profile | {"select": ["*"]}, sort_keys=False)
    (folder / "profiles" / "default.yaml").write_text(text)
    waivers = (ROOT / "policies/waivers.yaml").read_text()
    (folder / "waivers.yaml").write_text(waivers)
    for number, (kind, ours, _) in enumerate(RULES * times):
        text = {
            "id": f"tenancy-bench-{number}",
            "title": f"Rule number {number}",
            "severity": "low",
            "applies_to": kind,
            "message": f"{{resource.name}} breaks rule {number}",
            "fix": "mend what breaks it",
            "rationale": "it costs what a rule costs",
            "reference": ["none"],
            "controls": {"nist-800-53-r5": ["CM-6"]},
            "since": "1.0.0",
            "examples": {"pass": [{}], "fail": [{}]},
        }
        path = folder / "tenancy" / f"bench-{number}.yaml"
        path.write_text(yaml.safe_dump(text, sort_keys=False) + f"must: |\n  {ours}\n")


def judge(
    source: EstateSource,
    context: PlanContext,
    folder: pathlib.Path,
    estate: list[tuple[LoadedInstitution, tuple[StackPlan, ...]]],
) -> tuple[float, Judgement]:
    """Seconds of our gate, and what it found."""
    begun = time.perf_counter()
    policies = load_policies(source, folder)
    judge = Judge(source, policies, context)
    for loaded, stacks in estate:
        judge.planned(Planned(loaded, stacks, context))
    judgement = judge.finish(is_whole=False)
    return time.perf_counter() - begun, judgement


def plain(value: object) -> object:
    """A value as the engine would send it during a preview."""
    if isinstance(value, Ref | StackRef | SecretRef | Join):
        return UNKNOWN
    if isinstance(value, Document):
        return json.dumps(plain(value.body))
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, tuple) else value


def requests(
    estate: list[tuple[LoadedInstitution, tuple[StackPlan, ...]]],
) -> Iterator[tuple[str, str, object]]:
    """Type, name and wire properties of each resource."""
    for _, stacks in estate:
        for stack in stacks:
            for item in stack.resources:
                inputs = plain(dict(item.inputs))
                assert isinstance(inputs, dict)
                yield item.type, item.name, to_wire(item.type, inputs)


def theirs(
    interpreter: str, folder: pathlib.Path, times: int, resources: list[tuple[str, str, object]]
) -> tuple[float, int]:
    """Seconds of pulumi-policy, and how much it found."""
    data = {"rules": [[kind, theirs] for kind, _, theirs in RULES * times], "resources": resources}
    (folder / "data.json").write_text(json.dumps(data))
    done = subprocess.run(
        [interpreter, "-c", THEIR_SIDE, str(folder / "data.json")],
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    seconds, found = json.loads(done.stdout)
    return seconds, found


def measure(source: EstateSource, context: PlanContext, resources: int, times: int) -> None:
    """Print seconds of both for one size, and the ratio."""
    estate = planned(source, context, resources)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_policies(folder / "policies", times)
        runs = [judge(source, context, folder / "policies", estate) for _ in range(RUNS)]
        ours, found = min(seconds for seconds, _ in runs), len(runs[0][1].findings)
        print(f"{resources:,} resources, {len(RULES) * times} rules")
        print(f"  our gate        {ours:7.2f} s  {found} findings")
        interpreter = os.environ.get(INTERPRETER)
        if not interpreter:
            print(f"  pulumi-policy   not measured: {INTERPRETER} names no interpreter that has it")
            return
        seconds, violations = theirs(interpreter, folder, times, [*requests(estate)])
    print(f"  pulumi-policy   {seconds:7.2f} s  {seconds / ours:5.1f} x, {violations} findings")


def main() -> None:
    """Print seconds of both, and the ratio, for each size."""
    source = open_estate(ROOT / "stacks" / "estate")
    today = source.estate.today()
    assert today is not None
    context = PlanContext(source.estate, today, read_addresses(source.folder))
    for resources, times in SIZES:
        measure(source, context, resources, times)


if __name__ == "__main__":
    sys.exit(main())
