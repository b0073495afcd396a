"""The policy pack over gRPC: 10,000 resources and 100 rules, beside a pack of pulumi-policy with the same rules.

Both serve in a process of their own, and get the same requests from this one: a resource at a time, then the stack. The
time is that of the calls. pulumi-policy needs an environment of its own (`make bench` makes it); without one only our
side is measured.
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import grpc
import yaml
from google.protobuf import struct_pb2
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto import analyzer_pb2_grpc
from rival import INTERPRETER, POLICY

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESOURCES, RULES, RUNS = 10_000, 100, 3
STACK = "erb.domain"
BUCKET, RECORD = "aws:s3/bucket:Bucket", "aws:route53/record:Record"
PATTERNS = (
    # type, our expression, theirs over the same properties; N differs from rule to rule, and few resources fail
    (BUCKET, "size(subject.bucket) != N", "len(p['bucket']) != N"),
    (BUCKET, "has(subject.tags) && subject.tags['owner'] != 'owner-N'", "p['tags']['owner'] != 'owner-N'"),
    (BUCKET, "!has(subject.force_destroy) || !subject.force_destroy", "not p.get('forceDestroy')"),
    (RECORD, "subject.ttl >= N", "p['ttl'] >= N"),
    (
        RECORD,
        "subject.type != 'SPF' && size(subject.records) <= N",
        "p['type'] != 'SPF' and len(p['records']) <= N",
    ),
)
OURS_SERVED = "import sys\nfrom egov_infra.engine.pack.serve import main\nmain(sys.argv[1:])"
THEIRS_SERVED = (
    POLICY
    + """
import json, sys, time
from concurrent import futures
import grpc
from pulumi.runtime.proto import analyzer_pb2_grpc

rules = json.load(open(sys.argv[1]))
policies = [policy(number, kind, text) for number, (kind, text) in enumerate(rules)]
server = grpc.server(futures.ThreadPoolExecutor(4), options=[("grpc.max_receive_message_length", -1)])
servicer = _PolicyAnalyzerServicer("bench", "1.0.0", policies, EnforcementLevel.MANDATORY)
analyzer_pb2_grpc.add_AnalyzerServicer_to_server(servicer, server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
time.sleep(3600)
"""
)


def rules() -> Iterator[tuple[str, str, str]]:
    """Type, our expression, theirs."""
    for number in range(RULES):
        kind, ours, theirs = PATTERNS[number % len(PATTERNS)]
        yield kind, ours.replace("N", str(number)), theirs.replace("N", str(number))


def write_policies(folder: pathlib.Path) -> None:
    """The rules as files, each with the profile's lowest severity."""
    (folder / "tenancy").mkdir(parents=True)
    (folder / "profiles").mkdir()
    profile = yaml.safe_load((ROOT / "policies/profiles/default.yaml").read_text())
    profile.pop("rules")  # names rules that are not here
    text = yaml.safe_dump(profile, sort_keys=False)
    (folder / "profiles" / "default.yaml").write_text(text)
    for number, (kind, ours, _) in enumerate(rules()):
        rule = {
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
        path.write_text(yaml.safe_dump(rule, sort_keys=False) + f"must: |\n  {ours}\n")


def messages() -> tuple[list[Any], Any]:
    """A request for each resource, and that for the stack: buckets and records in turn."""
    said = struct_pb2.Struct()
    said.update({"region": "af-south-1", "allowedAccountIds": '["110000000002"]'})
    provider = proto.AnalyzerProviderResource(type="pulumi:providers:aws", name="p", properties=said)
    alone, together = [], []
    for number in range(RESOURCES):
        kind = (BUCKET, RECORD)[number % 2]
        tags = {"owner": f"owner-{number}", "institution": "erb", "environment": "prod"}
        inputs: dict[str, Any] = {"bucket": f"bench-bucket-{number}", "tags": tags}
        if kind == RECORD:
            inputs = {
                "name": f"r{number}.go.tz",
                "type": "A",
                "ttl": 3600,
                "records": ["192.0.2.1"],
                "zoneId": "Z1",
            }
        properties = struct_pb2.Struct()
        properties.update(inputs)
        common = {
            "type": kind,
            "name": f"bench-{number}",
            "urn": f"urn:pulumi:{STACK}::egov::{kind}::bench-{number}",
            "properties": properties,
            "options": proto.AnalyzerResourceOptions(protect=True),
            "provider": provider,
        }
        alone.append(proto.AnalyzeRequest(**common))
        together.append(proto.AnalyzerResource(**common))
    return alone, proto.AnalyzeStackRequest(resources=together)


@contextmanager
def served(command: Sequence[str], **environment: str) -> Iterator[analyzer_pb2_grpc.AnalyzerStub]:
    """A pack in a process of its own."""
    whole = {**os.environ, **environment}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=whole) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        sizes = [("grpc.max_send_message_length", -1), ("grpc.max_receive_message_length", -1)]
        with grpc.insecure_channel(f"127.0.0.1:{port}", options=sizes) as channel:
            try:
                yield analyzer_pb2_grpc.AnalyzerStub(channel)
            finally:
                process.terminate()


def measure(stub: analyzer_pb2_grpc.AnalyzerStub, alone: Sequence[Any], together: Any) -> tuple[float, int]:
    """The best of some runs in seconds, and how much was found."""
    taken = []
    for _ in range(RUNS):
        stub.ConfigureStack(proto.AnalyzerStackConfigureRequest(stack=STACK, project="egov", dry_run=True))
        begun = time.perf_counter()
        found = sum(len(stub.Analyze(request).diagnostics) for request in alone)
        found += len(stub.AnalyzeStack(together).diagnostics)
        taken.append(time.perf_counter() - begun)
    return min(taken), found


def main() -> None:
    """Print seconds of both, and the ratio."""
    alone, together = messages()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        write_policies(folder / "policies")
        estate = str(ROOT / "stacks" / "estate")
        ours_at = [sys.executable, "-c", OURS_SERVED, "", str(folder / "policies")]
        with served(ours_at, PYTHONPATH=str(ROOT), EGOV_INFRA_ESTATE=estate) as stub:
            ours, found = measure(stub, alone, together)
        print(f"our pack        {ours:7.2f} s  {RESOURCES} resources, {RULES} rules, {found} findings")
        interpreter = os.environ.get(INTERPRETER)
        if not interpreter:
            print(f"pulumi-policy   not measured: {INTERPRETER} names no interpreter that has it")
            return
        path = folder / "rules.json"
        path.write_text(json.dumps([(kind, theirs) for kind, _, theirs in rules()]))
        with served([interpreter, "-c", THEIRS_SERVED, str(path)]) as stub:
            theirs, violations = measure(stub, alone, together)
    print(f"pulumi-policy   {theirs:7.2f} s  {theirs / ours:5.1f} x, {violations} findings")


if __name__ == "__main__":
    sys.exit(main())
