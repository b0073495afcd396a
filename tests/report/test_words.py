from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest

from egov_infra.manifest.figures import SYSTEMS
from egov_infra.model.domains import Mail
from egov_infra.model.institution import Identity
from egov_infra.model.services import Training
from egov_infra.model.tenancy import Environment
from egov_infra.policy.finding import SEVERITIES, Verdict
from egov_infra.policy.load import DOMAINS
from egov_infra.policy.profile import Enforcement
from egov_infra.report.site.chart import ENROLLED
from egov_infra.report.words import LANGUAGES, Words, all_words

_SAID = re.compile(r"""words\(\s*f?["']([a-z0-9_-]+)["']""")
"""A word that code or a template says by its whole key."""


def _choices(record: Any, field: str) -> tuple[str, ...]:
    annotation = record.model_fields[field].annotation
    while get_origin(annotation) is not Literal:
        annotation = get_args(annotation)[0]
    return get_args(annotation)


FAMILIES = {
    "system": SYSTEMS,
    "short": ENROLLED,
    "kind": _choices(Identity, "kind"),
    "state": _choices(Identity, "state"),
    "classification": _choices(Identity, "classification"),
    "stance": _choices(Mail, "stance"),
    "size": _choices(Environment, "size"),
    "audience": _choices(Training, "audience"),
    "severity": SEVERITIES,
    "verdict": tuple(verdict.value for verdict in Verdict),
    "action": _choices(Enforcement, "action"),
    "domain": DOMAINS,
    "gate": ("0", "1", "3"),
    "staff": ("professional", "long_term"),
}
"""Words of which code says the beginning only; blueprints are open, and have their own name where nobody has said."""


def _said(root: Path) -> set[str]:
    folder = root / "egov_infra" / "report"
    files = [*folder.rglob("*.py"), *folder.rglob("*.html"), root / "egov_infra" / "cli" / "report.py"]
    text = "\n".join(path.read_text(encoding="utf-8") for path in files)
    bare = re.findall(
        r'"(overview|institutions|rules|platform|yes|no|locked_bucket|bucket|stance_neither|action_later)"',
        text,
    )
    return {*_SAID.findall(text), *bare, "months", "language"}


def test_every_word_that_is_said_is_in_the_catalogue(root: Path) -> None:
    """A missing one would be a hole in a report; of a family each member has one."""
    wanted = {f"{family}_{name}" for family, names in FAMILIES.items() for name in names}
    said = {key for key in _said(root) if not key.endswith("_")}
    assert sorted((said | wanted) - all_words().keys()) == []


def test_every_word_of_the_catalogue_is_said(root: Path) -> None:
    """What nobody says any longer goes away."""
    families = tuple(f"{family}_" for family in (*FAMILIES, "blueprint"))
    left = {key for key in all_words() if not key.startswith(families)} - _said(root)
    assert sorted(left) == []
    unknown = [
        key
        for family, names in FAMILIES.items()
        for key in all_words()
        if key.startswith(f"{family}_") and key.removeprefix(f"{family}_") not in names
    ]
    assert sorted(set(unknown) - _said(root)) == []


def test_every_word_has_every_language_with_the_same_holes() -> None:
    """And none is empty."""
    words = all_words()
    assert {key: sorted(texts) for key, texts in words.items() if sorted(texts) != sorted(LANGUAGES)} == {}
    assert [key for key, texts in words.items() if not all(text.strip() for text in texts.values())] == []
    holes = {
        key: {tuple(sorted(re.findall(r"\{(\w+)\}", text))) for text in texts.values()}
        for key, texts in words.items()
    }
    assert [key for key, found in holes.items() if len(found) != 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_month_has_a_name(language: str) -> None:
    """Twelve of them."""
    assert len(Words(language)("months").split()) == 12


def test_unknown_word_is_an_error_unless_a_plain_one_will_do() -> None:
    """Names that manifests choose freely stand for themselves."""
    with pytest.raises(KeyError):
        Words("en")("no-such-word")
    assert Words("sw").or_plain("blueprint", "e-ticketing") == "Tiketi za kielektroniki"
    assert Words("sw").or_plain("blueprint", "e-something") == "e-something"
