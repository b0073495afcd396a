from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner

from egov_infra.audit.run import Audit, run_audit
from egov_infra.cli.main import root as command_line
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.gate import Gate, GateShutError
from egov_infra.engine.rehearsal import TARGET
from egov_infra.engine.up import apply, prepare
from egov_infra.policy.finding import Verdict
from egov_infra.policy.judge import Judgement
from tests.policy.waivers import GOOD, written

STACK = "judiciary.domain"
ENFORCED = "dmarc: {policy: reject, subdomains: reject, nonexistent: reject}"
WEAK = "dmarc: {policy: reject, subdomains: none, nonexistent: reject}"
OF_JUDICIARY = GOOD | {"institution": "judiciary", "subject": "domains/judiciary.go.tz"}


class Estate:
    """A small estate with one finding, applied to a cloud while it was waived; its day and its waivers can be changed."""

    def __init__(self, folder: Path, policies: Path, cloud: Cloud, state: Path) -> None:
        self.folder, self._policies, self._cloud = folder, policies, cloud
        self._store = Store(state, TARGET)
        manifest = folder / "institutions" / "judiciary.yaml"
        text = manifest.read_text(encoding="utf-8")
        assert ENFORCED in text
        manifest.write_text(text.replace(ENFORCED, WEAK), encoding="utf-8")
        gate = self.gate()
        finding = next(item for item in self._prepared(gate).findings if item.rule == GOOD["rule"])
        self.good = OF_JUDICIARY | {"values_digest": finding.values_digest}
        self.waive(self.good)
        gate = self.gate()
        prepared = prepare(
            gate.source, gate.policies, gate.context, ["judiciary"], self._store, cloud.cloud_id
        )
        assert apply(prepared, self._store, cloud, None, lambda *_: None).errors == ()

    def waive(self, *waivers: Mapping[str, str]) -> None:
        """Have these waivers, and no others."""
        (self._policies / "waivers.yaml").write_text(written(waivers), encoding="utf-8")

    def on(self, day: datetime.date) -> None:
        """Make it this day."""
        path = self.folder / "estate.yaml"
        head, _, rest = path.read_text(encoding="utf-8").partition("  as_of: ")
        path.write_text(f"{head}  as_of: {day}\n{rest.partition(chr(10))[2]}", encoding="utf-8")

    def gate(self) -> Gate:
        """As a Pulumi program opens it."""
        return Gate.of(self.folder, self._policies)

    def check(self) -> int:
        """Exit code of `check`."""
        words = ["check", str(self.folder), "--policies", str(self._policies)]
        code: int = CliRunner().invoke(command_line, words, standalone_mode=False).return_value
        return code

    def program_admits(self) -> bool:
        """Whether the program registers anything."""
        try:
            self.gate().admit(STACK)
        except GateShutError:
            return False
        return True

    def audit(self) -> Audit:
        """What is live, and what is said of it."""
        gate = self.gate()
        return run_audit(gate.source, gate.policies, gate.context, ["judiciary"], self._store, self._cloud)

    def planned(self) -> Judgement:
        """As `up` judges."""
        return self._prepared(self.gate())

    def _prepared(self, gate: Gate) -> Judgement:
        store, cloud = self._store, self._cloud.cloud_id
        return prepare(gate.source, gate.policies, gate.context, ["judiciary"], store, cloud).judgement


@pytest.fixture
def estate(estate_of: Callable[..., Path], root: Path, cloud: Cloud, tmp_path: Path) -> Estate:
    """One finding of high severity, waived until 15 August. The rules that a small estate leaves idle do not block."""
    policies = tmp_path / "policies"
    shutil.copytree(root / "policies", policies)
    profile = policies / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().replace("idle: block", "idle: count"))
    return Estate(estate_of("judiciary"), policies, cloud, tmp_path / "state")


def _verdicts(estate: Estate) -> Mapping[str, tuple[object, ...]]:
    """What each way in says: whether it lets pass, what is wrong with waivers, which of them end, what became of the finding."""
    planned, live = estate.planned(), estate.audit()
    said = {}
    for name, judgement, is_open in (
        ("check", planned, estate.check() == 0),
        ("program", planned, estate.program_admits()),
        ("audit", live.judgement, live.exit_code == 0),
    ):
        faults = [(fault.place.line, fault.code) for fault in judgement.waiver_faults]
        ending = [item.days_left for item in judgement.ending_waivers]
        waived = [item.verdict for item in judgement.findings if item.rule == GOOD["rule"]]
        said[name] = (is_open, faults, ending, waived)
    return said


def test_a_waiver_lives_alike_everywhere(estate: Estate) -> None:
    """Check, up, the program and audit say the same on each day of its life, before it and after it."""
    expected: dict[str, tuple[object, ...]] = {
        "2020-05-31": (False, [(9, "waiver-future")], [], [Verdict.FAIL]),
        "2020-06-01": (True, [], [], [Verdict.WAIVED]),
        "2020-07-16": (True, [], [30], [Verdict.WAIVED]),
        "2020-08-15": (True, [], [0], [Verdict.WAIVED]),
        "2020-08-16": (False, [(10, "waiver-expired")], [], [Verdict.FAIL]),
    }
    for day, said in expected.items():
        estate.on(datetime.date.fromisoformat(day))
        assert (day, _verdicts(estate)) == (day, dict.fromkeys(("check", "program", "audit"), said))


def test_every_fault_is_found_alike_everywhere(estate: Estate) -> None:
    """Each kind of bad waiver, in one file: the same faults at the same places, and every way in is shut."""
    mail = [rule for rule in estate.gate().policies.rules if rule.domain == "mail"]
    rules = [rule.id for rule in mail if rule.metadata.severity == "high" and rule.metadata.waivable]
    forbidden = next(rule.id for rule in mail if not rule.metadata.waivable)
    changes: list[tuple[dict[str, str], str, str]] = [
        ({"expires_on": "2020-06-29"}, "expires_on", "waiver-expired"),
        ({"expires_on": "2020-05-31"}, "expires_on", "waiver-reversed"),
        ({"expires_on": "2020-08-31"}, "expires_on", "waiver-long"),
        ({"approved_on": "2020-07-01"}, "approved_on", "waiver-future"),
        ({"author": "Asha Mwinyi"}, "approver", "waiver-self-approved"),
        ({"approver": "Neema Kessy"}, "approver", "waiver-unapproved"),
        ({"values_digest": "*"}, "values_digest", "waiver-broad"),
        ({"subject": "domains/judiciary.or.tz"}, "subject", "waiver-orphaned"),
        ({"institution": "judiciaryx"}, "institution", "waiver-orphaned"),
        ({"rule": "mail-nothing"}, "rule", "waiver-rule"),
        ({"rule": forbidden, "expires_on": "2020-06-30"}, "rule", "waiver-forbidden"),
        ({"rule": "mail-zone-unsigned"}, "rule", "waiver-unneeded"),
        ({"rule": GOOD["rule"], "values_digest": "0" * 16}, "values_digest", "waiver-values"),
        ({"rule": GOOD["rule"]}, "subject", "waiver-duplicate"),
    ]
    others = iter(name for name in rules if name not in (GOOD["rule"], "mail-zone-unsigned"))
    waivers = [estate.good | {"rule": next(others)} | change for change, _, _ in changes]
    estate.waive(*waivers)
    fields = list(GOOD)
    faults = [
        (2 + 10 * number + fields.index(field), code) for number, (_, field, code) in enumerate(changes)
    ]
    expected: tuple[object, ...] = (False, faults, [], [Verdict.FAIL])
    assert _verdicts(estate) == dict.fromkeys(("check", "program", "audit"), expected)
