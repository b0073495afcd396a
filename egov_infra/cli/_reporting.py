"""`--format` and `--report`: where a check says what it came to, and in which formats."""

from __future__ import annotations

import pathlib
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.report.formats import Format, format_names, format_of
from egov_infra.source.atomic_file import write_atomically
from egov_infra.source.checkout import checkout_of
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest

if TYPE_CHECKING:
    from egov_infra.policy.base import Base
    from egov_infra.policy.comparison import Comparison
    from egov_infra.policy.gate import Decision
    from egov_infra.policy.judge import Judgement
    from egov_infra.report.outcome import Tree

F = TypeVar("F", bound=Callable[..., Any])

STDOUT = "-"


def reporting_options(command: F) -> F:
    """`--format` and `--report`, as parameters `style` and `reports`."""
    names = ", ".join(format_names())
    command = click.option(
        "--report",
        "reports",
        multiple=True,
        metavar="FORMAT=FILE",
        help=f"Write a report besides, any number of times; - is stdout, in place of text. Formats: {names}.",
    )(command)
    return click.option(
        "--format",
        "style",
        type=click.Choice(format_names()),
        help="Output on stdout.  [default: text]",
    )(command)


@frozen
class Reporting:
    """Reports that were asked for: formats and files, of which None is stdout."""

    reports: tuple[tuple[str, Format, pathlib.Path | None], ...]

    @classmethod
    def of(cls, style: str | None, reports: Sequence[str]) -> Reporting:
        """What the options say. Raises InputError for an unknown format, and where two would write to one place."""
        found: list[tuple[str, Format, pathlib.Path | None]] = []
        taken: set[pathlib.Path | None] = set()
        if style is not None:
            found.append((style, format_of(style), None))
            taken.add(None)
        for text in reports:
            name, sign, file = text.partition("=")
            if not sign or not file or name not in format_names():
                known = ", ".join(format_names())
                raise _fault(
                    f"--report {text!r} is no FORMAT=FILE with FORMAT of {known}",
                    closest(name, format_names()),
                )
            path = None if file == STDOUT else pathlib.Path(file)
            if path in taken:
                raise _fault(f"two reports would go to {file if path else 'stdout'}")
            taken.add(path)
            found.append((name, format_of(name), path))
        if None not in taken:
            found.insert(0, ("text", format_of("text"), None))
        return cls(tuple(found))

    @property
    def wants_evaluations(self) -> bool:
        """Whether a report tells of subjects that have no finding."""
        return any(item.wants_evaluations for _, item, _ in self.reports)

    @property
    def wants_plans(self) -> bool:
        """Whether a report tells what a change plans otherwise."""
        return any(item.wants_plans for _, item, _ in self.reports)

    def deliver(
        self,
        where: pathlib.Path,
        judgement: Judgement,
        decision: Decision,
        base: Base | None = None,
        comparison: Comparison | None = None,
    ) -> int:
        """Write every report of a check that began at a path, and give its exit code. Raises InputError."""
        from egov_infra.report.outcome import Outcome

        tree = _tree(where, base.name if base else None)
        outcome = Outcome(judgement, decision, tree, base, comparison)
        for _, item, path in self.reports:
            _write(item.render(outcome), path)
        return outcome.exit_code

    @contextmanager
    def faults(self, where: pathlib.Path) -> Iterator[None]:
        """What stops a check before it has anything to show stands in every report, too; text has it on stderr."""
        try:
            yield
        except (InputError, RefusedError, FailedError) as fault:
            from egov_infra.report.document import diagnostics_of
            from egov_infra.report.outcome import Unread

            if isinstance(fault, InputError):
                diagnostics = fault.diagnostics
            else:
                word = "refused" if isinstance(fault, RefusedError) else "failed"
                diagnostics = tuple(diagnostics_of(word, str(fault), str(where)))
            unread = Unread(fault, diagnostics, ExitCode.of(fault), str(where), _tree(where))
            for name, item, path in self.reports:
                if (name, path) != ("text", None):
                    _write(item.render_unread(unread), path)
            raise


def _fault(message: str, suggestion: str | None = None) -> InputError:
    return InputError([Diagnostic(Place("<arguments>"), "report", message, suggestion)])


def _tree(where: pathlib.Path, revision: str | None = None) -> Tree:
    """The checkout around a path: the nearest folder with `.git`, else the current one."""
    from egov_infra.report.outcome import Tree

    return Tree(checkout_of(where.absolute()) or pathlib.Path.cwd(), revision)


def _write(pieces: Iterable[str], path: pathlib.Path | None) -> None:
    """Write a report whole or not at all; to a device or pipe as it comes. Raises InputError where that fails."""
    if path is None:
        sys.stdout.writelines(pieces)
        return
    encoded = (piece.encode(errors="replace") for piece in pieces)
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as stream:
                stream.writelines(encoded)
        else:
            write_atomically(path.resolve(), encoded, 0o644)  # a CI system may read it as another user
    except OSError as error:
        message = f"the report cannot be written: {error.strerror}"
        raise InputError([Diagnostic(Place(str(path)), "report", message)]) from None
