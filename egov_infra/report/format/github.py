"""Annotations of GitHub Actions: workflow commands on stdout, each at the line of a manifest.

https://docs.github.com/actions/reference/workflows-and-actions/workflow-commands - of each type a step shows ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from egov_infra.report.formats import Format
from egov_infra.report.judgement_text import GATE
from egov_infra.report.outcome import BLOCKING, Obstacle, Outcome, Tree, Unread
from egov_infra.source.diagnostic import Place
from egov_infra.source.visible import visible

SHOWN = 10
"""Annotations of a type that GitHub shows of a step."""


def _render(outcome: Outcome) -> Iterator[str]:
    tree = outcome.tree
    errors = _errors(outcome.obstacles(), tree)
    others: dict[str, list[str]] = {"warning": [], "notice": []}
    for effect, finding in ((item.effect, item.finding) for item in outcome.items()):
        title = f"{effect} {finding.severity} {finding.rule}"
        message = f"{visible(finding.message)}\nfix: {visible(finding.fix)}"
        if effect in BLOCKING:
            errors.append(_command("error", tree, finding.place, title, message))
        elif effect in ("warns", "lifted", "existing"):
            kind = "notice" if effect == "existing" else "warning"
            others[kind].append(_command(kind, tree, finding.place, title, message))
    yield from _shown(errors, *others.values())
    against = f" against {visible(str(outcome.base))}" if outcome.base else ""
    yield (
        f"egov-infra{against}: {len(errors)} errors, {len(others['warning'])} warnings, "
        f"{len(others['notice'])} notices; the gate is {GATE[outcome.exit_code]}\n"
    )


def _render_unread(unread: Unread) -> Iterator[str]:
    yield from _shown(_errors(unread.obstacles(), unread.tree))
    yield f"egov-infra: {len(unread.diagnostics)} errors; nothing was judged\n"


def _errors(obstacles: Iterable[Obstacle], tree: Tree) -> list[str]:
    return [_command("error", tree, item.place, item.code, visible(item.message)) for item in obstacles]


def _shown(*kinds: Sequence[str]) -> Iterator[str]:
    """The first of each type, and in words how many GitHub would not show."""
    for commands in kinds:
        yield from commands[:SHOWN]
    more = sum(max(0, len(commands) - SHOWN) for commands in kinds)
    if more:
        yield f"{more} more are no annotations, since GitHub shows {SHOWN} of a type: see the job summary\n"


def _command(kind: str, tree: Tree, place: Place, title: str, message: str) -> str:
    """One workflow command. `kind` is error, warning or notice."""
    properties: list[tuple[str, object]] = []
    file = tree.relative(place.file)
    if file is not None:
        properties.append(("file", file))
        if place.line:
            properties += [("line", place.line), ("col", place.column)]
    properties.append(("title", f"egov-infra: {title}"))
    return f"::{kind} {_joined(properties)}::{_escape(message)}\n"


def _joined(properties: Iterable[tuple[str, object]]) -> str:
    return ",".join(
        f"{name}={_escape(str(value)).replace(':', '%3A').replace(',', '%2C')}" for name, value in properties
    )


def _escape(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


FORMAT = Format(_render, _render_unread)
