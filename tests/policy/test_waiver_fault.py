from __future__ import annotations

import datetime
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.manifest.load import EstateSource
from egov_infra.policy.policies import Policies
from egov_infra.policy.waiver import LONGEST_DAYS, Waiver
from egov_infra.policy.waiver_fault import Terms, faults_of, in_force
from tests.policy.waivers import GOOD

DAYS = st.dates(datetime.date(2019, 1, 1), datetime.date(2021, 12, 31))


@pytest.fixture(scope="module")
def terms(source: EstateSource, policies: Policies) -> Terms:
    """Those of the sample estate; Asha Mwinyi is certified for mail on every day that is tried."""
    found = policies.terms(source, datetime.date(2020, 6, 30))
    staff = [member.model_dump() for member in source.estate.staff]
    for member in staff:
        for certification in member["certifications"]:
            certification["until"] = datetime.date(2022, 1, 1)
    estate = type(source.estate).model_validate(
        {**source.estate.model_dump(by_alias=True), "staff": tuple(staff)}
    )
    return replace(found, estate=estate)


def _waiver(approved_on: datetime.date, expires_on: datetime.date) -> Waiver:
    dates = {"approved_on": str(approved_on), "expires_on": str(expires_on)}
    return Waiver.model_validate({**GOOD, "values_digest": "0" * 16, **dates})


@given(approved_on=DAYS, expires_on=DAYS, today=DAYS)
def test_a_waiver_holds_within_its_life_and_no_longer_than_its_severity_allows(
    terms: Terms, approved_on: datetime.date, expires_on: datetime.date, today: datetime.date
) -> None:
    """Whatever the days are; one that holds is in force, and is the one that counts as debt."""
    waiver = _waiver(approved_on, expires_on)
    on_the_day = replace(terms, today=today)
    is_in_life = approved_on <= today <= expires_on
    is_short = (expires_on - approved_on).days <= LONGEST_DAYS["high"]
    assert (list(faults_of(waiver, on_the_day)) == []) is (is_in_life and is_short)
    assert (list(in_force([waiver], on_the_day, "high")) == [0]) is is_in_life


def test_wildcards_are_for_rules_of_low_severity(terms: Terms) -> None:
    """Of such a rule one waiver may stand for every subject of an institution, and for whatever values; it repeats any other."""
    wide = _waiver(datetime.date(2020, 6, 1), datetime.date(2020, 8, 15)).model_copy(
        update={"rule": "tenancy-routes-unused", "subject": "*", "values_digest": "*"}
    )
    assert list(faults_of(wide, terms)) == []
    assert wide.covers(wide.model_copy(update={"subject": "tenancy"}))
    assert not wide.covers(wide.model_copy(update={"institution": "mwtc"}))
    high = wide.model_copy(update={"rule": GOOD["rule"]})
    assert [(fault.path, fault.code) for fault in faults_of(high, terms)] == [
        (("subject",), "waiver-broad"),
        (("values_digest",), "waiver-broad"),
    ]
