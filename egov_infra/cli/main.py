"""The `egov-infra` command: finds its sub-commands by scanning this folder.

A module of this folder is a command if it has a click command named `command`; its file name is the
command's name (a trailing underscore is dropped, so that `import_.py` is `egov-infra import`).
"""

from __future__ import annotations

import gc
import importlib
import os
import pkgutil
import sys

import click

import egov_infra
from egov_infra import cli
from egov_infra.cli.exit_code import ExitCode
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.source.diagnostic import InputError

_NO_COMMANDS = {"main", "exit_code", "options", "progress"}


class _Commands(click.Group):
    """Sub-commands are imported when asked for: start-up is a budget."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        modules = {module.name for module in pkgutil.iter_modules(cli.__path__)} - _NO_COMMANDS
        return sorted(name.rstrip("_") for name in modules if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        suffix = "_" if cmd_name == "import" else ""
        command: click.Command = importlib.import_module(f"egov_infra.cli.{cmd_name}{suffix}").command
        if command.help:  # a raw docstring holds two characters for the one that keeps lines as they are
            command.help = command.help.replace("\\b\n", "\b\n")
        return command


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(egov_infra.__version__, prog_name="egov-infra")
def root() -> None:
    """Infrastructure of a whole government as code, judged before it is applied."""


def main() -> None:
    """Run the command line and exit with an `ExitCode`."""
    # no package that happens to be installed takes part in reading manifests; looking for one takes time, too
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        code = root.main(standalone_mode=False)
    except InputError as error:
        for diagnostic in error.diagnostics:
            click.echo(str(diagnostic), err=True)
        sys.exit(ExitCode.UNREADABLE)
    except (RefusedError, FailedError) as error:
        click.echo(f"{'refused' if isinstance(error, RefusedError) else 'failed'}\n{error}", err=True)
        sys.exit(ExitCode.of(error))
    except click.ClickException as error:
        error.show()
        sys.exit(ExitCode.UNREADABLE)
    except (click.Abort, KeyboardInterrupt):
        click.echo("interrupted", err=True)
        sys.exit(ExitCode.INTERRUPTED)
    except Exception as error:
        if "EGOV_INFRA_TRACEBACK" in os.environ:
            raise
        click.echo(f"bug: {type(error).__name__}: {error}", err=True)
        click.echo("This is a fault of egov-infra; EGOV_INFRA_TRACEBACK=1 shows where.", err=True)
        sys.exit(ExitCode.BUG)
    gc.freeze()  # a process that ends need not look for cycles in all that it held
    sys.exit(code if isinstance(code, int) else ExitCode.CLEAN)
