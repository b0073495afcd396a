from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.model.institution import Institution
from egov_infra.plan.context import PlanContext
from egov_infra.plan.gateway.rest_api import path_role
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.plan.value import Document, SecretRef, StackRef, references


def _gateway(institution: Institution, context: PlanContext) -> StackPlan:
    name = f"{institution.slug}.gateway"
    return next(stack for stack in plan_institution(institution, context) if stack.name == name)


def _of(stack: StackPlan, kind: str) -> list[PlannedResource]:
    return [item for item in stack.resources if item.type.endswith(f":{kind}")]


def _changed(erb: LoadedInstitution, **changes: object) -> Institution:
    data = erb.institution.model_dump(by_alias=True)
    data["gateway"] = {**data["gateway"], **changes}
    return Institution.model_validate(data)


def _row(resource: PlannedResource) -> dict[str, Any]:
    item = resource.inputs["item"]
    assert isinstance(item, Document)
    assert isinstance(item.body, Mapping)
    return {name: _plain(value) for name, value in item.body.items()}


def _plain(attribute: Any) -> Any:
    ((kind, value),) = attribute.items()
    if kind == "M":
        return {name: _plain(item) for name, item in value.items()}
    return int(value) if kind == "N" else value


def _statements(policy: object) -> list[Mapping[str, Any]]:
    assert isinstance(policy, Document)
    assert isinstance(policy.body, Mapping)
    statements = policy.body["Statement"]
    assert isinstance(statements, tuple)
    return [item for item in statements if isinstance(item, Mapping)]


def test_erb_has_a_row_for_each_way_to_it(erb: LoadedInstitution, context: PlanContext) -> None:
    """Whole rows, as the dispatcher reads them."""
    rows = {row.pop("route"): row for row in map(_row, _of(_gateway(erb.institution, context), "TableItem"))}
    own = {"institution": "erb", "schema": 1}
    assert rows == {
        "sms#15200#ERB": {
            **own,
            "match": "first-word",
            "queue_arn": "arn:aws:sqs:af-south-1:110000000003:erb-registrations",
        },
        "sms#15200#ERBHALI": {
            **own,
            "match": "first-word",
            "queue_arn": "arn:aws:sqs:af-south-1:110000000005:erb-tickets",
        },
        "ussd#*152*00#/4/2": {
            **own,
            "label": {"sw": "Wahandisi", "en": "Engineers"},
            "url": "https://register.erb.go.tz/ussd",
            "timeout_seconds": 4,
        },
        "sender#ERB": {
            **own,
            "class": "transactional",
            "approved": {
                "vodacom": "2019-08-01",
                "airtel": "2019-08-11",
                "yas": "2019-08-11",
                "halotel": "2019-09-02",
                "ttcl": "2019-09-02",
            },
        },
    }


def test_erbs_route_is_behind_a_token_a_throttle_and_the_web_acl(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """The one HTTP route, from the method to the address that answers."""
    stack = _gateway(erb.institution, context)
    (method,) = _of(stack, "Method")
    assert method.inputs["authorization"] == "COGNITO_USER_POOLS"
    assert method.inputs["authorization_scopes"] == ("https://api.gmp.ega.go.tz/erb/read",)
    assert method.inputs["request_parameters"] == {"method.request.path.number": True}
    (integration,) = _of(stack, "Integration")
    assert integration.inputs["uri"] == "https://register.erb.go.tz/api/v1/engineers/{number}"
    assert integration.inputs["timeout_milliseconds"] == 5000
    (settings,) = _of(stack, "MethodSettings")
    assert settings.inputs["method_path"] == "v1~1engineers~1{number}/GET"
    assert settings.inputs["settings"] == {
        "throttling_rate_limit": 20,
        "throttling_burst_limit": 40,
        "metrics_enabled": True,
        "logging_level": "ERROR",
        "data_trace_enabled": False,
    }
    (association,) = _of(stack, "WebAclAssociation")
    assert association.inputs["web_acl_arn"] == StackRef("platform.gmp", "web_acl_arn")
    assert [item.inputs["path_part"] for item in _of(stack, "Resource")] == ["v1", "engineers", "{number}"]


def test_a_changed_route_is_deployed_anew(erb: LoadedInstitution, context: PlanContext) -> None:
    """And a changed throttle, which is a setting of the stage, is not."""
    (route,) = erb.institution.model_dump(by_alias=True)["gateway"]["http"]

    def deployed(**changes: object) -> object:
        institution = _changed(erb, http=({**route, **changes},))
        return _of(_gateway(institution, context), "Deployment")[0].inputs["triggers"]

    assert deployed(methods=("GET", "HEAD")) != deployed() == deployed(burst=41)


def test_public_route_asks_for_no_token_and_no_key(erb: LoadedInstitution, context: PlanContext) -> None:
    """Without a caller to prove, nothing of the user pool is planned."""
    (route,) = erb.institution.model_dump(by_alias=True)["gateway"]["http"]
    stack = _gateway(_changed(erb, http=({**route, "auth": "none"},)), context)
    (method,) = _of(stack, "Method")
    assert (method.inputs["authorization"], method.inputs["api_key_required"]) == ("NONE", False)
    assert not _of(stack, "Authorizer") + _of(stack, "UserPoolClient") + _of(stack, "UsagePlan")


def test_a_queue_is_read_from_the_institutions_own_accounts(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """And by nobody without TLS; a webhook's queue is read by its pipe alone."""
    readers = {}
    for kind, url in (("webhook", "https://register.erb.go.tz/callback"), ("queue", None)):
        targets = erb.institution.model_dump(by_alias=True)["gateway"]["targets"]
        targets["registrations"] = {"kind": kind, "url": url}
        stack = _gateway(_changed(erb, targets=targets), context)
        policies = {item.name: item.inputs["policy"] for item in _of(stack, "QueuePolicy")}
        policy = policies["erb-gateway-registrations-queue-policy"]
        deny, *others = _statements(policy)
        assert (deny["Sid"], deny["Effect"]) == ("OnlyTls", "Deny")
        readers[kind] = [item["Principal"] for item in others]
    assert readers == {
        "webhook": [],
        "queue": [{"AWS": ("arn:aws:iam::210000000017:root", "arn:aws:iam::210000000018:root")}],
    }


def test_a_queue_is_made_after_its_dead_letter_queue(erb: LoadedInstitution, context: PlanContext) -> None:
    """SQS refuses a redrive policy to a queue that is not there yet."""
    queues = {item.name: item for item in _of(_gateway(erb.institution, context), "Queue")}
    policy = queues["erb-gateway-registrations-queue"].inputs["redrive_policy"]
    assert references(policy) == [queues["erb-gateway-registrations-dead-queue"].arn]


def test_writer_reaches_its_own_partition_only(erb: LoadedInstitution, context: PlanContext) -> None:
    """The condition that keeps institutions apart in a table that they share."""
    policies = {
        item.name: item.inputs["policy"] for item in _of(_gateway(erb.institution, context), "RolePolicy")
    }
    policy = policies["erb-gateway-writer-role-policy"]
    (statement,) = _statements(policy)
    assert statement["Condition"] == {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": ("erb",)}}


def test_a_secret_is_named_and_never_written(erb: LoadedInstitution, context: PlanContext) -> None:
    """The plan holds a reference, which is read while applying."""
    targets = erb.institution.model_dump(by_alias=True)["gateway"]["targets"]
    targets["registrations"]["secret"] = {"store": "secretsmanager", "name": "erb/webhook"}
    (connection,) = _of(_gateway(_changed(erb, targets=targets), context), "EventConnection")
    assert connection.inputs["auth_parameters"] == {
        "api_key": {"key": "X-Gateway-Key", "value": SecretRef("erb/webhook")}
    }


def test_gateways_read_only_what_the_platform_exports(source: EstateSource, context: PlanContext) -> None:
    """Every output that a gateway stack names is there."""
    exported = {StackRef(stack.name, name) for stack in plan_platform(context) for name in stack.outputs}
    for slug in ("erb", "psptb", "trc"):
        stack = _gateway(source.read(slug).institution, context)
        read = {
            item
            for planned in stack.resources
            for value in planned.inputs.values()
            for item in references(value)
        }
        assert {item for item in read if isinstance(item, StackRef)} <= exported


@given(
    st.lists(
        st.from_regex(r"\A(/([A-Za-z0-9._~-]+|\{[a-z][a-z0-9_]*\}))+\Z"), min_size=2, max_size=2, unique=True
    )
)
def test_no_two_paths_share_a_name(paths: list[str]) -> None:
    """However alike: `/a-b` and `/a/b`, `/{a}` and `/a`."""
    first, second = map(path_role, paths)
    assert first != second


@pytest.mark.parametrize("role", ["domains", "e-office", "gmp", "helpdesk", "platform"])
def test_every_shared_account_has_its_baseline(context: PlanContext, role: str) -> None:
    """A trail, a detector, closed buckets, a boundary, and findings that reach the platform."""
    stack = next(stack for stack in plan_platform(context) if stack.name == f"platform.{role}")
    kinds = {item.type.rpartition(":")[2] for item in stack.resources}
    assert {"AccountPublicAccessBlock", "Detector", "EventRule", "Policy", "Trail"} <= kinds


def test_the_world_may_send_reports_about_every_domain(context: PlanContext) -> None:
    """The collector agrees to reports of others' domains, takes mail, and never sends."""
    stack = next(stack for stack in plan_platform(context) if stack.name == "platform.domains")
    records = {
        (item.inputs["name"], item.inputs["type"]): item.inputs["records"] for item in _of(stack, "Record")
    }
    assert records == {
        ("*._report._dmarc.reports.ega.go.tz", "TXT"): ("v=DMARC1;",),
        ("reports.ega.go.tz", "MX"): ("10 mx1.gms.ega.go.tz", "20 mx2.gms.ega.go.tz"),
        ("reports.ega.go.tz", "TXT"): ("v=spf1 -all",),
        ("_dmarc.reports.ega.go.tz", "TXT"): (
            "v=DMARC1; p=reject; sp=reject; np=reject; rua=mailto:dmarc@reports.ega.go.tz",
        ),
    }
