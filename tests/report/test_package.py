from __future__ import annotations

from pathlib import Path

from hatchling.builders.wheel import WheelBuilder


def test_wheel_holds_templates_and_words(root: Path) -> None:
    """Whoever installs the package can write every report."""
    folder = root / "egov_infra" / "report"
    needed = {
        path.relative_to(root).as_posix()
        for path in (*folder.rglob("*"), folder / "words.yaml")
        if path.is_file() and path.suffix in (".html", ".css", ".js", ".svg", ".yaml")
    }
    packed = {file.distribution_path for file in WheelBuilder(str(root)).recurse_included_files()}
    assert len(needed) > 10
    assert needed - packed == set()
