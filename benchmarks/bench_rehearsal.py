"""How long a rehearsal `up` takes a resource, beside bare boto3 calls over the same transport (moto in process)."""

from __future__ import annotations

import gc
import pathlib
import tempfile
import time

from egov_infra.cloud.session import Cloud, in_process
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.rehearsal import TARGET, apply_stack
from egov_infra.engine.up import collected
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import StackPlan

ACCOUNT, REGION, PAIRS, RUNS = "110000000002", "af-south-1", 100, 3


def plan() -> StackPlan:
    """A stack of 200 resources: buckets and their versioning."""
    stack = StackBuilder("bench.domain", "bench", ACCOUNT, REGION)
    add = stack.at()
    for number in range(PAIRS):
        bucket = add("s3.Bucket", f"b{number}", bucket=f"bench-{number}")
        versioning = {"status": "Enabled"}
        add("s3.BucketVersioning", f"v{number}", bucket=bucket.id, versioning_configuration=versioning)
    return stack.build()


def bare(cloud: Cloud) -> float:
    """Seconds for the calls alone."""
    client = cloud.client("s3", ACCOUNT, REGION)
    begun = time.perf_counter()
    for number in range(PAIRS):
        name = f"bench-{number}"
        client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
        client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return time.perf_counter() - begun


def rehearsed(cloud: Cloud) -> float:
    """Seconds for the same through Pulumi's SDK, our monitor and the adapters."""
    made = plan()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(pathlib.Path(folder), TARGET)
        with collected():  # as `up` does, once for all its stacks
            begun = time.perf_counter()
            applied = apply_stack(made, store, cloud, lambda _stack: {}, lambda *_: None)
            seconds = time.perf_counter() - begun
    assert not applied.errors, applied.errors
    return seconds


def main() -> None:
    """Print milliseconds a resource, and the ratio."""
    results: dict[str, list[float]] = {"bare": [], "rehearsed": []}
    for run in range(RUNS + 1):
        for name, measure in (("bare", bare), ("rehearsed", rehearsed)):
            with in_process() as cloud:
                cloud.client("s3", ACCOUNT, REGION)
                gc.collect()
                seconds = measure(cloud)
            if run:  # the first run warms imports
                results[name].append(seconds)
    one, other = (min(results[name]) * 1000 / (2 * PAIRS) for name in ("bare", "rehearsed"))
    print(f"bare boto3 calls   {one:6.2f} ms a resource")
    print(f"rehearsal up       {other:6.2f} ms a resource  {other / one:5.1f} x")


if __name__ == "__main__":
    main()
