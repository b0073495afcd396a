from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from egov_infra.plan.addresses import LOCK_FILE, Lock, read_lock, write_lock

LIBRARIES = {
    "annotated_types",
    "click",
    "pydantic",
    "pydantic_core",
    "typing_extensions",
    "typing_inspection",
    "yaml",
}
"""All that `check` may load of others; each of the rest, such as jsonschema, cryptography or rich, costs it a third or more."""
HEAVY = {"asyncio", "difflib", "xml"}
"""What of the standard library takes long to load, and no command needs that succeeds."""
OUTWARD = {"concurrent", "http", "logging", "multiprocessing", "ssl", "subprocess"}
"""What reaches other processes and the network: `plan` looks for a cloud that runs, `check` for nothing."""


def _run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from egov_infra.cli.main import main; main()", *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        check=False,
    )


def _change(estate: Path, old: str, new: str, slug: str = "erb") -> None:
    path = estate / "institutions" / f"{slug}.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _lead_out(estate: Path, name: str) -> None:
    """Move a file or a folder out of the estate, and leave a link to it."""
    outside = estate.parent / f"outside-{name}"
    (estate / name).rename(outside)
    (estate / name).symlink_to(outside)


def _drop_range(estate: Path, key: str) -> None:
    lock = read_lock(estate)
    kept = {name: given for name, given in lock.ranges.items() if name != key}
    (estate / LOCK_FILE).write_bytes(write_lock(Lock(kept)))


@pytest.fixture
def quiet(own_estate: Path, root: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A small estate, and policies that let rules be idle in it."""
    policies = tmp_path / "policies"
    policies.mkdir()
    for path in (root / "policies").iterdir():
        if path.name != "profiles":
            (policies / path.name).symlink_to(path)
    (policies / "profiles").mkdir()
    profile = (
        (root / "policies" / "profiles" / "default.yaml").read_text().replace("idle: block", "idle: count")
    )
    (policies / "profiles" / "default.yaml").write_text(profile)
    return own_estate, policies


def _check(quiet: tuple[Path, Path], *more: str) -> subprocess.CompletedProcess[str]:
    return _run("check", str(quiet[0]), "--policies", str(quiet[1]), *more)


def test_sample_estate_passes_with_its_counts(estate_folder: Path) -> None:
    """Exit 0, and every verdict is counted; nothing of an engine or a cloud is loaded."""
    done = _run("check", str(estate_folder), "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    document = json.loads(done.stdout)
    assert list(document) == ["version", "summary", "diagnostics", "findings"]
    summary = document["summary"]
    assert (summary["institutions"], summary["as_of"], summary["idle"]) == (581, "2020-06-30", [])
    assert set(summary["verdicts"]) == {"pass", "fail", "waived", "not-applicable", "unknown", "error"}
    assert summary["verdicts"]["pass"] > 10_000


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["check", "ESTATE", "--policies", "POLICIES"],
        ["check", "ESTATE/institutions/erb.yaml", "--policies", "POLICIES", "--format", "json"],
        ["plan", "erb", "--estate", "ESTATE", "--policies", "POLICIES"],
        ["policy", "list", "--estate", "ESTATE", "--policies", "POLICIES"],
    ],
)
def test_loads_nothing_heavy(arguments: list[str], quiet: tuple[Path, Path]) -> None:
    """Start-up is a budget: a command that offends nobody loads what it needs, and no engine, cloud or renderer."""
    given = {"ESTATE": str(quiet[0]), "POLICIES": str(quiet[1])}
    words = [given.get(word, word.replace("ESTATE", given["ESTATE"])) for word in arguments]
    script = (
        "import sys\nbefore = set(sys.modules)\nfrom egov_infra.cli import main\n"
        "try:\n    main.main()\nexcept SystemExit as end:\n    code = end.code\n"
        "print(code, *{name.partition('.')[0] for name in set(sys.modules) - before}, file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", script, *words], capture_output=True, text=True, check=False)
    code, *loaded = done.stderr.splitlines()[-1].split()
    others = {name for name in loaded if not name.startswith("_")} - {"egov_infra", "cython_runtime"}
    assert code == "0", done.stderr
    assert others - sys.stdlib_module_names - LIBRARIES == set()
    assert others & (HEAVY if words[0] == "plan" else HEAVY | OUTWARD) == set()


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("subdomains: reject", "subdomain: reject", [":key-missing", ":key-unknown"]),
        ("tier: T2", "tier: T9", [":value-unknown"]),
        ('short_code: "15200", keyword: ERB,', "short_code: 15200, keyword: ERB,", [":value-type"]),
        ("locked: true", 'locked: "yes"', [":value-type"]),
        ("2014-03-11", "2014-13-11", [":value-wrong"]),
        ("name: erb.go.tz", "name: erb..go.tz", [":value-wrong"]),
        ("41.59.0.10", "&a 41.59.0.10", [":yaml-anchor"]),
        ("target: registrations", "target: registration", [":reference-unknown"]),
        ("target: registrations", "target: menu", [":target-kind"]),
        ("slug: erb", "slug: bre", [":slug-file"]),
        ("timeout_seconds: 4, secret", "timeout_seconds: 9, secret", [":target-timeout"]),
        ("environment: prod", "environment: prd", [":reference-unknown"]),
        ("methods: [GET]", "methods: [GET, GET]", [":name-twice"]),
        (
            "services:",
            "retired: [{what: buckets/records, on: 2020-06-30}]\nservices:",
            [":value-wrong"],
        ),
        (
            "  targets:",
            (
                '    - {path: "/v1/engineers/{name}", methods: [GET], auth: jwt, rate_per_second: 1, burst: 1, '
                "target: register, retire_on: 2029-06-30}\n  targets:"
            ),
            [":path-parameter"],
        ),
        ("store: secretsmanager", "store: vault", [":value-unknown"]),
        ("name: erb/registrations", 'name: "erb registrations"', [":value-wrong"]),
        (
            'kind: webhook, url: "https://register.erb.go.tz/callback", timeout_seconds: 4',
            "kind: queue",
            [":target-secret"],
        ),
        (
            "timeout_seconds: 5}",
            "timeout_seconds: 5, secret: {store: secretsmanager, name: a}}",
            [":target-secret"],
        ),
    ],
)
def test_bad_input_is_named_at_its_place(
    old: str, new: str, expected: list[str], quiet: tuple[Path, Path]
) -> None:
    """Exit 2, one line each at file:line:column, never a traceback."""
    _change(quiet[0], old, new)
    done = _check(quiet)
    assert (done.returncode, done.stdout) == (2, "")
    lines = done.stderr.splitlines()
    assert [":" + line.split(" ")[1] for line in lines] == expected
    assert all("/institutions/erb.yaml:" in line.split(" ")[0] for line in lines)
    assert all(line.split(" ")[0].count(":") == 2 for line in lines)


def test_every_error_of_every_file_shows_at_once(quiet: tuple[Path, Path]) -> None:
    """A broken file does not hide another."""
    _change(quiet[0], "tier: T2", "tier: T9")
    _change(quiet[0], "kind: ministry", "kind: minister", "mwtc")
    done = _check(quiet, "--format", "json")
    assert done.returncode == 2
    found = [
        (Path(item["place"]["file"]).name, item["code"]) for item in json.loads(done.stdout)["diagnostics"]
    ]
    assert found == [("erb.yaml", "value-unknown"), ("mwtc.yaml", "value-unknown")]


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda folder: (folder / "estate.yaml").unlink(), "estate-missing"),
        (lambda folder: [path.unlink() for path in (folder / "institutions").iterdir()], "estate-empty"),
        (
            lambda folder: (folder / "addresses.lock.json").write_text('{"version": 1, "ranges": {'),
            "yaml-syntax",
        ),
        (lambda folder: _change(folder, "test: {account", "prd: {account"), "reference-unknown"),
        (lambda folder: _drop_range(folder, "erb/test"), "range-missing"),
        (lambda folder: (folder / "institutions" / "note.txt").write_text("x"), "file-unexpected"),
        (lambda folder: (folder / "institutions" / "x.yaml").symlink_to("/etc/hostname"), "file-outside"),
        (lambda folder: _lead_out(folder, "addresses.lock.json"), "file-outside"),
        (lambda folder: _lead_out(folder, "estate.yaml"), "file-outside"),
        (lambda folder: _lead_out(folder, "institutions"), "file-outside"),
        (lambda folder: (folder / "institutions" / "erb.yaml").write_bytes(b"[" * 100_000), "yaml-depth"),
        (lambda folder: (folder / "institutions" / "erb.yaml").write_bytes(b"a: \xff"), "file-encoding"),
        (lambda folder: (folder / "institutions" / "erb.yaml").write_bytes(b"#" * (2 << 20)), "file-size"),
    ],
)
def test_broken_estate_is_one_clear_line(make: object, expected: str, quiet: tuple[Path, Path]) -> None:
    """A missing, hostile or foreign file is named; nothing is taken for an empty estate."""
    assert callable(make)
    make(quiet[0])
    done = _check(quiet)
    assert (done.returncode, done.stdout) == (2, "")
    assert [line.split(" ")[1] for line in done.stderr.splitlines()] == [expected]


def test_broken_rule_shuts_the_gate(quiet: tuple[Path, Path]) -> None:
    """A rule that cannot be read is exit 2 at its line: nothing was judged."""
    folder = quiet[1] / "mail"
    source = folder.resolve()
    folder.unlink()
    folder.mkdir()
    for path in source.iterdir():
        (folder / path.name).write_text(path.read_text().replace("subject.dmarc.count", "subject.dmrc.count"))
    done = _check(quiet)
    assert done.returncode == 2
    assert (
        "dmarc-not-single.yaml:6:11 expression MailDomain has no field 'dmrc'; did you mean 'dmarc'?"
        in done.stderr
    )


def test_blocked_change_is_exit_one(quiet: tuple[Path, Path]) -> None:
    """A finding says rule, place, values and fix."""
    _change(quiet[0], "policy: reject", "policy: none")
    done = _check(quiet, "--format", "json")
    assert done.returncode == 1
    finding = next(
        item for item in json.loads(done.stdout)["findings"] if item["rule"] == "mail-dmarc-not-enforced"
    )
    assert finding["message"] == "erb.go.tz: receivers apply DMARC policy none, expected reject"
    assert (finding["institution"], finding["subject"]) == ("erb", "domains/erb.go.tz")
    assert finding["values"]["subject.dmarc.effective_policy"] == "none"


def test_two_institutions_claim_the_same(quiet: tuple[Path, Path]) -> None:
    """Both places are in the finding."""
    other = quiet[0] / "institutions" / "mwtc.yaml"
    text = other.read_text(encoding="utf-8").replace("mwtc.go.tz\n", "erb.go.tz\n")
    other.write_text(text, encoding="utf-8")
    done = _check(quiet, "--format", "json")
    assert done.returncode == 1
    finding = next(
        item for item in json.loads(done.stdout)["findings"] if item["rule"] == "mail-domain-claimed-twice"
    )
    assert "erb.yaml:" in finding["message"]
    assert "mwtc.yaml:" in finding["message"]


def test_single_manifest_shows_only_its_findings(quiet: tuple[Path, Path]) -> None:
    """It is judged within its estate; findings of others are not shown and do not count."""
    _change(quiet[0], "policy: reject", "policy: none")
    other = quiet[0] / "institutions" / "mwtc.yaml"
    done = _run("check", str(other), "--policies", str(quiet[1]), "--format", "json")
    assert (done.returncode, json.loads(done.stdout)["findings"]) == (0, [])


def test_a_place_is_written_as_the_path_was(
    own_estate: Path, root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a single manifest as of the whole estate: relative where the path was."""
    _change(own_estate, "dmarc: {policy: reject", "dmarc: {policy: none")
    monkeypatch.chdir(own_estate.parent)
    policies = ("--policies", str(root / "policies"))
    name = f"{own_estate.name}/institutions/erb.yaml"
    for path in (own_estate.name, name):
        assert f"\n  {name}:" in _run("check", path, *policies).stdout


def test_same_input_gives_the_same_bytes(quiet: tuple[Path, Path]) -> None:
    """Output is stable, whatever the order in which a dictionary is walked."""
    _change(quiet[0], "policy: reject", "policy: none")
    arguments = ("check", str(quiet[0]), "--policies", str(quiet[1]), "--format", "json")
    assert _run(*arguments, PYTHONHASHSEED="1").stdout == _run(*arguments, PYTHONHASHSEED="2").stdout


def test_profile_of_the_command_goes_before_that_of_the_estate(own_estate: Path, root: Path) -> None:
    """Only its rules run, with its parameters; of a whole estate too, none of the others is idle."""
    done = _run(
        "check",
        str(own_estate),
        "--policies",
        str(root / "policies"),
        "--profile",
        "bod-18-01",
        "--format",
        "json",
    )
    document = json.loads(done.stdout)
    summary = document["summary"]
    assert (done.returncode, summary["profile"], summary["idle"]) == (1, "bod-18-01", [])
    assert {(finding["rule"], finding["subject"]) for finding in document["findings"]} == {
        ("mail-dmarc-reports-lost", "domains/erb.go.tz"),
        ("mail-dmarc-reports-lost", "domains/mwtc.go.tz"),
    }
    assert "reports@dmarc.cyber.dhs.gov" in document["findings"][0]["fix"]


def test_unknown_profile_is_exit_2_with_what_was_meant(own_estate: Path, root: Path) -> None:
    """Nothing is judged by a profile that nobody wrote."""
    done = _run("check", str(own_estate), "--policies", str(root / "policies"), "--profile", "gov-uk-mial")
    assert done.returncode == 2
    assert done.stderr.rstrip().endswith(
        "no profile 'gov-uk-mial'; there are bod-18-01, default, gov-uk-mail; did you mean 'gov-uk-mail'?"
    )


def test_only_selected_rules_can_be_idle(quiet: tuple[Path, Path]) -> None:
    """A profile that blocks on idle rules regards those that it runs, and no other; ERB has the only application."""
    (quiet[0] / "institutions" / "erb.yaml").unlink()
    for environment in ("prod", "test"):
        _drop_range(quiet[0], f"erb/{environment}")
    profile = quiet[1] / "profiles" / "default.yaml"
    head, _, _ = profile.read_text(encoding="utf-8").partition("rules:\n")
    text = f"{head}idle: block\n"
    profile.write_text(text)
    everything = _check(quiet)
    profile.write_text(text.replace('"*"', "mail-spf-*"))
    selected = _check(quiet)
    assert (everything.returncode, selected.returncode) == (1, 0)
    assert "blocks idle: these rules met no subject: " in everything.stdout
    assert ", 0 idle; the gate is open" in selected.stdout
