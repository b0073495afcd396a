"""The pages of an estate: each is a path below the site's folder and its bytes; the same survey gives the same bytes."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

import egov_infra
from egov_infra.manifest.figures import YEARLY, Figure, count_staff
from egov_infra.plan.names import PLATFORM
from egov_infra.policy.finding import SEVERITIES, Verdict
from egov_infra.policy.load import DOMAINS
from egov_infra.policy.standing import Standing
from egov_infra.policy.waiver import Waiver
from egov_infra.report.page import TEMPLATES, pages
from egov_infra.report.site.chart import ENROLLED, Share, growth, rows
from egov_infra.report.site.entitlement import describe_entitlements
from egov_infra.report.site.survey import Survey, Surveyed
from egov_infra.report.words import LANGUAGES, Words

SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
"""Nothing from elsewhere, and nothing inline: what a name holds can be text only."""
MARK = ".egov-infra-site"
"""File that tells a folder of ours."""
_FILES = ("style.css", "search.js", "icon.svg")
_MOST = 100
"""Findings that the first page lists; the others stand with their institutions and rules."""
_SHOWN = (Verdict.PASS, Verdict.FAIL, Verdict.WAIVED, Verdict.UNKNOWN, Verdict.ERROR)


def build_site(survey: Survey) -> Iterator[tuple[str, bytes]]:
    """Every page of an estate in every language, and the files that they need."""
    for name in _FILES:
        yield name, (TEMPLATES / "site" / name).read_bytes()
    languages = [Words(language) for language in LANGUAGES]
    choice = pages().get_template("site/choose.html")
    values = {"survey": survey, "languages": languages, "security_policy": SECURITY_POLICY}
    yield "index.html", choice.render(values).encode()
    for words in languages:
        site = _Site(survey, words)
        for path, content in site.pages():
            yield f"{words.language}/{path}", content.encode()


class _Site:
    """The pages of one language."""

    def __init__(self, survey: Survey, words: Words) -> None:
        self._survey = survey
        self._words = words
        self._identities = {
            slug: item.institution.institution
            for slug, item in survey.institutions.items()
            if item.institution is not None
        }
        other = next(language for language in LANGUAGES if language != words.language)
        self._shared: dict[str, Any] = {
            "survey": survey,
            "words": words,
            "version": egov_infra.__version__,
            "security_policy": SECURITY_POLICY,
            "other_language": other,
            "other_language_name": Words(other)("language"),
            "enrolled": ENROLLED,
            "yearly": YEARLY,
            "growth": {system: growth(survey.figures, system) for system in ENROLLED},
            "kind_name": self._kind_name,
            "region_name": self._region_name,
            "name_of": self._name,
        }

    def pages(self) -> Iterator[tuple[str, str]]:
        """Path below the language's folder, and content."""
        yield "names.js", self._names()
        yield self._overview()
        yield self._institutions()
        for system, figure in self._survey.current.systems.items():
            yield self._system(system, figure)
        yield self._institution("platform.html", self._survey.platform)
        for slug, item in self._survey.institutions.items():
            yield self._institution(f"institutions/{slug}.html", item)
        yield self._rules()
        for standing in self._survey.standings.values():
            yield self._rule(standing)

    def _page(self, template: str, path: str, **values: Any) -> tuple[str, str]:
        """A page that knows the way to the site's folder and to its twin in the other language."""
        home = "../" * path.count("/")
        top = f"{home}../"
        language: str = self._shared["other_language"]
        places = {"path": path, "home": home, "top": top, "other": f"{top}{language}/{path}"}
        content = pages().get_template(f"site/{template}.html").render({**self._shared, **places, **values})
        return path, f"{content}\n"

    def _overview(self) -> tuple[str, str]:
        survey, everyone = self._survey, self._identities.values()
        return self._page(
            "overview",
            "index.html",
            verdicts=[(verdict.value, survey.judgement.counts[verdict]) for verdict in Verdict],
            share_of=self._share,
            kinds=sorted(
                rows(everyone, survey.current, lambda identity: identity.kind),
                key=lambda row: self._kind_name(row.name),
            ),
            regions=rows(everyone, survey.current, lambda identity: identity.region or ""),
            staff=count_staff(survey.estate, survey.current.period),
            link_of=self._link,
            findings=sorted(survey.judgement.findings, key=lambda item: SEVERITIES.index(item.severity))[
                :_MOST
            ],
        )

    def _institutions(self) -> tuple[str, str]:
        by_kind: dict[str, list[Surveyed]] = {}
        for slug in sorted(self._identities, key=lambda slug: (self._name(slug).casefold(), slug)):
            by_kind.setdefault(self._identities[slug].kind, []).append(self._survey.institutions[slug])
        members = {
            system: frozenset(self._survey.current.systems[system].institutions) for system in ENROLLED
        }
        return self._page(
            "institutions",
            "institutions.html",
            by_kind=sorted(by_kind.items(), key=lambda item: self._kind_name(item[0])),
            members_of=members,
        )

    def _system(self, system: str, figure: Figure) -> tuple[str, str]:
        """Institutions by the period in which they came, the latest first; those of one period by name."""
        figures = self._survey.figures
        periods = [
            (period, found.systems[system].added) for period, found in sorted(figures.items(), reverse=True)
        ]
        named = [(period, sorted(slugs, key=self._name)) for period, slugs in periods if slugs]
        path = f"systems/{system}.html"
        return self._page("system", path, system=system, share=self._share(figure), periods=named)

    def _institution(self, path: str, item: Surveyed) -> tuple[str, str]:
        institution = item.institution
        tally: Counter[Verdict] = Counter()
        looked: dict[str, Counter[str]] = {}
        for (rule, verdict), times in item.verdicts.items():
            tally[verdict] += times
            looked.setdefault(rule.partition("-")[0], Counter())[rule] += times
        waived = sum(finding.verdict is Verdict.WAIVED for finding in item.findings)
        tally += Counter({Verdict.WAIVED: waived})
        tally -= Counter({Verdict.FAIL: waived})
        return self._page(
            "institution",
            path,
            item=item,
            name=self._name(item.slug),
            identity=institution.institution if institution else None,
            entitlements=list(describe_entitlements(institution, self._words)) if institution else [],
            days_left=self._days_left,
            verdicts=_tallied(tally),
            rules_here=[(domain, sorted(looked[domain].items())) for domain in DOMAINS if domain in looked],
        )

    def _rules(self) -> tuple[str, str]:
        by_domain: dict[str, list[Standing]] = {}
        for standing in self._survey.standings.values():
            by_domain.setdefault(standing.rule.domain, []).append(standing)
        present = [(domain, by_domain[domain]) for domain in DOMAINS if domain in by_domain]
        return self._page("rules", "rules.html", by_domain=present, shown_verdicts=_SHOWN)

    def _rule(self, standing: Standing) -> tuple[str, str]:
        rule = standing.rule
        return self._page(
            "rule",
            f"rules/{rule.id}.html",
            rule=rule,
            standing=standing,
            effect=self._effect(standing),
            verdicts=_tallied(standing.counts),
            spans=standing.spans and standing.counts[Verdict.PASS],
            names=lambda slug: (self._name(slug), f"../{self._link(slug)}"),
            link_of=lambda slug: f"../{self._link(slug)}",
        )

    def _effect(self, standing: Standing) -> str:
        """What a finding of the rule does, and from when another thing."""
        profile, metadata = self._survey.judgement.policies.profile, standing.rule.metadata
        today = profile.action(standing.rule.id, metadata.severity, self._survey.today)
        said = self._words(f"action_{today}")
        for step in profile.coming(standing.rule.id, metadata.severity, self._survey.today):
            later = self._words(f"action_{step.action}")
            said = self._words("action_later", now=said, day=step.begins, later=later)
        return said

    def _names(self) -> str:
        """What is searched, as a script: JSON is JavaScript, and `<` is written so that it is no markup anywhere."""
        words = self._words
        found = [[words("platform"), PLATFORM, "platform.html", ""]]
        for slug, identity in self._identities.items():
            more = f"{slug} {getattr(identity.name, self._shared['other_language'])}"
            found.append([self._name(slug), slug, f"institutions/{slug}.html", more])
        for rule, standing in self._survey.standings.items():
            found.append([rule, words("rule"), f"rules/{rule}.html", standing.rule.metadata.title])
        text = json.dumps(found, ensure_ascii=False, indent=0).replace("<", "\\u003c")
        return f"globalThis.egovNames = {text};\n"

    def _share(self, figure: Figure) -> Share:
        return Share(len(figure.institutions), len(self._survey.institutions))

    def _name(self, slug: str) -> str:
        if slug not in self._identities:
            return self._words("platform") if slug == PLATFORM else slug
        name: str = getattr(self._identities[slug].name, self._words.language)
        return name

    def _link(self, slug: str) -> str:
        """From the language's folder."""
        return f"institutions/{slug}.html" if slug in self._identities else "platform.html"

    def _kind_name(self, kind: str) -> str:
        return self._words.or_plain("kind", kind)

    def _region_name(self, region: str | None) -> str:
        return region or self._words("no_region")

    def _days_left(self, waiver: Waiver) -> int:
        return waiver.days_left(self._survey.today)


def _tallied(counts: Mapping[Verdict, int]) -> list[tuple[str, int]]:
    """Verdicts that were given, in their order."""
    return [(verdict.value, counts[verdict]) for verdict in _SHOWN if counts.get(verdict)]
