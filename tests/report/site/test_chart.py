from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.manifest.figures import Figure, Figures
from egov_infra.report.site.chart import HEIGHT, Column, Share, growth


@pytest.mark.parametrize(
    ("part", "whole", "percent"),
    [(0, 0, 0), (0, 581, 0), (1, 581, 1), (43, 581, 7), (580, 581, 99), (581, 581, 100), (1, 8, 13)],
)
def test_percent_never_hides_something_nor_says_all_too_early(part: int, whole: int, percent: int) -> None:
    """One of 581 is 1%, 580 are 99%."""
    assert Share(part, whole).percent == percent


@given(st.integers(0, 1_000), st.integers(0, 1_000))
def test_percent_is_within_its_bounds(part: int, more: int) -> None:
    """0 exactly for nothing, 100 exactly for all."""
    share = Share(part, part + more)
    assert 0 <= share.percent <= 100
    assert (share.percent == 0) is (part == 0)
    assert (share.percent == 100) is (part > 0 and more == 0)


def _figures(period: str, total: int, added: int) -> Figures:
    slugs = tuple(map(str, range(total)))
    return Figures(period, 10, {"gms": Figure(slugs, slugs[:added])}, ())


def test_columns_grow_to_the_top() -> None:
    """The highest column reaches the top; what is new stands above what was there."""
    figures = {item.period: item for item in (_figures("2019/2020", 8, 2), _figures("2018/2019", 6, 0))}
    found = growth(figures, "gms")
    assert found.columns == (
        Column("2018/2019", 0, 6, 0, HEIGHT // 4, HEIGHT * 3 // 4, 0),
        Column("2019/2020", found.step, 8, 2, 0, HEIGHT, HEIGHT // 4),
    )
    assert found.width == 2 * found.step


def test_system_without_anybody_has_flat_columns() -> None:
    """Nothing to divide by is no fault."""
    assert growth({"2019/2020": _figures("2019/2020", 0, 0)}, "gms").columns[0].height == 0
