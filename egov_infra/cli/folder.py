"""A group of commands that are the modules of a folder: start-up is a budget, so each is imported when asked for.

A module is a command if its file name does not begin with an underscore; it has a click command named `command`. Its
file name is the command's name (a trailing underscore is dropped, so that `import_.py` is `import`). A folder in it is
a group in turn: its package has a `command` of this class.
"""

from __future__ import annotations

import importlib
import keyword
import pkgutil
from collections.abc import Collection
from typing import Any

import click


class Folder(click.Group):
    """The commands of a package, by scanning."""

    def __init__(self, *arguments: Any, package: str, others: Collection[str] = (), **options: Any) -> None:
        """`package` is its full name; `others` are modules of it that are no commands."""
        super().__init__(*arguments, **options)
        self._package = package
        self._others = frozenset(others)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names of the commands, sorted."""
        del ctx
        path = importlib.import_module(self._package).__path__
        modules = {module.name for module in pkgutil.iter_modules(path)} - self._others
        return sorted(name.rstrip("_") for name in modules if not name.startswith("_"))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of a name, or None."""
        if cmd_name not in self.list_commands(ctx):
            return None
        suffix = "_" if keyword.iskeyword(cmd_name) else ""
        command: click.Command = importlib.import_module(f"{self._package}.{cmd_name}{suffix}").command
        if command.help:  # a raw docstring holds two characters for the one that keeps lines as they are
            command.help = command.help.replace("\\b\n", "\b\n")
        return command
