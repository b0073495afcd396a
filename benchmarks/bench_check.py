"""How long `check` takes on the sample estate, beside what it cannot avoid: the interpreter, and reading the YAML.

Whole processes, best of several runs, page cache warm.
"""

from __future__ import annotations

import pathlib
import subprocess
import sys
import time

ROOT = pathlib.Path(__file__).resolve().parents[1]
ESTATE = ROOT / "stacks" / "estate"
RUNS = 5

READ = """
import pathlib, sys, yaml
for path in sorted(pathlib.Path(sys.argv[1], "institutions").iterdir()):
    yaml.load(path.read_bytes(), Loader=yaml.CSafeLoader)
"""
CHECK = "from egov_infra.cli.main import main; main()"


def best(*arguments: str) -> float:
    """Seconds of the fastest of several runs of this interpreter."""
    times = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
        times.append(time.perf_counter() - begun)
    return min(times)


def main() -> None:
    """Print seconds, and the ratio to a plain load of the same files."""
    start = best("-c", "pass")
    plain = best("-c", READ, str(ESTATE))
    checked = best("-c", CHECK, "check", str(ESTATE))
    helped = best("-c", CHECK, "--help")
    print(f"interpreter alone        {start:6.3f} s")
    print(f"egov-infra --help        {helped:6.3f} s  {helped / start:5.1f} x the interpreter")
    print(f"plain load of the YAML   {plain:6.3f} s")
    print(f"egov-infra check         {checked:6.3f} s  {checked / plain:5.1f} x the plain load")


if __name__ == "__main__":
    main()
