from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.model.institution import Institution
from egov_infra.policy.example import Baseline, merge
from egov_infra.policy.load import load_rule
from egov_infra.source.document import parse_document

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", *(ROOT / "docs" / "guides").glob("*.md")])
NEEDS_CLI = "# needs the Pulumi CLI"
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A fenced block of a page."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


def _blocks(page: Path) -> list[Block]:
    text = page.read_text(encoding="utf-8")
    return [
        Block(page, text.count("\n", 0, found.start()) + 1, found[1], found[2])
        for found in _FENCE.finditer(text)
    ]


BLOCKS = [block for page in PAGES for block in _blocks(page)]
SHELL = {page: [block for block in _blocks(page) if block.language == "sh"] for page in PAGES}


def test_every_block_is_of_a_language_that_is_run() -> None:
    """None is passed over in silence."""
    assert {block.language for block in BLOCKS} <= {"sh", "yaml", "python"}


@pytest.mark.parametrize("block", [item for item in BLOCKS if item.language == "yaml"], ids=str)
def test_yaml_block_is_valid(
    block: Block, erb: LoadedInstitution, baseline: Baseline, tmp_path: Path
) -> None:
    """A part of a manifest validates within ERB's; a rule, or a part of one, compiles and says what its examples say."""
    data = parse_document(block.text.encode(), str(block)).data
    assert isinstance(data, dict)
    if "must" not in data:
        whole = merge(erb.institution.model_dump(by_alias=True), {})
        assert Institution.model_validate({**whole, **data})
        return
    text = block.text
    if "id" not in data:
        shown = (ROOT / "policies" / "mail" / "dmarc-not-enforced.yaml").read_text(encoding="utf-8")
        assert re.sub(r"\s+", " ", text).strip() in re.sub(r"\s+", " ", shown)
        return
    domain, _, name = str(data["id"]).partition("-")
    path = tmp_path / f"{name}.yaml"
    path.write_text(text, encoding="utf-8")
    rule = load_rule(path, domain)
    outcomes = list(baseline.outcomes(rule))
    assert [(outcome.expected, outcome.verdict) for outcome in outcomes if not outcome.holds] == []
    assert outcomes


@pytest.mark.parametrize(
    "page", [page for page in PAGES if any(b.language == "python" for b in _blocks(page))], ids=str
)
def test_python_blocks_of_a_page_run_one_after_another(page: Path, root: Path) -> None:
    """As a reader would type them, from the checkout."""
    program = "\n".join(block.text for block in _blocks(page) if block.language == "python")
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=False, cwd=root
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("page", [page for page in PAGES if SHELL[page]], ids=lambda page: page.name)
def test_shell_blocks_of_a_page_run_one_after_another(page: Path, project: Path, root: Path) -> None:
    """Our own commands run on a small estate; what sets up or needs the CLI is what the Makefile does, or is marked."""
    makefile = (root / "Makefile").read_text(encoding="utf-8")
    script = ["set -e", "trap 'egov-infra cloud stop >/dev/null' EXIT"]
    for block in SHELL[page]:
        if block.text.startswith(NEEDS_CLI):
            continue
        for line in block.text.splitlines():
            command = line.partition("  #")[0].strip()
            if command.startswith("make "):
                assert f"\n{command.split()[1]}:" in makefile
            elif command.startswith((".venv/bin/", "python3 -m venv")):
                assert _known(command, makefile)
            else:
                script.append(command)
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        capture_output=True,
        text=True,
        check=False,
        cwd=project,
        env={"PATH": f"{project / 'bin'}:/usr/bin:/bin", "HOME": str(project), "PYTHONPATH": str(root)},
    )
    assert done.returncode == 0, done.stdout + done.stderr


def _known(command: str, makefile: str) -> bool:
    """Whether a plain command is what a recipe does."""
    words = command.replace(".venv/bin/", "").replace("python3 ", "").replace("python ", "")
    words = words.removeprefix("-m ").removeprefix("pip install").replace(".venv", "").strip()
    return words.split()[-1].strip(".") in makefile


@pytest.fixture(scope="module")
def baseline(source: object, context: object) -> Baseline:
    """ERB in the sample estate."""
    return Baseline(source, "erb", context)  # type: ignore[arg-type]
