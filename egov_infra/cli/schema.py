"""`egov-infra schema`: JSON Schema of manifests and policies, for editors, and of what is read back."""

from __future__ import annotations

import pathlib
from collections.abc import Callable

import click

from egov_infra.cli.options import policies_option

NAMES = ("institution", "estate", "rule", "profile", "framework", "evidence", "plan")


@click.command()
@click.argument("name", required=False, type=click.Choice(NAMES), metavar="[NAME]")
@policies_option
@click.option("--write", type=click.Path(path_type=pathlib.Path), help="Folder to write all schemas to.")
def command(name: str | None, policies: pathlib.Path | None, write: pathlib.Path | None) -> int:
    """Print the JSON Schema of NAME, or write all of them to a folder.

    NAME is institution, estate, rule, profile, framework, evidence or plan.

    Editors that know `yaml-language-server` complete and check manifests and policies by it as they are written. That
    of a profile, when printed, names the rules of the policies, with what each parameter may be.
    """
    from egov_infra.manifest.schema import json_schema, schema_of
    from egov_infra.plan.plan_schema import plan_schema
    from egov_infra.policy.load import load_rules
    from egov_infra.policy.locate import find_policies
    from egov_infra.policy.schema import framework_schema, profile_schema, profile_schema_over, rule_schema
    from egov_infra.report.evidence_record import Evidence
    from egov_infra.source.atomic_file import write_atomically

    schemas: dict[str, Callable[[], str]] = {
        "institution": lambda: json_schema("institution"),
        "estate": lambda: json_schema("estate"),
        "rule": rule_schema,
        "profile": profile_schema,
        "framework": framework_schema,
        "evidence": lambda: schema_of(Evidence),
        "plan": plan_schema,
    }
    if (name is None) == (write is None):
        raise click.UsageError("name a schema, or say --write FOLDER")
    if name == "profile":
        click.echo(profile_schema_over(load_rules(find_policies(pathlib.Path.cwd(), policies))), nl=False)
    elif name is not None:
        click.echo(schemas[name](), nl=False)
    if write is not None:
        for kind, schema in schemas.items():
            path = write / f"{kind}.schema.json"
            write_atomically(path, schema().encode())
            click.echo(str(path))
    return 0
