from __future__ import annotations

import json
import posixpath
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from egov_infra.cli.main import root as cli
from egov_infra.policy.finding import Verdict
from egov_infra.report.site.pages import MARK, SECURITY_POLICY, _Site, build_site
from egov_infra.report.site.survey import Survey
from egov_infra.report.words import LANGUAGES, Words
from egov_infra.source.diagnostic import InputError
from tests.report.site.page import Page, parse

Site = Mapping[str, bytes]


def _pages(site: Site) -> dict[str, Page]:
    return {path: parse(content) for path, content in site.items() if path.endswith(".html")}


def test_every_institution_rule_and_system_has_a_page_in_every_language(site: Site, surveyed: Survey) -> None:
    """Nothing else is written, and each page is there twice."""
    names = {
        "index.html", "institutions.html", "rules.html", "platform.html", "names.js",
        *(f"institutions/{slug}.html" for slug in surveyed.institutions),
        *(f"rules/{rule.id}.html" for rule in surveyed.judgement.policies.rules),
        *(f"systems/{system}.html" for system in surveyed.current.systems),
    }  # fmt: skip
    files = {"index.html", "style.css", "search.js", "icon.svg"}
    assert set(site) == files | {f"{language}/{name}" for language in LANGUAGES for name in names}


def test_same_survey_gives_the_same_bytes(site: Site, surveyed: Survey) -> None:
    """No time of day, no order of sets."""
    assert dict(build_site(surveyed)) == site


def test_every_link_leads_to_a_page_of_the_site(site: Site) -> None:
    """And every part of a page that a link names is there."""
    pages = _pages(site)
    ids = {path: {names.get("id") for _, names in page.tags} for path, page in pages.items()}
    dead = []
    for path, page in pages.items():
        for link in page.links:
            file, _, part = link.partition("#")
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), file)) if file else path
            if target not in site or (part and part not in ids[target]):
                dead.append((path, link))
    assert dead == []


def test_nothing_is_inline_and_nothing_comes_from_elsewhere(site: Site) -> None:
    """What the security policy forbids does not stand in a page; the policy itself stands in each."""
    for path, page in _pages(site).items():
        policies = [names["content"] for tag, names in page.tags if names.get("http-equiv")]
        assert policies == [SECURITY_POLICY], path
        for tag, names in page.tags:
            assert tag not in ("style", "iframe", "object", "embed", "base", "form"), path
            assert tag != "script" or names.get("src"), path
            assert not [name for name in names if name == "style" or name.startswith("on")], path
        assert not [link for link in page.links if re.match(r"[a-z]+:|//", link)], path
    assert "unsafe" not in SECURITY_POLICY


def test_page_says_its_language_and_leads_to_its_twin(site: Site) -> None:
    """One title, one main heading, a way past the head for keyboards, and the other language a link away."""
    for path, page in _pages(site).items():
        if path == "index.html":
            continue
        language, _, name = path.partition("/")
        (other,) = (item for item in LANGUAGES if item != language)
        tags = [tag for tag, _ in page.tags]
        assert dict(page.tags)["html"] == {"lang": language}
        assert (tags.count("h1"), tags.count("main")) == (1, 1)
        twin = next(names["href"] for _, names in page.tags if names.get("rel") == "alternate")
        assert twin is not None
        assert posixpath.normpath(posixpath.join(posixpath.dirname(path), twin)) == f"{other}/{name}"
        first = next(names for tag, names in page.tags if tag == "a")
        assert (first["class"], first["href"]) == ("skip", "#content")


def test_first_page_says_what_the_report_says(site: Site, surveyed: Survey) -> None:
    """The figures are those of the period's report, and the gate is told in words."""
    page = parse(site["sw/index.html"])
    words = Words("sw")
    for system, figure in surveyed.current.systems.items():
        assert f"{words(f'system_{system}')} {len(figure.institutions)} " in page.text
    assert words("gate_1") in page.text
    assert "Wahandisi" in page.text


def test_institution_page_shows_entitlements_plan_findings_and_waivers(site: Site, surveyed: Survey) -> None:
    """A waiver says how many days are left; each planned resource is a tile, and protected ones are marked."""
    page = parse(site["en/institutions/erb.html"])
    erb = surveyed.institutions["erb"]
    tiles = [names for tag, names in page.tags if tag == "rect" and names.get("x")]
    assert len(tiles) == erb.resources
    held = sum(tile.holds_data for box in erb.stacks for service in box.services for tile in service.tiles)
    assert sum(names["class"] == "tile held" for names in tiles) == held > 0
    for text in (
        "erb.go.tz since 2014/2015",
        "DMARC p=none sp=reject np=reject",
        "fail critical mail-dmarc-not-enforced erb.go.tz: receivers apply DMARC policy none, expected reject",
        "waived high mail-mta-sts-not-enforced",
        "Days left 19 (until 19 July 2020)",
        "Approved by Asha Mwinyi, 1 June 2020",
        "Place institutions/erb.yaml:",
    ):
        assert text in page.text
    assert [finding.verdict for finding in erb.findings].count(Verdict.WAIVED) == 1


def test_rule_page_says_who_passes_and_who_does_not(site: Site) -> None:
    """Those that pass by name, those that do not with what is wrong; what spans institutions has nobody's name."""
    page = parse(site["en/rules/mail-dmarc-not-enforced.html"])
    assert "pass 3 fail 1 Do not pass fail critical Engineers Registration Board" in page.text
    assert (
        "Pass 3 Arusha City Council Ministry of Works, Transport and Communication President's Office"
        in page.text
    )
    assert "RFC 9989 section 4.7" in page.text
    spanning = parse(site["en/rules/mail-domain-claimed-twice.html"])
    assert Words("en")("spans") in spanning.text


def test_rules_are_counted_as_the_judgement_does(surveyed: Survey) -> None:
    """Over all rules, verdicts add up to those of the estate, and so they do over institutions."""
    counts = surveyed.judgement.counts
    for verdict in (Verdict.PASS, Verdict.FAIL, Verdict.WAIVED, Verdict.UNKNOWN, Verdict.ERROR):
        assert sum(item.counts.get(verdict, 0) for item in surveyed.standings.values()) == counts[verdict]
    passes = sum(
        times
        for item in (surveyed.platform, *surveyed.institutions.values())
        for (_, verdict), times in item.verdicts.items()
        if verdict is Verdict.PASS
    )
    spanning = [
        standing.counts[Verdict.PASS]
        for standing in surveyed.standings.values()
        if standing.rule.kind.name in ("claim", "quota")
    ]
    assert passes + sum(spanning) == counts[Verdict.PASS]


MARKUP = st.text(st.sampled_from("<>&\"'`=/{}%#!-ascriptonu \u2028é"), min_size=2, max_size=40)


PATHS = ("index.html", "institutions.html", "institutions/erb.html", "rules/mail-dmarc-not-enforced.html")


def test_markup_in_names_stays_text(surveyed: Survey) -> None:
    """Whatever institutions are called and findings say, pages have the same tags, and show the text."""
    plain = _changed(surveyed, "Name", "Message")
    expected = {(language, path): _one(plain, language, path) for language in LANGUAGES for path in PATHS}

    @settings(max_examples=20)
    @given(name=MARKUP, message=MARKUP)
    def check(name: str, message: str) -> None:
        odd = _changed(surveyed, name, message)
        for (language, path), page in expected.items():
            found = _one(odd, language, path)
            assert _shape(found) == _shape(page)
            assert name in "".join(found.texts)
        for language in LANGUAGES:
            script = _Site(odd, Words(language))._names()
            assert "<" not in script
            assert name in {entry[0] for entry in json.loads(script[script.index("[") : -2])}

    check()


def _shape(page: Page) -> Counter[tuple[str, frozenset[str]]]:
    """How often each tag stands there with which attributes; rows move with the names that they are sorted by."""
    return Counter((tag, frozenset(names)) for tag, names in page.tags)


def _changed(survey: Survey, name: str, message: str) -> Survey:
    """ERB called so in both languages, with findings that say so."""
    erb = survey.institutions["erb"]
    assert erb.institution is not None
    identity = erb.institution.institution
    names = identity.name.model_copy(update={"en": name, "sw": name})
    institution = erb.institution.model_copy(
        update={"institution": identity.model_copy(update={"name": names, "region": name})}
    )
    findings = tuple(replace(item, message=message, subject=message) for item in erb.findings)
    changed = replace(erb, institution=institution, findings=findings)
    return replace(survey, institutions={**survey.institutions, "erb": changed})


def _one(survey: Survey, language: str, path: str) -> Page:
    site = _Site(survey, Words(language))
    made: dict[str, Any] = {
        "index.html": site._overview,
        "institutions.html": site._institutions,
        "institutions/erb.html": lambda: site._institution(path, survey.institutions["erb"]),
        "rules/mail-dmarc-not-enforced.html": lambda: site._rule(survey.standings["mail-dmarc-not-enforced"]),
    }
    return parse(made[path]()[1].encode())


def test_names_are_searched_in_both_languages(site: Site) -> None:
    """The list that is searched is data: JSON behind a name."""
    text = site["sw/names.js"].decode().removeprefix("globalThis.egovNames = ").removesuffix(";\n")
    found = json.loads(text)
    assert [
        "Bodi ya Usajili wa Wahandisi", "erb", "institutions/erb.html", "erb Engineers Registration Board",
    ] in found  # fmt: skip
    assert {f"sw/{page}" for _, _, page, _ in found} <= set(site)


def test_command_writes_the_site_and_leaves_other_folders_alone(
    own_estate: Path, root: Path, tmp_path: Path
) -> None:
    """A folder that holds other things is refused; one of ours is replaced whole."""
    target = tmp_path / "out"
    arguments = [
        "report",
        "--estate",
        str(own_estate),
        "--policies",
        str(root / "policies"),
        "--site",
        str(target),
    ]
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    assert (target / "en" / "institutions" / "erb.html").is_file()
    (target / "left-over.html").touch()
    assert CliRunner().invoke(cli, arguments).exit_code == 0
    assert not (target / "left-over.html").exists()
    (target / MARK).unlink()
    with pytest.raises(InputError, match="holds other things"):
        CliRunner().invoke(cli, arguments, catch_exceptions=False)


@pytest.mark.parametrize(
    "more", [[], ["--site", "x", "--period", "2019/2020"], ["--site", "x", "--kind", "ministry"]]
)
def test_period_or_site_is_said(more: list[str]) -> None:
    """One of them, never both; what narrows a report is not passed over in silence with the site."""
    assert CliRunner().invoke(cli, ["report", *more]).exit_code == 2
