"""How long `policy prove` takes for all bundled rules, beside `policy test`, which runs their examples once.

Whole processes on the sample estate, fastest of several. The goal is 60 s on two processors.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
RUNS = 3
COMMAND = "from egov_infra.cli.main import main; main()"


def best(name: str) -> tuple[float, str]:
    """Seconds of the fastest of several runs of a command, and the last line of what it said."""
    estate, policies = str(ROOT / "stacks" / "estate"), str(ROOT / "policies")
    words = ("policy", name, "--estate", estate, "--policies", policies)
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "-c", COMMAND, *words], check=True, capture_output=True, text=True
        )
        times.append(time.perf_counter() - begun)
    return min(times), done.stdout.splitlines()[-1]


def main() -> None:
    """Print seconds of both, and the ratio."""
    tested, examples = best("test")
    proven, score = best("prove")
    print(f"egov-infra policy test    {tested:6.2f} s  {examples}")
    print(f"egov-infra policy prove   {proven:6.2f} s  {proven / tested:5.1f} x: {score}")


if __name__ == "__main__":
    main()
