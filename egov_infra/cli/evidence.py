"""`egov-infra evidence`: write down what was judged."""

from __future__ import annotations

import pathlib

import click

from egov_infra.cli.options import estate_option, open_all, policies_option, say


@click.command()
@click.argument("selectors", nargs=-1, required=True)
@estate_option
@policies_option
@click.option("--output", type=click.Path(path_type=pathlib.Path), help="File to write; default stdout.")
def command(
    selectors: tuple[str, ...],
    estate: pathlib.Path,
    policies: pathlib.Path | None,
    output: pathlib.Path | None,
) -> int:
    """Write evidence of SELECTORS: digests of manifests, policies, plans and states, every verdict, the date used.

    The same inputs give the same bytes.
    """
    from egov_infra.engine.up import prepare, state_store
    from egov_infra.report.evidence import evidence
    from egov_infra.source.atomic_file import write_atomically

    opened = open_all(estate, policies)
    store = state_store(opened.source.folder, "rehearsal")
    prepared = prepare(opened.source, opened.policies, opened.context, selectors, store, None)
    content = evidence(prepared, store, opened.source.digest)
    if output is None:
        click.echo(content, nl=False)
    else:
        write_atomically(output, content.encode())
        say(f"wrote {output}")
    return prepared.decision.exit_code
