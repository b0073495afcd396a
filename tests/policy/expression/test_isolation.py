"""What an expression can reach: its data, the day it is given, and nothing else."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import pytest

from egov_infra.policy.expression.check import check
from egov_infra.policy.expression.compile import Compiler
from egov_infra.policy.expression.parser import parse
from egov_infra.policy.expression.tree import ExpressionError
from egov_infra.policy.expression.types import DYN, MapType
from egov_infra.policy.expression.unknown import EvaluationError


def test_judging_opens_nothing_and_asks_nobody(root: Path) -> None:
    """Python tells of every file, socket, process and import: while all rules run on a planned institution, of none."""
    script = """\
        import datetime, pathlib, sys
        from egov_infra.manifest.load import open_estate
        from egov_infra.plan.addresses import read_addresses
        from egov_infra.plan.context import PlanContext
        from egov_infra.plan.stacks import plan_institution
        from egov_infra.policy.judge import Judge
        from egov_infra.policy.policies import load_policies
        from egov_infra.policy.subject import Planned

        source = open_estate(pathlib.Path("stacks/estate"))
        context = PlanContext(source.estate, datetime.date(2020, 6, 30), read_addresses(source.folder))
        judge = Judge(source, load_policies(source), context)
        loaded = source.read("erb")
        stacks = plan_institution(loaded.institution, context)
        judge.planned(Planned(loaded, stacks, context))  # what is made on first use is made now
        events, watching = [], [True]
        sys.addaudithook(lambda event, args: events.append(event) if watching[0] else None)
        judge.planned(Planned(loaded, stacks, context))
        watching[0] = False
        asked = ("open", "import", "exec", "compile", "socket", "subprocess", "os", "shutil", "ctypes", "urllib")
        print([event for event in events if event.partition(".")[0] in asked])
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], cwd=root, capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize(
    "text",
    [
        "m.__class__ == 'x'",
        "m.a.__init__ == 'x'",
        "m._secret == 'x'",
        "has(m.a.__dict__)",
        "m['__class__'] == 'x'",
    ],
)
def test_what_python_keeps_for_itself_is_no_field(text: str) -> None:
    """Not of a subject, and not of what a subject holds: an error, or absent, never Python's own."""
    value = SimpleNamespace()
    value._secret = "x"
    try:
        node = parse(text)
        check(node, {"m": MapType(DYN)})
        found = Compiler({"m": 0}, 1).compile(node)([{"a": value}, None])
    except (ExpressionError, EvaluationError):
        return
    assert found is False


@pytest.mark.parametrize(
    "name", ["open", "eval", "exec", "__import__", "getattr", "now", "today", "env", "print"]
)
def test_functions_are_those_that_are_documented(name: str) -> None:
    """Nothing of Python's is callable, and no clock."""
    with pytest.raises(ExpressionError, match=f"no function '{name}'"):
        check(parse(f"{name}('x') == 'y'"), {"m": MapType(DYN)})
