"""`egov-infra demo`: the whole story, every number computed in this run."""

from __future__ import annotations

import pathlib
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import click

from egov_infra.cli.exit_code import ExitCode
from egov_infra.cli.options import estate_option, open_all, policies_option
from egov_infra.plan.names import PLATFORM

if TYPE_CHECKING:
    from egov_infra.cli.options import Opened
    from egov_infra.cloud.session import Cloud
    from egov_infra.engine.checkpoint import Store
    from egov_infra.engine.up import Prepared
    from egov_infra.plan.resource import StackPlan
    from egov_infra.policy.gate import Decision

SHOWN = ("erb", "psptb", "trc", "mscl", "mwtc", "arusha-cc", "mnh", "ega")
"""Two boards, railways, ships, a ministry, a council, a hospital, and the authority itself."""
_ACCESS_BLOCK = "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock"


@click.command()
@estate_option
@policies_option
def command(estate: pathlib.Path, policies: pathlib.Path | None) -> int:
    """Judge the estate, apply the platform and eight institutions, change, refuse, audit and write evidence.

    Works on a copy of the estate, in a cloud that lives for this command only; nothing outside is touched.
    """
    from egov_infra.cloud.rehearsal import serving
    from egov_infra.engine.up import STATE_FOLDER

    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "estate"
        shutil.copytree(estate, folder, ignore=shutil.ignore_patterns(STATE_FOLDER))
        with serving(folder / STATE_FOLDER) as cloud:
            return _tell(estate, folder, policies, cloud)


def _tell(estate: pathlib.Path, folder: pathlib.Path, policies: pathlib.Path | None, cloud: Cloud) -> int:
    from egov_infra.engine.up import state_store

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
        erb, psptb = (self.folder / "institutions" / f"{slug}.yaml" for slug in ("erb", "psptb"))
        self.judge()
        self.up("Apply the platform and eight institutions: everything is created", created=True)
        self.up("Apply again: nothing changes", created=False)
        self.edit(erb, "values: [41.59.0.10]", "values: [41.59.0.11]")
        self.up("An engineer changes a record: one update", updated=1)
        with self.changed(erb, "policy: reject", "policy: none"):
            self.refused("Someone drops the DMARC policy: refused", "mail-dmarc-not-enforced")
        with self.changed(psptb, "keyword: PSPTB", "keyword: ERB"):
            self.refused("PSPTB takes the keyword of ERB: refused", "gateway-keyword-claimed-twice")
        self.public_bucket()
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

    @contextmanager
    def changed(self, path: pathlib.Path, old: str, new: str) -> Iterator[None]:
        """A manifest that says something else for a while."""
        original = self.edit(path, old, new)
        yield
        path.write_text(original)

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
        from egov_infra.engine.up import apply
        from egov_infra.report.change_text import render_preview, render_summary

        self.say(title)
        prepared = self.prepare()
        for _, preview in prepared.stacks:
            self.show(render_preview(preview))
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

    def prepare(self, *, skips_unchanged: bool = True) -> Prepared:
        """What `up` does before it acts."""
        from egov_infra.engine.up import prepare

        opened = self.open()
        selectors = (PLATFORM, *SHOWN)
        return prepare(
            opened.source,
            opened.policies,
            opened.context,
            selectors,
            self.store,
            self.cloud.cloud_id,
            skips_unchanged=skips_unchanged,
        )

    def refused(self, title: str, rule: str) -> None:
        self.say(title)
        self.show_refusal(self.prepare().decision, rule)

    def show_refusal(self, decision: Decision, rule: str) -> None:
        from egov_infra.report.judgement_text import render_finding

        for finding in decision.blocking:
            self.show(render_finding(finding, "blocks"))
        self.expect(not decision.is_open, "the gate is open")
        self.expect(rule in {finding.rule for finding in decision.blocking}, f"{rule} did not fire")

    def public_bucket(self) -> None:
        """No manifest can say it: somebody has changed the blueprint."""
        from egov_infra.plan.stacks import plan_institution
        from egov_infra.policy.gate import decide
        from egov_infra.policy.judge import Judge
        from egov_infra.policy.subject import Planned

        self.say("A changed blueprint makes ERB's records public: refused")
        opened = self.open()
        erb = opened.source.read("erb")
        stacks = tuple(map(_with_public_bucket, plan_institution(erb.institution, opened.context)))
        judge = Judge(opened.source, opened.policies, opened.context)
        judge.planned(Planned(erb, stacks, opened.context))
        self.show_refusal(decide(judge.finish(is_whole=False)), "tenancy-bucket-public")

    def opened_bucket(self) -> None:
        from egov_infra.audit.run import run_audit
        from egov_infra.report.audit_text import render_audit

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
        audit = run_audit(opened.source, opened.policies, opened.context, ("erb",), self.store, self.cloud)
        self.show(render_audit(audit))
        found = {drift.property for item in audit.stacks for drift in item.drifts}
        self.expect({"block_public_acls", "block_public_policy"} <= found, "audit did not see it")

    def evidence(self) -> None:
        from egov_infra.report.evidence import evidence

        self.say("Evidence is written")
        source, selectors = self.open().source, (PLATFORM, *SHOWN)
        first, second = (
            evidence(self.prepare(skips_unchanged=False), self.store, source, selectors, "rehearsal")
            for _ in range(2)
        )
        self.expect(first == second, "evidence differs from one time to the next")
        self.show([line for line in first.splitlines() if '"digest":' in line][-1:])
        click.echo(
            f"   {len(first)} bytes: tool, digests of manifests, policies, plans and states, every verdict"
        )

    def show(self, lines: Iterable[str]) -> None:
        for line in lines:
            click.echo(f"   {line}")


def _with_public_bucket(stack: StackPlan) -> StackPlan:
    resources = tuple(
        replace(resource, inputs={**resource.inputs, "block_public_policy": False})
        if resource.type == _ACCESS_BLOCK and "records" in resource.name
        else resource
        for resource in stack.resources
    )
    return replace(stack, resources=resources)
