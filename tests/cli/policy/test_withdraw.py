from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner

from egov_infra.cli.main import root as command_line
from egov_infra.source.diagnostic import InputError

REASON = "--reason=The mail system has one address everywhere."
RULE = "mail-exchanger-single"


@pytest.fixture
def policies(root: Path, tmp_path: Path) -> Path:
    """Policies that a test may change."""
    return Path(shutil.copytree(root / "policies", tmp_path / "policies"))


def _withdraw(estate: Path, policies: Path, *words: str) -> str:
    named = ["--estate", str(estate), "--policies", str(policies)]
    done = CliRunner().invoke(command_line, ["policy", "withdraw", *words, *named], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.stdout


def _refused(estate: Path, policies: Path, *words: str) -> list[str]:
    before = {path: path.read_bytes() for path in policies.rglob("*") if path.is_file()}
    with pytest.raises(InputError) as caught:
        _withdraw(estate, policies, *words)
    assert before == {path: path.read_bytes() for path in policies.rglob("*") if path.is_file()}
    return [str(item).replace(f"{policies}/", "") for item in caught.value.diagnostics]


def test_a_rule_goes_and_its_id_stays(estate_folder: Path, policies: Path) -> None:
    """Its file is removed; nobody can write another rule of that id."""
    shown = _withdraw(estate_folder, policies, RULE, REASON, "--replaced-by=mail-zone-unsigned")
    assert shown == (
        f"  - id: {RULE}\n    withdrawn_on: 2020-06-30\n    since: 1.0.0\n"
        "    reason: The mail system has one address everywhere.\n    replaced_by: mail-zone-unsigned\n"
    )
    assert (policies / "withdrawn.yaml").read_text().endswith(f"\nwithdrawn:\n{shown}")
    assert not (policies / "mail" / "exchanger-single.yaml").exists()
    done = CliRunner().invoke(
        command_line,
        [
            "policy",
            "new",
            RULE,
            "--applies-to=staff",
            "--severity=low",
            f"--estate={estate_folder}",
            f"--policies={policies}",
        ],
        standalone_mode=False,
    )
    assert str(done.exception) == (
        f"<arguments> rule-withdrawn {RULE} was withdrawn on 2020-06-30; mail-zone-unsigned replaces it: "
        "an id is never used again"
    )


def test_a_rule_that_something_names_stays(estate_folder: Path, policies: Path) -> None:
    """Each place is said: nothing is left that would be refused afterwards."""
    profile = policies / "profiles" / "default.yaml"
    profile.write_text(profile.read_text().replace("rules:\n", f"rules:\n  {RULE}: {{action: warn}}\n"))
    (policies / "profiles" / "own.yaml").write_text(f"select: [mail-zone-unsigned, {RULE}]\n")
    assert _refused(estate_folder, policies, RULE, REASON) == [
        f"profiles/default.yaml:10:3 rule-named names {RULE}: take that out first",
        f"profiles/own.yaml:1:30 rule-named names {RULE}: take that out first",
    ]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (
            ["mail-exchanger-singel", REASON],
            "rule-unknown no rule 'mail-exchanger-singel'; did you mean 'mail-exchanger-single'?",
        ),
        (
            [RULE, "--reason=obsolete"],
            "value-wrong reason: 'obsolete': string should have at least 20 characters",
        ),
        (
            [RULE, REASON, "--replaced-by=mail-zone-unsignd"],
            "withdrawn-successor no rule 'mail-zone-unsignd' to replace it; did you mean 'mail-zone-unsigned'?",
        ),
        (
            [RULE, REASON, f"--replaced-by={RULE}"],
            "withdrawn-successor a rule does not replace itself",
        ),
    ],
)
def test_what_is_wrong_is_refused(estate_folder: Path, policies: Path, words: list[str], said: str) -> None:
    """Nothing is changed."""
    assert _refused(estate_folder, policies, *words) == [f"<arguments> {said}"]


@pytest.mark.parametrize("words", [["show", RULE], ["explain", RULE, "--institution=erb"]])
def test_a_rule_that_went_is_told_from_one_that_never_was(
    estate_folder: Path, policies: Path, words: list[str]
) -> None:
    """Who looks for it hears what became of it, not of another rule with a similar name."""
    _withdraw(estate_folder, policies, RULE, REASON, "--replaced-by=mail-zone-unsigned")
    named = [f"--estate={estate_folder}", f"--policies={policies}"]
    done = CliRunner().invoke(command_line, ["policy", *words, *named], standalone_mode=False)
    assert str(done.exception) == (
        f"<arguments> rule-withdrawn {RULE} was withdrawn on 2020-06-30; mail-zone-unsigned replaces it"
    )
