from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.cli.repository import Repository


@pytest.fixture
def repository(own_estate: Path, root: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    """One commit, without any finding. The rules that a small estate leaves idle do not block."""
    shutil.copytree(root / "policies", own_estate.parent / "policies")
    profile = own_estate.parent / "policies" / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().replace("idle: block", "idle: count"))
    for name in ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"):
        monkeypatch.delenv(name, raising=False)
    return Repository(own_estate.parent)
