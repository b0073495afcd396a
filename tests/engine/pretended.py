"""A `pulumi` on PATH that answers what a test tells it, and writes down what it was asked: no engine behind it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_SCRIPT = """#!/bin/sh
here={folder}
[ "$1" = --non-interactive ] && shift
case $1 in stack|state) verb=$1-$2;; *) verb=$1;; esac
echo "$@" >> $here/calls
env | grep EGOV_INFRA_ >> $here/environment
[ -f $here/$verb.refusal ] && cp $here/$verb.refusal "$EGOV_INFRA_REFUSAL"
previous=
for word; do
    [ "$previous" = --event-log ] && [ -f $here/$verb.events ] && cp $here/$verb.events "$word"
    previous=$word
done
[ -f $here/$verb.out ] && cat $here/$verb.out
[ -f $here/$verb.error ] && cat $here/$verb.error >&2 && exit 255
exit 0
"""
_HISTORY = {
    "kind": "update",
    "startTime": "2026-11-28T01:00:00.000Z",
    "message": "",
    "environment": {},
    "config": {},
    "result": "succeeded",
}


@dataclass(frozen=True)
class PretendedCli:
    """Answers by verb, such as `stack-export`."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> PretendedCli:
        """A CLI of a version that writes its events to a file, with a backend that holds no stack."""
        script = folder / "pulumi"
        script.write_text(_SCRIPT.format(folder=folder))
        script.chmod(0o755)
        found = cls(folder)
        found.answers("version", "v3.200.0")
        found.answers("stack-ls", "[]")
        found.answers("stack-export", json.dumps({"version": 3, "deployment": {}}))
        found.answers("stack-history", json.dumps([_HISTORY]))
        for verb in ("up", "destroy"):
            (folder / f"{verb}.events").write_text('{"cancelEvent": {}}\n')
        return found

    def answers(self, verb: str, text: str) -> None:
        """What it writes to stdout."""
        (self.folder / f"{verb}.out").write_text(text)

    def fails(self, verb: str, text: str) -> None:
        """What it writes to stderr, and that it fails."""
        (self.folder / f"{verb}.error").write_text(text)

    def refuses(self, verb: str, text: str) -> None:
        """What the program refuses."""
        (self.folder / f"{verb}.refusal").write_text(text)

    def holds(self, stack: str, *resources: dict[str, Any]) -> None:
        """The one stack of the backend, with its state."""
        self.answers("stack-ls", json.dumps([{"name": stack, "current": False}]))
        self.answers("stack-export", json.dumps({"version": 3, "deployment": {"resources": resources}}))

    def says(self, verb: str, events: Path) -> None:
        """The events of an operation."""
        shutil.copy(events, self.folder / f"{verb}.events")

    def calls(self) -> Iterator[str]:
        """What it was asked, without looking."""
        asked = self.folder / "calls"
        for line in asked.read_text().splitlines() if asked.is_file() else ():
            if not line.startswith(("version", "stack ls", "stack export", "stack history")):
                yield line.partition(" --event-log")[0]

    @property
    def environment(self) -> dict[str, str]:
        """What its program is told by ours."""
        lines = (self.folder / "environment").read_text().splitlines()
        return dict(line.split("=", 1) for line in lines)

    def path(self) -> str:
        """PATH on which it is the only CLI."""
        return os.pathsep.join((str(self.folder), "/usr/bin", "/bin"))
