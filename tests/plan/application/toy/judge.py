"""Run apart, with a copy of the package to which two files were added: judges ERB with a notice board.

    python judge.py ESTATE

Prints the findings, and the names of what is planned, as JSON.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from egov_infra.manifest.load import adopt, open_estate
from egov_infra.model.institution import Institution
from egov_infra.plan.addresses import read_addresses
from egov_infra.plan.context import PlanContext
from egov_infra.policy.judge import Judge
from egov_infra.policy.policies import load_policies


def main(folder: Path) -> None:
    """Judge, and say what came out."""
    source = open_estate(folder)
    today = source.estate.today()
    assert today is not None
    context = PlanContext(source.estate, today, read_addresses(folder))
    data = source.read("erb").institution.model_dump(by_alias=True)
    register = data["services"]["applications"][0]
    shared = {name: register[name] for name in ("environment", "image")}
    board = {**shared, "name": "board", "blueprint": "notice-board", "columns": 4}
    data["services"]["applications"] = (register, board)
    institution = Institution.model_validate(data)
    judge = Judge(source, load_policies(source), context)
    judge.platform()
    stacks = judge.institution(adopt(institution, source.estate, source.slugs))
    planned = {stack.name: [item.name for item in stack.resources] for stack in stacks}
    findings = [finding.message for finding in judge.finish(is_whole=False).findings]
    sys.stdout.write(json.dumps({"findings": findings, "planned": planned}))


main(Path(sys.argv[1]))
