"""`egov-infra schema`: JSON Schema of manifests, for editors."""

from __future__ import annotations

import pathlib

import click


@click.command()
@click.argument("name", required=False, type=click.Choice(["institution", "estate"]))
@click.option("--write", type=click.Path(path_type=pathlib.Path), help="Folder to write all schemas to.")
def command(name: str | None, write: pathlib.Path | None) -> int:
    """Print the JSON Schema of NAME, or write all of them to a folder.

    Editors that know `yaml-language-server` complete and check manifests by it as they are written.
    """
    from egov_infra.manifest.schema import MODELS, json_schema
    from egov_infra.source.atomic_file import write_atomically

    if (name is None) == (write is None):
        raise click.UsageError("name a schema, or say --write FOLDER")
    if name is not None:
        click.echo(json_schema(name), nl=False)
    if write is not None:
        for kind in MODELS:
            path = write / f"{kind}.schema.json"
            write_atomically(path, json_schema(kind).encode())
            click.echo(str(path))
    return 0
