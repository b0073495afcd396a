"""`check --plan` over 25,000 planned resources as JSON, beside conftest with one deny rule where it is on PATH.

Whole processes on both sides, policies read and text printed. Without conftest it is put beside judging the same
institutions from their manifests.
"""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from egov_infra.manifest.load import open_estate
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.canonical import describe_stack
from egov_infra.plan.context import PlanContext
from egov_infra.plan.stacks import plan_institution

ROOT = pathlib.Path(__file__).resolve().parents[1]
RESOURCES, RUNS = 25_000, 5
OURS = [sys.executable, "-c", "from egov_infra.cli.main import main; main()", "check", "stacks/estate"]
DENY = """package main

deny contains message if {
    some stack in input.stacks
    some resource in stack.resources
    resource.type == "aws:kms/key:Key"
    not resource.inputs.enable_key_rotation
    message := sprintf("%s: key material is not rotated", [resource.name])
}
"""


def seconds(command: list[str]) -> float:
    """The best of some runs; each must find nothing wrong."""
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        taken.append(time.perf_counter() - begun)
    return min(taken)


def write_plan(path: pathlib.Path) -> int:
    """The first institutions of the sample estate, of 25,000 resources in all; gives their number."""
    source = open_estate(ROOT / "stacks" / "estate")
    today = source.estate.today()
    assert today is not None
    context = PlanContext(source.estate, today, read_addresses(source.folder))
    stacks, planned = [], 0
    for loaded in source.institutions():
        for stack in plan_institution(loaded.institution, context):
            if planned < RESOURCES:
                planned += len(stack.resources)
                stacks.append(describe_stack(stack))
    path.write_text(json.dumps({"version": 1, "stacks": stacks}, indent=2))
    return planned


def main() -> None:
    """Print seconds of each, and the ratio."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        planned = write_plan(folder / "plan.json")
        ours = seconds([*OURS, "--plan", str(folder / "plan.json")])
        print(f"check --plan    {ours:7.2f} s  {planned} resources, all rules about resources")
        if shutil.which("conftest") is None:
            manifests = seconds(OURS)
            print(
                f"check           {manifests:7.2f} s  {manifests / ours:5.1f} x, the whole estate from manifests"
            )
            print("conftest        not measured: it is not on PATH")
            return
        (folder / "main.rego").write_text(DENY)
        theirs = seconds(["conftest", "test", "--policy", name, str(folder / "plan.json")])
        print(f"conftest        {theirs:7.2f} s  {theirs / ours:5.1f} x, one deny rule")


if __name__ == "__main__":
    sys.exit(main())
