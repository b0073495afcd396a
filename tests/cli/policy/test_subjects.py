from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from egov_infra.cli.main import root
from egov_infra.source.diagnostic import InputError


def _subjects(estate: Path, *arguments: str) -> Result:
    return CliRunner().invoke(root, ["policy", "subjects", "--estate", str(estate), *arguments])


def test_without_a_name_every_kind_is_listed(estate_folder: Path) -> None:
    """Those of the model with a sentence, AWS types by name."""
    lines = _subjects(estate_folder).output.splitlines()
    assert "staff             who of the platform's staff may approve what" in lines
    assert "  aws:s3/bucket:Bucket" in lines


def test_field_stands_with_type_unit_meaning_and_example(estate_folder: Path) -> None:
    """As a reviewer needs it to write an expression."""
    output = _subjects(estate_folder, "backup").output
    assert (
        "\n\nsubject.retention_days  (whole number, days)\n  How long a backup is kept.\n  example: 400\n\n"
        in output
    )


def test_json_says_the_same_of_an_aws_type_by_its_short_name(estate_folder: Path) -> None:
    """What no blueprint sets has no example."""
    document = json.loads(_subjects(estate_folder, "s3.Bucket", "--format", "json").output)
    assert document["subject"]["name"] == "aws:s3/bucket:Bucket"
    fields = {field["path"]: field for field in document["fields"]}
    assert document["summary"]["fields"] == len(fields)
    assert fields["subject.force_destroy"] == {
        "path": "subject.force_destroy",
        "type": "true or false",
        "choices": [],
        "unit": None,
        "description": None,
        "example": "false",
    }
    assert fields["subject.acl"]["example"] is None


def test_unknown_name_is_an_error_with_what_was_meant(estate_folder: Path) -> None:
    """Of the model and of AWS types."""
    done = _subjects(estate_folder, "mail_domian")
    assert isinstance(done.exception, InputError)
    assert [item.suggestion for item in done.exception.diagnostics] == ["mail_domain"]
