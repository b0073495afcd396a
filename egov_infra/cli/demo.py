"""`egov-infra demo`: the whole story, every number computed in this run."""

from __future__ import annotations

import pathlib
import shutil
import tempfile
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, open_all, policies_option

if TYPE_CHECKING:
    from egov_infra.cli.options import Opened
    from egov_infra.cloud.session import Cloud
    from egov_infra.engine.checkpoint import Store

SHOWN = ("platform", "erb")


@click.command()
@estate_option
@policies_option
def command(estate: pathlib.Path, policies: pathlib.Path | None) -> int:
    """Judge the estate, apply to a rehearsal cloud, change, refuse, audit and write evidence.

    Works on a copy of the estate, in a cloud that lives for this command only; nothing outside is touched.
    """
    from egov_infra.cloud.session import in_process
    from egov_infra.engine.up import state_store

    with tempfile.TemporaryDirectory() as name, in_process() as cloud:
        folder = pathlib.Path(name) / "estate"
        shutil.copytree(estate, folder, ignore=shutil.ignore_patterns(".state"))
        found = policies or open_all(estate, None).policies.folder
        story = _Story(folder, found, cloud, state_store(folder, "rehearsal"))
        story.tell()
        for failure in story.surprises:
            click.echo(f"the story went wrong: {failure}", err=True)
    return ExitCode.FAILED if story.surprises else ExitCode.CLEAN


@dataclass
class _Story:
    folder: pathlib.Path
    policies: pathlib.Path
    cloud: Cloud
    store: Store
    surprises: list[str] = field(default_factory=list)
    chapter: int = 0

    def tell(self) -> None:
        erb = self.folder / "institutions" / "erb.yaml"
        self.judge()
        self.up("Apply the first time: everything is created", created=True)
        self.up("Apply again: nothing changes", created=False)
        self.edit(erb, "values: [41.59.0.10]", "values: [41.59.0.11]")
        self.up("An engineer changes a record: one update", updated=1)
        original = self.edit(erb, "policy: reject", "policy: none")
        self.refused("Someone drops the DMARC policy: refused", "mail-dmarc-not-enforced")
        erb.write_text(original)
        self.opened_bucket()
        self.evidence()

    def say(self, title: str) -> None:
        self.chapter += 1
        click.secho(f"\n{self.chapter}. {title}", bold=True)

    def expect(self, holds: bool, what: str) -> None:
        if not holds:
            self.surprises.append(f"chapter {self.chapter}: {what}")

    def open(self) -> Opened:
        return open_all(self.folder, self.policies)

    def edit(self, path: pathlib.Path, old: str, new: str) -> str:
        text = path.read_text()
        self.expect(old in text, f"{path.name} does not say {old!r}")
        path.write_text(text.replace(old, new))
        return text

    def judge(self) -> None:
        from egov_infra.policy.gate import decide
        from egov_infra.policy.judge import judge_estate
        from egov_infra.report.judgement_text import render_judgement

        self.say("Judge the whole estate")
        begun = time.perf_counter()
        opened = self.open()
        judgement = judge_estate(opened.source, opened.policies, opened.context)
        self.show(render_judgement(judgement, decide(judgement)))
        click.echo(f"   in {time.perf_counter() - begun:.2f} s")
        self.expect(decide(judgement).is_open, "the sample estate is refused")

    def up(self, title: str, *, created: bool | None = None, updated: int | None = None) -> None:
        from egov_infra.engine.preview import Action
        from egov_infra.engine.up import apply, prepare
        from egov_infra.report.change_text import render_preview, render_summary

        self.say(title)
        opened = self.open()
        prepared = prepare(
            opened.source, opened.policies, opened.context, SHOWN, self.store, self.cloud.cloud_id
        )
        for _, preview in prepared.stacks:
            self.show(list(render_preview(preview))[: None if updated else 1])
        begun = time.perf_counter()
        summary = apply(prepared, self.store, self.cloud, None, lambda *_: None)
        self.show(render_summary(summary))
        click.echo(f"   in {time.perf_counter() - begun:.1f} s")
        self.expect(not summary.errors, "; ".join(summary.errors))
        if created is not None:
            self.expect(
                (summary.counts.get(Action.CREATE, 0) > 0) is created,
                "created what it should not, or nothing",
            )
        if updated is not None:
            self.expect(summary.counts.get(Action.UPDATE, 0) == updated, f"expected {updated} update")

    def refused(self, title: str, rule: str) -> None:
        from egov_infra.engine.up import prepare
        from egov_infra.report.judgement_text import render_finding

        self.say(title)
        opened = self.open()
        prepared = prepare(
            opened.source, opened.policies, opened.context, SHOWN, self.store, self.cloud.cloud_id
        )
        for finding in prepared.decision.blocking:
            self.show(render_finding(finding, "blocks"))
        self.expect(not prepared.decision.is_open, "the gate is open")
        self.expect(rule in {finding.rule for finding in prepared.decision.blocking}, f"{rule} did not fire")

    def opened_bucket(self) -> None:
        from egov_infra.audit.run import run_audit
        from egov_infra.report.change_text import render_audit

        self.say("Someone opens a bucket behind our back: audit names it")
        opened = self.open()
        account = opened.source.estate.accounts["domains"]
        stack = self.store.load("erb.domain")
        bucket = next(entry.id for entry in stack.by_name().values() if entry.type == "aws:s3/bucket:Bucket")
        client = self.cloud.client("s3", account.account, account.region)
        client.put_public_access_block(
            Bucket=bucket,
            PublicAccessBlockConfiguration={"BlockPublicAcls": False, "BlockPublicPolicy": False},
        )
        audit = run_audit(opened.source, opened.policies, opened.context, SHOWN, self.store, self.cloud)
        self.show(render_audit(audit))
        found = {drift.property for item in audit.stacks for drift in item.drifts}
        self.expect({"block_public_acls", "block_public_policy"} <= found, "audit did not see it")

    def evidence(self) -> None:
        from egov_infra.engine.up import prepare
        from egov_infra.report.evidence import evidence

        self.say("Evidence is written")
        opened = self.open()
        prepared = prepare(
            opened.source, opened.policies, opened.context, SHOWN, self.store, self.cloud.cloud_id
        )
        first, second = (evidence(prepared, self.store, opened.source.digest) for _ in range(2))
        self.expect(first == second, "evidence differs from one time to the next")
        self.show([line for line in first.splitlines() if '"digest":' in line][-1:])
        click.echo(
            f"   {len(first)} bytes: tool, digests of manifests, policies, plans and states, every verdict"
        )

    def show(self, lines: Iterable[str]) -> None:
        for line in lines:
            click.echo(f"   {line}")
