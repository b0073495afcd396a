from __future__ import annotations

import os
from pathlib import Path

import pytest

from egov_infra.source.atomic_file import write_atomically


def test_replaces_a_file_whole(tmp_path: Path) -> None:
    """The new content is there, and nothing else is left in the folder."""
    target = tmp_path / "folder" / "state.json"
    write_atomically(target, b"old")
    write_atomically(target, b"new")
    assert target.read_bytes() == b"new"
    assert list(target.parent.iterdir()) == [target]


def test_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk is full the old content stays and no half-written file remains."""
    target = tmp_path / "state.json"
    write_atomically(target, b"old")

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomically(target, b"new")
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]
