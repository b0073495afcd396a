from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from egov_infra.plan.difference import ResourceDifference, StackDifference
from egov_infra.policy.base import Base
from egov_infra.policy.comparison import Comparison
from egov_infra.policy.finding import Finding, Verdict
from egov_infra.policy.waiver import Register, Waiver
from egov_infra.report.format import comment, github_summary
from egov_infra.report.markdown import code, render_page
from egov_infra.report.outcome import Outcome, Unread
from egov_infra.source.diagnostic import Diagnostic, Place
from egov_infra.source.visible import visible

OUR_HTML = {"<br>", "<!-- egov-infra check -->\n", "</details>\n"}
NASTY = [
    "@mwtc please look",
    "[ok](https://example.org)",
    "![x](https://example.org/x.png)",
    "<script>alert(1)</script>",
    "</details><details open>",
    "`a` ``b`` `",
    "`",
    "line\n/merge\n## heading\n- item",
    "| a | b |",
    "https://example.org www.example.org #12 !3 GH-4",
    "\u202ereversed\u2066",
    "-->",
    "\\",
    "",
]


def _tokens(text: str) -> Iterator[Token]:
    for token in MarkdownIt("commonmark").enable("table").parse(text):
        yield token
        yield from token.children or ()


def _page(outcome: Outcome) -> str:
    return "".join(comment.FORMAT.render(outcome))


@pytest.mark.parametrize("text", NASTY)
def test_a_code_span_holds_the_whole_text(text: str) -> None:
    """One inline element, whatever the text: no Markdown, HTML, link or mention is read in it."""
    tokens = [token for token in _tokens(f"- a {code(text)} b") if token.type in ("text", "code_inline")]
    assert [(token.type, token.content) for token in tokens] == [
        ("text", "a "),
        ("code_inline", visible(text) or "(empty)"),
        ("text", " b"),
    ]


@given(st.text())
def test_any_text_is_one_code_span(text: str) -> None:
    """A property of `code`."""
    spans = [token.content for token in _tokens(f"x {code(text)} y") if token.type == "code_inline"]
    whole = visible(text) or "(empty)"
    assert spans == [whole if len(whole) <= 400 else f"{whole[:400]}…"]


@pytest.mark.parametrize("text", NASTY)
def test_a_manifest_cannot_write_the_comment(
    text: str, outcome_of: Callable[..., Outcome], found: Callable[..., Finding]
) -> None:
    """Values stand in code spans; HTML, headings and links are our own."""
    finding = replace(found(subject=f"domains/{text}", message=text), fix=text, institution=text or "x")
    tokens = list(_tokens(_page(outcome_of(finding))))
    assert {token.content for token in tokens if token.type.startswith("html")} <= OUR_HTML
    assert not {token.type for token in tokens} & {"link_open", "image", "fence", "code_block", "hr"}
    assert sum(token.type == "heading_open" for token in tokens) == 2


def test_the_comment_is_found_again_by_its_first_line(outcome_of: Callable[..., Outcome]) -> None:
    """A marker that nobody sees; the job summary has none."""
    assert _page(outcome_of()).splitlines()[0] == "<!-- egov-infra check -->"
    assert "".join(github_summary.FORMAT.render(outcome_of())).startswith("## egov-infra: the gate is open\n")


def test_a_long_page_keeps_its_limit_and_says_what_it_left_out(
    outcome_of: Callable[..., Outcome], found: Callable[..., Finding]
) -> None:
    """The worst come first, other sections have their beginning."""
    many = [found(subject=f"s/{number}", message="ü" * 300) for number in range(900)]
    warned = [found("gateway-target-unused", f"w/{number}") for number in range(30)]
    page = _page(outcome_of(*many, *warned))
    assert len(page.encode()) <= comment.LIMIT
    assert "### Blocks (900)" in page
    shown = page.count("- **critical**")
    assert f"- {900 - shown} more are left out here" in page
    assert shown > 50
    assert page.count("- **low**") == 10
    assert "- 20 more are left out here" in page
    whole = "".join(github_summary.FORMAT.render(outcome_of(*many, *warned)))
    assert "left out" not in whole


@pytest.mark.parametrize("limit", [400, 1_000, 3_000])
def test_headings_fit_however_small_the_page(
    limit: int, outcome_of: Callable[..., Outcome], found: Callable[..., Finding]
) -> None:
    """Counts are what a reader needs first."""
    page = render_page(outcome_of(found(message="x" * 500), found("gateway-target-unused", "w")), limit)
    assert "### Blocks (1)" in page
    assert "### Warns (1)" in page
    assert limit < 1_000 or len(page.encode()) <= limit


def test_how_to_mend_is_said_once_a_rule(
    outcome_of: Callable[..., Outcome], found: Callable[..., Finding]
) -> None:
    """Many findings of one rule are the normal case."""
    assert _page(outcome_of(found(subject="a"), found(subject="b"))).count("fix: `close it`") == 1


def test_waivers_show_the_days_that_they_have_left(
    outcome_of: Callable[..., Outcome], found: Callable[..., Finding]
) -> None:
    """The first to end first; those that end within a month stand out."""
    outcome = outcome_of(
        found(subject="a", verdict=Verdict.WAIVED), found(subject="b", verdict=Verdict.WAIVED)
    )
    today = outcome.judgement.today
    waivers = tuple(
        Waiver(
            rule="mail-dmarc-not-enforced",
            institution="erb",
            subject=subject,
            values_digest="0" * 16,
            reason="x" * 40,
            author="A. Author",
            approver="B. `Approver`",
            approved_on=today,
            expires_on=today + datetime.timedelta(days=days),
            compensating_control="watched by hand",
        )
        for subject, days in (("a", 31), ("b", 1))
    )
    policies = replace(outcome.judgement.policies, waivers=Register(waivers, None))
    page = _page(replace(outcome, judgement=replace(outcome.judgement, policies=policies)))
    section = page.partition("### Waivers in use")[2]
    assert section == (
        " (2, 1 of them end within 30 days)\n\n"
        "- **1 day left**, until 2020-07-01: `mail-dmarc-not-enforced` `erb` `b`, approved by `` B. `Approver` ``\n"
        "- 31 days left, until 2020-07-31: `mail-dmarc-not-enforced` `erb` `a`, approved by `` B. `Approver` ``\n"
    )


def test_a_change_shows_what_it_brings_and_what_it_plans(
    outcome_of: Callable[..., Outcome], found: Callable[..., Finding]
) -> None:
    """New, existing, fixed, weakened; resources by stack."""
    new, old, mended, weak = (found(subject=name, message=name) for name in ("new", "old", "mended", "weak"))
    outcome = outcome_of(new, old)
    stacks = (
        StackDifference(
            "erb.domain",
            "erb",
            (ResourceDifference("aws:route53/record:Record", "erb-new"),),
            (ResourceDifference("aws:route53/zone:Zone", "erb-zone", ("comment", "tags")),),
            (ResourceDifference("aws:s3/bucket:Bucket", "erb-old"),),
        ),
        StackDifference("erb.gateway", "erb", (), (), ()),
    )
    judgement = outcome.judgement
    base = Base("main", "a" * 40, judgement.policies, judgement, judgement, stacks)
    comparison = Comparison(
        new=(new,),
        worsened=(),
        weakened=(weak,),
        is_lifted=False,
        existing=(old,),
        fixed=(mended,),
        vanished=(),
        decision=outcome.decision,
        exit_code=1,
    )
    page = _page(replace(outcome, base=base, comparison=comparison))
    head, *sections = page.split("\n### ")
    assert "against `main (aaaaaaaaaaaa)`" in head
    assert (
        "| new | 1 | 0 | 0 | 0 |\n| weakened | 1 | 0 | 0 | 0 |\n| existing | 1 | 0 | 0 | 0 |\n| fixed | 1 |"
        in head
    )
    titles = [section.partition("\n")[0] for section in sections]
    assert titles == [
        "New (1)",
        "Weakened: refused by the policies of the base, and let through by those of the change (1)",
        "Plan: 2 stacks differ, 1 created, 1 changed, 1 removed",
    ]
    plan, resources, *folded = sections[-1].split("\n<details><summary>")
    assert plan.splitlines()[2:] == [
        "- `erb.domain`: 1 created, 1 changed, 1 removed",
        "- `erb.gateway`: only what it exports",
    ]
    assert resources.splitlines() == [
        "Resources that differ (3)</summary>",
        "",
        "- `erb.domain` create `aws:route53/record:Record` `erb-new`",
        "- `erb.domain` change `aws:route53/zone:Zone` `erb-zone`: `comment, tags`",
        "- `erb.domain` remove `aws:s3/bucket:Bucket` `erb-old`",
        "",
        "</details>",
    ]
    assert [text.partition("</summary>")[0] for text in folded] == [
        "Existing: the base has them, too (1)",
        "Fixed (1)",
    ]


def test_what_cannot_be_read_is_no_clean_comment(unread: Unread) -> None:
    """It says that nothing was judged."""
    page = "".join(comment.FORMAT.render_unread(unread))
    assert page.startswith("<!-- egov-infra check -->\n## egov-infra: nothing was judged\n")
    assert "- `key-unknown` `no field 'a'`<br>`stacks/estate/institutions/erb.yaml:9:2`\n" in page


def test_what_signed_policies_let_through_is_listed_and_is_no_error(
    outcome_of: Callable[..., Outcome], found: Callable[..., Finding]
) -> None:
    """A rule that goes without a word is one all the same."""
    weak = found(subject="weak", message="weak")
    outcome = outcome_of()
    base = Base("main", "a" * 40, outcome.judgement.policies, outcome.judgement, outcome.judgement)
    gone = Diagnostic(Place("policies"), "rule-vanished", "mail-x is no more")
    comparison = Comparison((), (), (weak,), True, (), (), (gone,), outcome.decision, 1)
    outcome = replace(outcome, base=base, comparison=comparison)
    assert [item.effect for item in outcome.items()] == ["lifted"]
    assert [(item.code, item.message) for item in outcome.obstacles()] == [
        ("rule-vanished", "mail-x is no more")
    ]
    assert "Lifted: refused by the policies of the base, and let through by signed ones (1)" in _page(outcome)
