"""How long `up --all` takes when nothing has changed, beside `check` of the same estate.

The states say that everything was applied: their heads are all that such a run looks at. Whole processes, best of several.
"""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

from egov_infra.cloud.rehearsal import serving
from egov_infra.engine.checkpoint import Checkpoint, Entry, Stamp
from egov_infra.engine.gate import Gate
from egov_infra.engine.reads import reads_digest, recorded_outputs
from egov_infra.engine.rehearsal import TARGET
from egov_infra.engine.up import STATE_FOLDER, state_store
from egov_infra.engine.urn import root_urn, urn_of
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.outline import stack_references
from egov_infra.plan.resource import StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform

ROOT = pathlib.Path(__file__).resolve().parents[1]
RUNS = 3
COMMAND = "from egov_infra.cli.main import main; main()"


def checkpoint(plan: StackPlan, stamp: Stamp) -> Checkpoint:
    """A state in which everything of a plan is recorded, its literal inputs left out."""
    root = root_urn(plan.name)
    entries = [Entry(root, "pulumi:pulumi:Stack", is_custom=False, outputs=dict.fromkeys(plan.outputs, "x"))]
    for item in plan.resources:
        urn = urn_of(plan.name, item.type, item.name, root)
        entries.append(Entry(urn, item.type, is_custom=True, id=item.name, parent=root))
    return Checkpoint(plan.name, {entry.urn: entry for entry in entries}, stamp=stamp)


def record(folder: pathlib.Path, cloud_id: str) -> None:
    """Write the state of every stack of an estate."""
    gate = Gate.of(folder, ROOT / "policies")
    store = state_store(folder, TARGET)
    plans = [*plan_platform(gate.context)]
    plans += [
        plan
        for loaded in gate.source.institutions()
        for plan in plan_institution(loaded.institution, gate.context)
    ]
    (folder / STATE_FOLDER / TARGET).mkdir(parents=True, exist_ok=True)
    outputs = recorded_outputs(store, cloud_id)
    for _ in range(2):  # the second time everything that is read is there
        for plan in plans:
            reads = reads_digest(stack_references(plan), outputs)
            store.save(checkpoint(plan, Stamp(TARGET, cloud_id, plan_digest(plan), True, reads)))


def best(*arguments: str) -> tuple[float, str]:
    """Seconds of the fastest of several runs, and what the last one said."""
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *arguments], check=True, capture_output=True, text=True
        )
        times.append(time.perf_counter() - begun)
    return min(times), done.stdout.splitlines()[-1]


def main() -> None:
    """Print seconds of both, and what is between them."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "estate"
        shutil.copytree(ROOT / "stacks" / "estate", folder, ignore=shutil.ignore_patterns(STATE_FOLDER))
        policies = ("--policies", str(ROOT / "policies"))
        with serving(folder / STATE_FOLDER) as cloud:
            record(folder, cloud.cloud_id)
            checked, _ = best("check", str(folder), *policies)
            unchanged, said = best("up", "--all", "--yes", "--estate", str(folder), *policies)
    print(f"egov-infra check      {checked:6.2f} s")
    print(f"egov-infra up --all   {unchanged:6.2f} s  {unchanged - checked:+.2f} s: {said}")


if __name__ == "__main__":
    main()
