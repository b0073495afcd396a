"""The `egov-infra` command: its sub-commands are the modules of this folder."""

from __future__ import annotations

import gc
import os
import sys

import click

import egov_infra
from egov_infra import cli
from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.folder import Folder
from egov_infra.engine.error import FailedError, RefusedError
from egov_infra.source.diagnostic import InputError


@click.group(
    cls=Folder,
    package=cli.__name__,
    others=("main", "exit_code", "folder", "options", "progress"),
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(egov_infra.__version__, prog_name="egov-infra")
def root() -> None:
    """Infrastructure of a whole government as code, judged before it is applied."""


def main() -> None:
    """Run the command line and exit with an `ExitCode`."""
    gc.disable()  # a command is short, and what it holds has no cycles; what lives long turns it on again
    # no package that happens to be installed takes part in reading manifests; looking for one takes time, too
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    try:
        code = root.main(standalone_mode=False)
    except InputError as error:
        for diagnostic in error.diagnostics:
            click.echo(diagnostic.shown(), err=True)
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
