"""What every test shares: no network but loopback, and the sample estate."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def root() -> Path:
    """The checkout."""
    return ROOT


@pytest.fixture(scope="session")
def estate_folder(root: Path) -> Path:
    """The sample estate, read only."""
    return root / "stacks" / "estate"
