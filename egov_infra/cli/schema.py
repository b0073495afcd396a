"""`egov-infra schema`: JSON Schema of manifests, for editors, and of what is read back."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pydantic import BaseModel


@click.command()
@click.argument("name", required=False, type=click.Choice(["institution", "estate", "evidence"]))
@click.option("--write", type=click.Path(path_type=pathlib.Path), help="Folder to write all schemas to.")
def command(name: str | None, write: pathlib.Path | None) -> int:
    """Print the JSON Schema of NAME, or write all of them to a folder.

    Editors that know `yaml-language-server` complete and check manifests by it as they are written.
    """
    from egov_infra.manifest.schema import MODELS, schema_of
    from egov_infra.report.evidence_record import Evidence
    from egov_infra.source.atomic_file import write_atomically

    models: dict[str, type[BaseModel]] = {**MODELS, "evidence": Evidence}
    if (name is None) == (write is None):
        raise click.UsageError("name a schema, or say --write FOLDER")
    if name is not None:
        click.echo(schema_of(models[name]), nl=False)
    if write is not None:
        for kind, model in models.items():
            path = write / f"{kind}.schema.json"
            write_atomically(path, schema_of(model).encode())
            click.echo(str(path))
    return 0
