"""Address ranges of environments, read from the lock file of the estate."""

from __future__ import annotations

import json
import pathlib
from collections.abc import Mapping

LOCK_FILE = "addresses.lock.json"


def read_addresses(estate: pathlib.Path) -> Mapping[str, str]:
    """`<slug>/<environment>` to its range; empty without a lock."""
    path = estate / LOCK_FILE
    if not path.is_file():
        return {}
    ranges: Mapping[str, str] = json.loads(path.read_bytes())["ranges"]
    return ranges
