from __future__ import annotations

import datetime
from typing import Any

import pytest

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.retirement import NOTHING, Retired, retired_by
from egov_infra.plan.stacks import plan_institution

Names = set[tuple[str, str]]


def _protected(institution: Institution, context: PlanContext) -> Names:
    stacks = plan_institution(institution, context)
    return {(item.stack, item.name) for stack in stacks for item in stack.resources if item.options.protect}


def _changed(institution: Institution, what: str = "", on: str = "2020-06-30", **parts: Any) -> Institution:
    """With other parts, and one thing retired."""
    data = institution.model_dump(by_alias=True) | parts
    data["retired"] = ({"what": what, "on": on},) if what else ()
    return Institution.model_validate(data)


def _permitted(institution: Institution, context: PlanContext, before: Names) -> Names:
    retired = retired_by(institution, context)
    return {item for item in before if retired.permits(*item)}


def _without(institution: Institution, what: str) -> Institution:
    """The manifest from which a value is gone, and which retires it."""
    data = institution.model_dump(by_alias=True)
    head, kind, *rest = what.split("/")
    if head == "tenancy":
        tenancy = data["tenancy"]
        held = tenancy[kind]
        if kind == "environments":
            tenancy[kind] = {name: value for name, value in held.items() if name != rest[0]}
        else:
            tenancy[kind] = tuple(item for item in held if item["name"] != rest[0])
    elif not rest:
        data["domains"] = tuple(item for item in data["domains"] if item["name"] != kind)
    else:
        (domain,) = (item for item in data["domains"] if item["name"] == kind)
        if rest == ["dnssec"]:
            domain["dnssec"] = False
        elif rest == ["mail", "mta_sts"]:
            domain["mail"]["mta_sts"] = None
        elif rest[:2] == ["mail", "senders"]:
            mail = domain["mail"]
            mail["senders"] = tuple(name for name in mail["senders"] if name != rest[2])
        else:
            domain[rest[0]] = None
    data["retired"] = ({"what": what, "on": "2020-06-30"},)
    return Institution.model_validate(data)


@pytest.mark.parametrize(
    "what",
    [
        "tenancy/buckets/records",
        "tenancy/buckets/exports",
        "tenancy/environments/test",
        "domains/erb.go.tz",
        "domains/erb.go.tz/dnssec",
        "domains/erb.go.tz/website",
        "domains/erb.go.tz/mail",
        "domains/erb.go.tz/mail/mta_sts",
        "domains/erb.go.tz/mail/senders/ses",
    ],
)
def test_permits_what_vanishes_with_the_value_and_nothing_else(
    what: str, erb: LoadedInstitution, context: PlanContext
) -> None:
    """Whatever holds data and is planned no longer may go; whatever is still planned may not, but for the parts of it."""
    bare = _changed(erb.institution, services={})  # an application needs the domain
    before = _protected(bare, context)
    after = _without(bare, what)
    gone = before - _protected(after, context)
    assert gone
    assert _permitted(after, context, before) == gone
    assert _permitted(_changed(after), context, before) == set()


def test_every_domain_can_be_retired(source: EstateSource, context: PlanContext) -> None:
    """Whatever domains of the estate have, or had before they were closed."""
    seen = 0
    for slug in source.slugs[::20]:
        institution = source.read(slug).institution
        before = _protected(institution, context)
        for domain in institution.domains:
            after = _without(institution, f"domains/{domain.name}")
            gone = before - _protected(after, context)
            assert _permitted(after, context, before) == gone
            seen += bool(gone)
    assert seen > 10


def test_name_that_begins_alike_is_another_thing(erb: LoadedInstitution, context: PlanContext) -> None:
    """`records` is not `records-archive`, in neither direction."""
    tenancy = erb.institution.model_dump(by_alias=True)["tenancy"]
    names = ("records", "records-archive", "old-records")
    buckets = tuple({"name": name, "retention_days": 90} for name in names)
    before = _protected(_changed(erb.institution, tenancy={**tenancy, "buckets": buckets}), context)
    bare = {**tenancy, "buckets": ()}
    for name in names:
        after = _changed(erb.institution, f"tenancy/buckets/{name}", tenancy=bare)
        assert _permitted(after, context, before) == {
            (f"erb.tenancy.{env}", f"erb-tenancy-{env}-data-{name}-bucket") for env in ("prod", "test")
        }


def test_whole_tenancy_is_all_its_stacks(erb: LoadedInstitution, context: PlanContext) -> None:
    """And no stack of another part, or of an environment whose name begins alike."""
    retired = retired_by(_changed(erb.institution, "tenancy"), context)
    assert retired == Retired(frozenset({"erb.tenancy"}), frozenset())
    assert retired.permits("erb.tenancy.prod", "anything")
    assert not retired.permits("erb.domain", "anything")
    one = retired_by(_changed(erb.institution, "tenancy/environments/test"), context)
    assert not one.permits("erb.tenancy.test2", "anything")


def test_application_is_all_its_stack(erb: LoadedInstitution, context: PlanContext) -> None:
    """And nothing of another application whose name begins alike, or of the tenancy in which it ran."""
    before = _protected(erb.institution, context)
    services = erb.institution.model_dump(by_alias=True)["services"]
    without = {**services, "applications": ()}
    after = _changed(erb.institution, "services/applications/register", services=without)
    gone = before - _protected(after, context)
    assert {name.removeprefix("erb-app-register-prod-") for _, name in gone} == {
        "certificates-bucket",
        "database",
    }
    assert _permitted(after, context, before) == gone
    assert not retired_by(after, context).permits("erb.app-register-two.prod", "anything")


def test_nothing_may_go_before_its_day(erb: LoadedInstitution, context: PlanContext) -> None:
    """Retired from a later day on is announced, and no more."""
    later = (context.today + datetime.timedelta(days=1)).isoformat()
    for what in ("tenancy", "tenancy/buckets/records", "domains/erb.go.tz"):
        assert retired_by(_changed(erb.institution, what, later), context) == NOTHING


def test_copies_of_backups_go_with_the_backup(erb: LoadedInstitution, context: PlanContext) -> None:
    """A tier that asks for copies no longer leaves a vault in the platform's account."""
    tenancy = erb.institution.model_dump(by_alias=True)["tenancy"]
    before = _protected(_changed(erb.institution, tenancy={**tenancy, "tier": "T1"}), context)
    after = _changed(erb.institution, "tenancy/backup")
    gone = before - _protected(after, context)
    assert ("erb.tenancy.prod", "erb-tenancy-prod-copy-vault") in gone
    assert gone <= _permitted(after, context, before)
    assert _permitted(_changed(after), context, before) == set()


@pytest.mark.parametrize(("what", "stack"), [("e_office", "e-office"), ("helpdesk", "helpdesk")])
def test_a_service_is_retired_with_its_whole_stack(
    what: str, stack: str, erb: LoadedInstitution, context: PlanContext
) -> None:
    """And nothing of another service may go."""
    services = erb.institution.model_dump(by_alias=True)["services"]
    retired = retired_by(
        _changed(erb.institution, f"services/{what}", services={**services, what: None}), context
    )
    assert retired == Retired(frozenset({f"erb.{stack}"}), frozenset())


def test_a_series_of_files_is_retired_with_its_bucket(erb: LoadedInstitution, context: PlanContext) -> None:
    """The bucket may go, in AWS when its last lock has ended; the other series stay."""
    services = erb.institution.model_dump(by_alias=True)["services"]
    without = {**services, "e_office": {**services["e_office"], "series": ()}}
    after = _changed(erb.institution, "services/e_office/series/registers", services=without)
    before = _protected(erb.institution, context)
    assert _permitted(after, context, before) == before - _protected(after, context)
    assert _permitted(after, context, before) == {("erb.e-office", "erb-e-office-records-registers-bucket")}
