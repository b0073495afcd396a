from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from egov_infra.manifest.figures import SYSTEMS, Figures, count, count_staff
from egov_infra.manifest.load import EstateSource
from egov_infra.manifest.register import manifests
from egov_infra.manifest.validate import validate
from egov_infra.model.institution import Institution
from egov_infra.source.document import parse_document

ESTATE = Path(__file__).resolve().parents[2] / "stacks" / "estate"
Row = Mapping[str, str]


def _rows(name: str) -> list[Row]:
    with (ESTATE / name).open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


REGISTER = {row["slug"]: row for row in _rows("register.csv")}
ENROLMENTS = _rows("enrolment.csv")


def _write(path: Path, rows: list[Row], columns: Row) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, columns)
        writer.writeheader()
        writer.writerows(rows)


def _imported(slug: str, enrolments: list[Row], folder: Path) -> Institution:
    """An institution as the import writes it from these enrolments."""
    register, enrolment = folder / "register.csv", folder / "enrolment.csv"
    _write(register, [REGISTER[slug]], REGISTER[slug])
    _write(enrolment, enrolments, ENROLMENTS[0])
    ((_, text),) = manifests(register, enrolment)
    institution, faults = validate(parse_document(text.encode(), slug), Institution)
    assert institution is not None, faults
    return institution


def _numbers(figures: Figures) -> dict[str, tuple[int, int]]:
    systems = {name: (len(item.added), len(item.institutions)) for name, item in figures.systems.items()}
    return {**systems, "applications": (len(figures.applications),) * 2}


@pytest.fixture(scope="module")
def institutions(source: EstateSource) -> Mapping[str, Institution]:
    """The sample estate's institutions by slug."""
    return {loaded.institution.slug: loaded.institution for loaded in source.institutions()}


HOSTED = {row["slug"] for row in ENROLMENTS if row["system"] == "application"}
REMOVABLE = [
    row
    for row in ENROLMENTS
    if row["system"] != "website" and not (row["system"] == "data_centre" and row["slug"] in HOSTED)
]
"""No other row needs them."""


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(row=st.sampled_from(REMOVABLE), in_its_own_period=st.booleans())
def test_removing_any_enrolment_lowers_exactly_one_figure(
    row: Row, in_its_own_period: bool, institutions: Mapping[str, Institution], tmp_path: Path
) -> None:
    """Whichever row goes, its system alone has one institution less: in all, and among the new ones of its period."""
    period = row["since"] if in_its_own_period else "2019/2020"
    slug, system = row["slug"], row["system"]
    own = [item for item in ENROLMENTS if item["slug"] == slug]
    others = [institution for institution in institutions.values() if institution.slug != slug]
    before, after = (
        _numbers(count([*others, _imported(slug, rows, tmp_path)], period))
        for rows in (own, [item for item in own if item is not row])
    )
    is_new = row["since"] == period
    lowered = {name: before[name] for name in before if before[name] != after[name]}
    key = "applications" if system == "application" else system
    assert lowered == {key: (after[key][0] + is_new, after[key][1] + 1)}


def test_totals_grow_by_what_is_added(institutions: Mapping[str, Institution], source: EstateSource) -> None:
    """Over all periods of the estate, each total is that of the period before and what is new."""
    periods = sorted(source.estate.periods)
    counted = [_numbers(count(institutions.values(), period)) for period in periods]
    for system in SYSTEMS:
        if system in ("training", "advice"):
            continue
        total = 0
        for numbers in counted:
            added, found = numbers[system]
            total += added
            assert found == total


def test_staff_are_counted_once_a_kind(source: EstateSource) -> None:
    """Two courses of one kind in a period are one member of staff; other periods and kinds stand apart."""
    staff = source.estate.staff
    member = next(item for item in staff if item.courses and item.courses[0].kind == "professional")
    course = member.courses[0]
    longer = course.model_copy(update={"kind": "long-term"})
    earlier = course.model_copy(update={"period": "2018/2019"})
    changed = member.model_copy(update={"courses": (course, course, longer, earlier)})
    estate = source.estate.model_copy(
        update={"staff": tuple(changed if item is member else item for item in staff)}
    )
    assert count_staff(source.estate, "2019/2020") == {"professional": 11, "long_term": 7}
    assert count_staff(estate, "2019/2020") == {"professional": 11, "long_term": 8}
    assert count_staff(estate, "2018/2019") == {"professional": 1, "long_term": 0}
