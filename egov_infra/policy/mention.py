"""Where the files of a policies folder name a rule."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

from egov_infra.source.composer import Data
from egov_infra.source.diagnostic import Path, Place
from egov_infra.source.document import read_document


def mentions(folder: pathlib.Path, rule_id: str, own: pathlib.Path) -> Iterator[Place]:
    """Each key or text that is the id, in all files but the rule's own; comments do not count. Raises InputError."""
    for path in sorted(folder.rglob("*.yaml")):
        if path == own:
            continue
        document = read_document(path, str(path))
        for found, is_key in _named(document.data, rule_id, ()):
            yield document.place(found, key=is_key)


def _named(data: Data, name: str, path: Path) -> Iterator[tuple[Path, bool]]:
    if data == name:
        yield path, False
    elif isinstance(data, dict):
        for key, item in data.items():
            if key == name:
                yield (*path, key), True
            yield from _named(item, name, (*path, key))
    elif isinstance(data, tuple):
        for number, item in enumerate(data):
            yield from _named(item, name, (*path, number))
