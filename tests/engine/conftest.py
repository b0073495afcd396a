"""What the tests of the engine share: an empty cloud, an empty state folder, and a small stack."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from egov_infra.cloud.session import Cloud, in_process
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.rehearsal import TARGET


@pytest.fixture
def cloud() -> Iterator[Cloud]:
    """An empty cloud inside this process."""
    with in_process() as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """An empty state folder."""
    return Store(tmp_path, TARGET)
