from __future__ import annotations

import datetime
import json
from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from egov_infra.cli.report import command
from egov_infra.manifest.figures import SYSTEMS, Figure, Figures, count
from egov_infra.manifest.load import EstateSource
from egov_infra.report.period import PeriodReport, render_html
from egov_infra.report.words import LANGUAGES, Words
from egov_infra.source.diagnostic import InputError

Run = Callable[..., Result]
SYSTEM_FIGURES = {
    "data_centre": {"added": 13, "total": 43},
    "gms": {"added": 39, "total": 398},
    "e_office": {"added": 15, "total": 48},
    "gmp": {"added": 24, "total": 146},
    "training": {"institutions": 98},
    "advice": {"institutions": 23},
    "helpdesk": {"institutions": 252},
}
REPORTED = {
    "period": "2019/2020",
    "systems": SYSTEM_FIGURES,
    "applications": [
        {"institution": "erb", "blueprint": "professional-register", "name": "register"},
        {"institution": "mscl", "blueprint": "e-ticketing", "name": "tickets"},
        {"institution": "psptb", "blueprint": "professional-register", "name": "register"},
        {"institution": "trc", "blueprint": "e-ticketing", "name": "tickets"},
    ],
    "staff": {"professional": 11, "long_term": 7},
}


@pytest.fixture
def report(source: EstateSource) -> Run:
    """Runs the command on the sample estate."""

    def run(*arguments: str, period: str = "2019/2020") -> Result:
        return CliRunner().invoke(
            command, ["--period", period, "--estate", str(source.folder), *arguments], catch_exceptions=False
        )

    return run


@pytest.mark.parametrize("language", LANGUAGES)
def test_report_gives_exactly_what_was_reported(report: Run, language: str) -> None:
    """The figures of the budget speech, in either language."""
    assert json.loads(report("--format", "json", "--lang", language).output) == REPORTED


def test_text_and_page_hold_the_same_figures(report: Run) -> None:
    """What a person reads is what the JSON says."""
    text = report("--lang", "sw").output
    page = report("--lang", "sw", "--format", "html").output
    for system, figure in SYSTEM_FIGURES.items():
        label = Words("sw")(f"system_{system}")
        line = next(line for line in text.splitlines() if line.startswith(label))
        row = next(line for line in page.splitlines() if f">{label}<" in line)
        for number in figure.values():
            assert str(number) in line.removeprefix(label).split()
            assert f">{number}<" in row


def test_earlier_period_counts_those_enrolled_until_then(source: EstateSource) -> None:
    """Who came later is in no total of an earlier period, and totals never fall."""
    institutions = [loaded.institution for loaded in source.institutions()]
    before, now = (count(institutions, period).systems for period in ("2018/2019", "2019/2020"))
    for system in ("data_centre", "gms", "e_office", "gmp", "helpdesk"):
        assert set(before[system].institutions) == set(now[system].institutions) - set(now[system].added)


def test_cut_by_kind_and_region_lists_its_institutions(report: Run) -> None:
    """Each figure can be looked into."""
    found = json.loads(
        report("--format", "json", "--kind", "ministry", "--region", "Dodoma", "--list", "gmp").output
    )
    assert found["only"] == {"kind": "ministry", "region": "Dodoma"}
    assert found["systems"]["gmp"]["total"] == len(found["systems"]["gmp"]["slugs"]) > 0
    assert "mwtc" in found["systems"]["gmp"]["slugs"]


@pytest.mark.parametrize(
    ("arguments", "period", "said"),
    [
        ([], "2019/2021", "period-unknown no period '2019/2021' in the estate; did you mean '2019/2020'?"),
        (
            ["--kind", "minstry"],
            "2019/2020",
            "kind-unknown no kind 'minstry' in the estate; did you mean 'ministry'?",
        ),
        (
            ["--region", "Dodma"],
            "2019/2020",
            "region-unknown no region 'Dodma' in the estate; did you mean 'Dodoma'?",
        ),
    ],
)
def test_what_the_estate_does_not_have_is_refused(
    report: Run, arguments: list[str], period: str, said: str
) -> None:
    """A period, kind or region that does not exist is an input error with a hint."""
    with pytest.raises(InputError) as caught:
        report(*arguments, period=period)
    assert [str(item) for item in caught.value.diagnostics] == [f"<arguments> {said}"]


def test_numbers_and_days_are_written_as_each_language_does() -> None:
    """Thousands are set apart, and months have names."""
    day = datetime.date(2020, 8, 1)
    assert [(Words(name).shown(32_780), Words(name).shown(day)) for name in LANGUAGES] == [
        ("32,780", "1 August 2020"),
        ("32,780", "1 Agosti 2020"),
    ]


def test_cut_is_told_in_words(report: Run) -> None:
    """Whoever reads a narrowed report sees to what; what serves all is left out."""
    text = report("--kind", "ministry", "--region", "Dodoma", "--lang", "sw").output
    assert text.startswith(
        "Mifumo ya taasisi za umma, 2019/2020 (kati ya taasisi 23, wizara, Dodoma pekee)\n"
    )
    assert Words("sw")("staff") not in text


def test_page_escapes_every_value() -> None:
    """A name that is markup stays a name."""
    figures = Figures("2019/2020", 1, dict.fromkeys(SYSTEMS, Figure(("x",))), ())
    report = PeriodReport(figures, {}, {"x": "<script>&\"'"}, region="<b>", listed=("gms",))
    page = render_html(report, Words("en"))
    assert "<script>" not in page
    assert "<b>" not in page
    assert "&lt;script&gt;&amp;" in page
