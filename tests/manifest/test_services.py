"""Bad input about services: each is an error at its own line, all in one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from egov_infra.manifest.load import open_estate
from egov_infra.source.diagnostic import InputError


def _change(path: Path, old: str, new: str) -> int:
    """Replace a text that stands once; gives its line."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, old
    path.write_text(text.replace(old, new), encoding="utf-8")
    return text[: text.index(old)].count("\n") + 1


def _wrong(estate: Path) -> list[str]:
    with pytest.raises(InputError) as caught:
        list(open_estate(estate).institutions())
    return [str(item).removeprefix(f"{estate}/") for item in caught.value.diagnostics]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "sla: standard",
            "sla: standart",
            "37 reference-unknown no service level 'standart'; did you mean 'standard'?",
        ),
        ("target: desk", "target: desc", "74 reference-unknown no target 'desc'; did you mean 'desk'?"),
        (
            '"15200", keyword: ERBHALI',
            '"15201", keyword: ERBHALI',
            "20 reference-unknown no short code '15201'; did you mean '15200'?",
        ),
        (
            "desk: {kind: helpdesk}",
            "desk: {kind: helpdesk, secret: {store: secretsmanager, name: erb/x}}",
            "36 target-secret nothing calls a helpdesk, so that nothing can send a secret along",
        ),
        (
            "desk: {kind: helpdesk}",
            'desk: {kind: helpdesk, url: "https://erb.go.tz/x"}',
            "11 target-url a queue and the helpdesk have no url, any other target needs one",
        ),
        (
            "  helpdesk: {since: 2018/2019, sla: standard}\n",
            "",
            "18 target-helpdesk leads to the helpdesk, and services has none",
        ),
        (
            "users: 120,",
            "users: 120, priority: 50000,",
            "54 value-wrong services.e_office.priority: 50000: should be less than or equal to 49999",
        ),
    ],
)
def test_what_is_wrong_with_a_manifest_is_told_at_its_place(
    own_estate: Path, old: str, new: str, said: str
) -> None:
    """File, line and column, code, and what to do."""
    manifest = own_estate / "institutions" / "erb.yaml"
    _change(manifest, old, new)
    (found,) = _wrong(own_estate)
    _file, _line, rest = found.split(":", 2)
    assert rest == said


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "persons: [Juma Mrisho,",
            "persons: [Juma Mriso,",
            "reference-unknown no member of staff 'Juma Mriso'; did you mean 'Juma Mrisho'?",
        ),
        (
            "from: 15, until: 23, persons: [Rehema",
            "from: 24, until: 23, persons: [Rehema",
            "value-wrong helpdesk.rota.shifts[1].from: 24: should be less than or equal to 23",
        ),
        (
            "{response_minutes: 15, resolution_minutes: 240}",
            "{response_minutes: 15, resolution_minutes: 5}",
            "service-level-order a ticket is solved before anybody answers",
        ),
        (
            "[Elias Chacha, Saida Makame]",
            "[Elias Chacha, Elias Chacha]",
            "name-twice person 'Elias Chacha' stands twice",
        ),
        ("on: 2020-07-31", "on: 2020-07-07", "name-twice holiday '2020-07-07' stands twice"),
    ],
)
def test_what_is_wrong_with_the_desk_is_told_at_its_place(
    own_estate: Path, old: str, new: str, said: str
) -> None:
    """At the line of the shift, the level or the holiday in `estate.yaml`."""
    line = _change(own_estate / "estate.yaml", old, new)
    found = [item for item in _wrong(own_estate) if item.startswith("estate.yaml")]
    assert len(found) == 1
    place, _, text = found[0].partition(" ")
    assert (place.split(":")[1], text) == (str(line), said)


def test_an_e_office_without_an_issuer_is_told_at_its_line(own_estate: Path) -> None:
    """Where neither the manifest nor the estate says who its officers are known by."""
    _change(
        own_estate / "estate.yaml",
        "  issuer: gov                           # of officers whose institution names no other\n",
        "",
    )
    line = (own_estate / "institutions" / "erb.yaml").read_text(encoding="utf-8").split("  e_office:")[0]
    found = [item for item in _wrong(own_estate) if "erb.yaml" in item]
    message = (
        "no OIDC issuer says who its officers are: name one here (gov), or e_office.issuer in estate.yaml"
    )
    assert found == [f"institutions/erb.yaml:{line.count(chr(10)) + 1}:3 issuer-missing {message}"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "records_retention_years: 10,",
            "records_retention_years: 10, issuer: govt,",
            "reference-unknown no issuer 'govt'; did you mean 'gov'?",
        ),
        (
            "series: [{name: registers,",
            "series: [{name: general,",
            "name-twice series 'general' stands twice",
        ),
        (
            "{name: registers, retention_years: 30}",
            "{name: registers, retention_years: 30}, {name: registers, retention_years: 9}",
            "name-twice series 'registers' stands twice",
        ),
        (
            "retention_years: 30}",
            "retention_years: 300}",
            "value-wrong services.e_office.series[0].retention_years: 300: should be less than or equal to 100",
        ),
    ],
)
def test_what_is_wrong_with_an_e_office_is_told_at_its_line(
    own_estate: Path, old: str, new: str, said: str
) -> None:
    """An issuer that the estate does not have, a series twice, a time that is no time."""
    line = _change(own_estate / "institutions" / "erb.yaml", old, new)
    (found,) = _wrong(own_estate)
    place, _, text = found.partition(" ")
    assert (place.split(":")[1], text) == (str(line), said)
