from __future__ import annotations

from datetime import date

import pytest

from egov_infra.manifest.load import LoadedInstitution
from egov_infra.model.institution import Institution
from egov_infra.plan.canonical import plan_digest
from egov_infra.plan.context import PlanContext
from egov_infra.plan.record.text import unquote
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution
from egov_infra.plan.value import Ref


def _plan(institution: Institution, context: PlanContext) -> StackPlan:
    return next(stack for stack in plan_institution(institution, context) if stack.name == "erb.domain")


def _with_domain(erb: LoadedInstitution, **changes: object) -> Institution:
    data = erb.institution.model_dump(by_alias=True)
    data["domains"] = ({**data["domains"][0], **changes},)
    return Institution.model_validate(data)


def _texts(plan: StackPlan) -> dict[str, list[str]]:
    """Name to the TXT texts that the zone will answer."""
    found: dict[str, list[str]] = {}
    for resource in plan.resources:
        if resource.inputs.get("type") == "TXT":
            values = resource.inputs["records"]
            assert isinstance(values, tuple)
            found[str(resource.inputs["name"])] = [unquote(str(value)) for value in values]
    return found


def _kinds(plan: StackPlan) -> set[str]:
    return {resource.type.rpartition(":")[2] for resource in plan.resources}


def test_erb_publishes_the_whole_set(erb: LoadedInstitution, context: PlanContext) -> None:
    """Every text record of ERB's domain, as the world will read it."""
    texts = _texts(_plan(erb.institution, context))
    key = texts.pop("gms1._domainkey.erb.go.tz")[0]
    identifier = texts.pop("_mta-sts.erb.go.tz")[0]
    assert key.startswith("v=DKIM1; k=rsa; p=MII")
    assert len(key) > 255
    assert identifier.startswith("v=STSv1; id=")
    closed = ["v=spf1 -all"]
    assert texts == {
        "erb.go.tz": ["v=spf1 include:_spf.gms.ega.go.tz -all"],
        "_dmarc.erb.go.tz": ["v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:dmarc@reports.ega.go.tz"],
        "_smtp._tls.erb.go.tz": ["v=TLSRPTv1; rua=mailto:tls@reports.ega.go.tz"],
        "bounce.erb.go.tz": ["v=spf1 include:amazonses.com -all"],
        "intranet.erb.go.tz": closed,
        "www.erb.go.tz": closed,
        "mta-sts.erb.go.tz": closed,
    }


def test_policy_file_is_there_before_its_record(erb: LoadedInstitution, context: PlanContext) -> None:
    """The MTA-STS record depends on the object that it points to (RFC 8461, section 8.1)."""
    plan = _plan(erb.institution, context)
    record = next(item for item in plan.resources if item.inputs.get("name") == "_mta-sts.erb.go.tz")
    policy = next(item for item in plan.resources if item.type.endswith(":BucketObjectv2"))
    assert record.options.depends_on == (policy.name,)


def test_before_delegation_only_what_can_work_is_planned(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """Zone and records, and a note to hand over the name servers."""
    plan = _plan(_with_domain(erb, delegated_on=None, ds_published_on=None), context)
    assert _kinds(plan) == {"Zone", "Record"}
    assert plan.notes == (
        "erb.go.tz: have the parent zone delegate to the name servers of erb-domain-zone-erb-go-tz, then set delegated_on",
    )


def test_delegation_in_the_future_counts_as_none(erb: LoadedInstitution, context: PlanContext) -> None:
    """The day of the plan decides, not that a date is written."""
    future = _with_domain(erb, delegated_on=date(2020, 7, 1), ds_published_on=None)
    assert "Certificate" not in _kinds(_plan(future, context))


def test_ds_record_is_handed_over(erb: LoadedInstitution, context: PlanContext) -> None:
    """A signed zone whose DS is not published says what to do."""
    plan = _plan(_with_domain(erb, ds_published_on=None), context)
    assert plan.notes == (
        "erb.go.tz: hand the DS record of erb-domain-dnssec-erb-go-tz-ksk to the parent zone, then set ds_published_on",
    )


def test_domain_without_mail_is_closed(erb: LoadedInstitution, context: PlanContext) -> None:
    """It says that it neither sends nor receives."""
    texts = _texts(_plan(_with_domain(erb, mail=None), context))
    assert texts["erb.go.tz"] == ["v=spf1 -all"]
    assert texts["*._domainkey.erb.go.tz"] == ["v=DKIM1; k=rsa; p="]
    assert texts["_dmarc.erb.go.tz"][0].startswith("v=DMARC1; p=reject; sp=reject; np=reject")


def test_what_holds_data_is_protected(erb: LoadedInstitution, context: PlanContext) -> None:
    """Zones, keys, buckets, identities carry protect; nothing else does."""
    plan = _plan(erb.institution, context)
    protected = {resource.type.rpartition(":")[2] for resource in plan.resources if resource.options.protect}
    assert protected == {"Zone", "Key", "KeySigningKey", "HostedZoneDnsSec", "Bucket", "EmailIdentity"}


def test_taggable_resources_carry_every_tag(erb: LoadedInstitution, context: PlanContext) -> None:
    """Tags say whose a resource is."""
    tagged = [
        item.inputs["tags"] for item in _plan(erb.institution, context).resources if "tags" in item.inputs
    ]
    expected = {
        "institution": "erb",
        "environment": "shared",
        "classification": "confidential",
        "owner": "erb",
        "cost-code": "erb-shared",
        "contact": "ict@erb.go.tz",
    }
    assert tagged
    assert all(tags == expected for tags in tagged)


def test_requested_institution_plans_nothing(erb: LoadedInstitution, context: PlanContext) -> None:
    """Who is only requested has no stacks."""
    data = erb.institution.model_dump(by_alias=True)
    data["institution"] = {**data["institution"], "state": "requested"}
    assert plan_institution(Institution.model_validate(data), context) == ()


def test_plan_is_the_same_every_time(erb: LoadedInstitution, context: PlanContext) -> None:
    """Same input, same digest; a change changes it."""
    first, second = (plan_digest(_plan(erb.institution, context)) for _ in range(2))
    assert first == second
    assert plan_digest(_plan(_with_domain(erb, mail=None), context)) != first


def test_values_of_one_name_and_type_are_one_set(erb: LoadedInstitution, context: PlanContext) -> None:
    """A declared TXT at the domain joins the SPF record in one set, since DNS has one set a name and type."""
    record = {"name": "@", "type": "TXT", "ttl": 300, "values": ("token=1",)}
    plan = _plan(_with_domain(erb, records=(record,)), context)
    found = [
        item
        for item in plan.resources
        if (item.inputs.get("name"), item.inputs.get("type")) == ("erb.go.tz", "TXT")
    ]
    assert [item.inputs["records"] for item in found] == [
        ("token=1", "v=spf1 include:_spf.gms.ega.go.tz -all")
    ]
    assert found[0].inputs["ttl"] == 300


@pytest.mark.parametrize("kind", ["aws:route53/zone:Zone", "aws:cloudfront/distribution:Distribution"])
def test_references_lead_to_earlier_resources(
    erb: LoadedInstitution, context: PlanContext, kind: str
) -> None:
    """Whatever refers to a resource stands after it."""
    plan = _plan(erb.institution, context)
    position = {resource.name: number for number, resource in enumerate(plan.resources)}

    def uses(resource: PlannedResource, name: str) -> bool:
        return Ref(name, "id") in resource.inputs.values()

    for target in (item for item in plan.resources if item.type == kind):
        users = [item for item in plan.resources if uses(item, target.name)]
        assert all(position[user.name] > position[target.name] for user in users)
