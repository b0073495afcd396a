from __future__ import annotations

import json
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from egov_infra.cli.main import root as main
from egov_infra.source.diagnostic import InputError


def _frameworks(estate: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["policy", "frameworks", "--estate", str(estate), *arguments])


def test_every_framework_has_its_figures(estate_folder: Path) -> None:
    """Two lines each; the last ones say what the words mean, and none says that anything is met."""
    done = _frameworks(estate_folder)
    assert done.exit_code == 0
    lines = done.output.splitlines()
    assert [line.split()[0] for line in lines[:8:2]] == ["cis-aws", "gov-uk-mail", "nist-800-53-r5", "scuba"]
    assert lines[1].strip() == (
        "11 automated, 7 partly, 45 manual, of 63 requirements; rules at work on them: 17"
    )
    assert "of 1014 requirements" in lines[5]
    assert lines[8] == "In profile default, as of 2020-06-30."
    assert "complian" not in done.output.lower()
    assert lines[-1].endswith("No figure says that a requirement is met.")


def test_page_of_a_framework_has_each_requirement_in_its_group(estate_folder: Path) -> None:
    """With its rules and what they do not see; a manual one takes a line."""
    output = _frameworks(estate_folder, "cis-aws").output
    assert (
        """
2.1  Buckets
  automated  2.1.1  Buckets answer by TLS only
             rules: tenancy-bucket-plaintext
  manual     2.1.2  Deleting from buckets needs a second factor
  manual     2.1.3  Data in buckets was found, classified and secured
  automated  2.1.4  Public access to buckets is blocked, of each bucket and of the account
             rules: tenancy-account-open, tenancy-bucket-public

2.2  Databases
"""
        in output
    )
    assert (
        """
  partly     2.2.4  Databases stand in several zones
             rules: services-database-single-zone
             not seen: databases of the lowest tier, of which the rule asks for one zone only
"""
        in output
    )


def test_page_says_which_rules_are_not_at_work(estate_folder: Path) -> None:
    """Another profile leaves them out: the requirement is manual there."""
    output = _frameworks(estate_folder, "cis-aws", "--profile", "gov-uk-mail").output
    assert (
        """
  manual     2.1.1  Buckets answer by TLS only
             rules: tenancy-bucket-plaintext (not-selected)
"""
        in output
    )
    assert "0 automated, 0 partly, 63 manual" in output


def test_json_holds_what_the_page_holds(estate_folder: Path) -> None:
    """Figures alone for all frameworks; requirements for one."""
    every = json.loads(_frameworks(estate_folder, "--format", "json").output)
    assert every["summary"] == {"as_of": "2020-06-30", "profile": "default", "frameworks": 4}
    assert all("requirements" not in found for found in every["frameworks"])
    (nist,) = json.loads(_frameworks(estate_folder, "nist-800-53-r5", "--format", "json").output)[
        "frameworks"
    ]
    assert sum(nist["counts"].values()) == len(nist["requirements"]) == 1014
    found = next(one for one in nist["requirements"] if one["id"] == "SA-9(5)")
    assert found == {
        "id": "SA-9(5)",
        "title": "Processing, Storage, and Service Location",
        "group": "SA",
        "state": "partly",
        "declared": "partly",
        "unseen": "where suppliers process what they are given; rules see regions, and approvals of what stands abroad",
        "rules": [
            {"id": "tenancy-region-forbidden", "state": "block"},
            {"id": "tenancy-transfer-unapproved", "state": "block"},
        ],
    }


def test_unknown_framework_is_named_with_what_was_meant(estate_folder: Path) -> None:
    """As of every other word that a user may misspell."""
    done = _frameworks(estate_folder, "cis-was")
    assert isinstance(done.exception, InputError)
    assert [item.suggestion for item in done.exception.diagnostics] == ["cis-aws"]


def test_framework_that_does_not_fit_the_rules_gives_no_figures(
    estate_folder: Path, root: Path, tmp_path: Path
) -> None:
    """A requirement without a rule would be counted as automated."""
    policies = tmp_path / "policies"
    shutil.copytree(root / "policies", policies)
    file = policies / "frameworks" / "cis-aws.yaml"
    file.write_text(file.read_text().replace("rules: [tenancy-key-unrotated]", "rules: []"))
    done = _frameworks(estate_folder, "--policies", str(policies))
    assert isinstance(done.exception, InputError)
    assert [item.code for item in done.exception.diagnostics] == ["requirement-unseen"]
    assert "automated" not in done.stdout
