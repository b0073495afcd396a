"""How `check` grows: ten times the institutions of the sample estate, beside the sample estate itself.

Whole processes, best of several runs, page cache warm. Memory is that of the largest process of a run.
"""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys
import tempfile
import time

from grown_estate import grow

ROOT = pathlib.Path(__file__).resolve().parents[1]
ESTATE = ROOT / "stacks" / "estate"
TIMES, RUNS = 10, 3
COMMAND = "from egov_infra.cli.main import main; main()"


def run(*arguments: str) -> tuple[float, float]:
    """Seconds and MiB of one command, which must succeed."""
    begun = time.perf_counter()
    process = subprocess.Popen([sys.executable, "-c", COMMAND, *arguments], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, arguments
    return time.perf_counter() - begun, usage.ru_maxrss / 1024


def best(estate: pathlib.Path) -> tuple[float, float]:
    """Seconds of the fastest of several checks, and the most memory of any."""
    policies = str(ROOT / "policies")
    seconds, memory = zip(
        *(run("check", str(estate), "--policies", policies) for _ in range(RUNS)), strict=True
    )
    return min(seconds), max(memory)


def main() -> None:
    """Print seconds and memory of both, and the ratio."""
    with tempfile.TemporaryDirectory() as name:
        grown = pathlib.Path(name) / "estate"
        grow(ESTATE, grown, TIMES)
        run("addresses", "assign", "--estate", str(grown))
        one, little = best(ESTATE)
        many, much = best(grown)
    print(f"sample estate              {one:6.2f} s  {little:4.0f} MiB a process")
    print(f"{TIMES} times the institutions   {many:6.2f} s  {much:4.0f} MiB a process  {many / one:5.1f} x")


if __name__ == "__main__":
    main()
