from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from egov_infra.source.atomic_folder import write_folder
from egov_infra.source.diagnostic import InputError

MARK = ".ours"


def _files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def test_folder_holds_exactly_what_was_written_last(tmp_path: Path) -> None:
    """What was there before is gone, and nothing is left beside it."""
    folder = tmp_path / "site"
    assert write_folder(folder, [("a", b"1"), ("b/c", b"2")], MARK) == 2
    assert write_folder(folder, [("b/d", b"3")], MARK) == 1
    assert _files(folder) == {"b/d": b"3", MARK: b""}
    assert list(tmp_path.iterdir()) == [folder]


def test_old_folder_stays_when_writing_fails(tmp_path: Path) -> None:
    """A fault in the middle changes nothing."""
    folder = tmp_path / "site"
    write_folder(folder, [("a", b"1")], MARK)

    def failing() -> Iterator[tuple[str, bytes]]:
        yield "a", b"2"
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        write_folder(folder, failing(), MARK)
    assert _files(folder) == {"a": b"1", MARK: b""}
    assert list(tmp_path.iterdir()) == [folder]


@pytest.mark.parametrize("kind", ["file", "folder"])
def test_what_is_not_ours_is_left_alone(kind: str, tmp_path: Path) -> None:
    """A file, or a folder with other things, is refused."""
    target = tmp_path / "home"
    if kind == "file":
        target.touch()
    else:
        target.mkdir()
        (target / "letters").touch()
    with pytest.raises(InputError, match="folder-foreign holds other things"):
        write_folder(target, [("a", b"1")], MARK)
    assert not (target / "a").exists()


def test_empty_folder_and_link_are_written_through(tmp_path: Path) -> None:
    """A link goes on leading to the folder that it led to."""
    (tmp_path / "real").mkdir()
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    write_folder(link, [("a", b"1")], MARK)
    assert link.is_symlink()
    assert _files(tmp_path / "real") == {"a": b"1", MARK: b""}
