"""How long commands take to start, beside the bare interpreter, and beside one that imports their libraries alone.

`check` judges ERB and its ministry by all rules, so that little but the start is left. Whole processes, fastest of several,
page cache warm; processor time, which other work on the machine disturbs less than the clock.
"""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

from egov_infra.plan.addresses import LOCK_FILE, Lock, read_lock, write_lock

ROOT = pathlib.Path(__file__).resolve().parents[1]
ESTATE = ROOT / "stacks" / "estate"
SLUGS, RUNS = ("erb", "mwtc"), 7
COMMAND = "from egov_infra.cli.main import main; main()"


def shrink(folder: pathlib.Path) -> None:
    """Write the sample estate with few institutions to a folder."""
    (folder / "institutions").mkdir(parents=True)
    shutil.copy(ESTATE / "estate.yaml", folder)
    for slug in SLUGS:
        shutil.copy(ESTATE / "institutions" / f"{slug}.yaml", folder / "institutions")
    ranges = read_lock(ESTATE).ranges
    owners = {*SLUGS, "platform"}
    kept = {key: given for key, given in ranges.items() if key.partition("/")[0] in owners}
    (folder / LOCK_FILE).write_bytes(write_lock(Lock(kept)))


def best(code: str, *arguments: str) -> float:
    """Seconds of processor time of the fastest of several runs of this interpreter."""
    times = []
    for _ in range(RUNS):
        process = subprocess.Popen([sys.executable, "-c", code, *arguments], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode in (0, 1), arguments  # 1: rules that meet nothing in so small an estate
        times.append(usage.ru_utime + usage.ru_stime)
    return min(times)


def main() -> None:
    """Print seconds, and the ratios."""
    with tempfile.TemporaryDirectory() as name:
        estate = pathlib.Path(name) / "estate"
        shrink(estate)
        here = ("--policies", str(ROOT / "policies"))
        bare = best("pass")
        measured = {
            "libraries alone": best("import click, pydantic, yaml; pydantic.BaseModel"),
            "egov-infra --version": best(COMMAND, "--version"),
            "egov-infra policy list": best(COMMAND, "policy", "list", "--estate", str(estate), *here),
            "egov-infra check": best(COMMAND, "check", str(estate), *here),
        }
    print(f"{'interpreter alone':24} {bare:6.3f} s")
    for what, seconds in measured.items():
        print(f"{what:24} {seconds:6.3f} s  {seconds / bare:5.1f} x the interpreter")


if __name__ == "__main__":
    main()
