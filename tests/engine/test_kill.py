from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from egov_infra.cloud.rehearsal import start, stop
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.preview import Action
from egov_infra.engine.rehearsal import TARGET, apply_stack
from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.resource import StackPlan

ZONES = 12
ACCOUNT, REGION = "110000000002", "af-south-1"

_VICTIM = """
import importlib.util, pathlib, sys
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.rehearsal import TARGET, apply_stack
spec = importlib.util.spec_from_file_location("victim", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
store = Store(pathlib.Path(sys.argv[2]), TARGET)
apply_stack(module.zones(), store, Cloud(sys.argv[3]), lambda _stack: {}, lambda *step: print(*step, flush=True))
"""


def zones() -> StackPlan:
    """Zones whose names the cloud would gladly give twice: doubling would show."""
    stack = StackBuilder("erb.domain", "erb", ACCOUNT, REGION)
    for number in range(ZONES):
        stack.at()("route53.Zone", f"z{number}", name=f"z{number}.go.tz", comment="c", tags={"owner": "erb"})
    return stack.build()


def test_killed_process_loses_and_doubles_nothing(tmp_path: Path) -> None:
    """A run is killed with SIGKILL in the middle, twice: the state is whole, and the next run makes only what is missing."""
    server = start(tmp_path)
    try:
        for after in (2, 3):
            victim = subprocess.Popen(
                [sys.executable, "-c", _VICTIM, __file__, str(tmp_path), server.endpoint],
                stdout=subprocess.PIPE,
                env={key: value for key, value in os.environ.items() if not key.startswith("COV")},
            )
            assert victim.stdout is not None
            made = 0
            while made < after and (line := victim.stdout.readline()):
                made += line.startswith(b"create")
            victim.send_signal(signal.SIGKILL)
            assert victim.wait() == -signal.SIGKILL
            victim.stdout.close()
        time.sleep(0.1)  # the server may still be answering the last request
        cloud, store = Cloud(server.endpoint), Store(tmp_path, TARGET)
        before = store.load("erb.domain").by_name()
        assert len(before) >= 5
        applied = apply_stack(zones(), store, cloud, lambda _stack: {}, lambda *_: None)
        assert applied.errors == ()
        assert applied.counts[Action.SAME] == len(before)
        live = cloud.client("route53", ACCOUNT, REGION).list_hosted_zones()["HostedZones"]
        assert sorted(zone["Name"] for zone in live) == sorted(f"z{number}.go.tz." for number in range(ZONES))
        recorded = store.load("erb.domain").by_name()
        assert sorted(entry.id for entry in recorded.values()) == sorted(zone["Id"][12:] for zone in live)
    finally:
        stop(tmp_path)
