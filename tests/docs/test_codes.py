from __future__ import annotations

import re
from pathlib import Path

import pytest


@pytest.mark.parametrize(
    ("page", "prefix", "modules"),
    [
        ("waivers", "waiver", ("waiver_fault.py", "waiving.py")),
        ("bundle", "bundle", ("bundle.py", "signature.py")),
    ],
)
def test_every_code_stands_on_its_page(root: Path, page: str, prefix: str, modules: tuple[str, ...]) -> None:
    """What the gate says can be looked up, and the page promises nothing else."""
    written = "".join((root / "egov_infra" / "policy" / name).read_text(encoding="utf-8") for name in modules)
    codes = set(re.findall(rf'"({prefix}-[a-z-]+)"', written))
    text = (root / "docs" / "concepts" / f"{page}.md").read_text(encoding="utf-8")
    rows = [line for line in text.splitlines() if line.startswith(f"| `{prefix}-")]
    assert {code for row in rows for code in re.findall(rf"`({prefix}-[a-z-]+)`", row.split("|")[1])} == codes
