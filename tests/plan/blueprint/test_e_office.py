from __future__ import annotations

from typing import Any

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.model.institution import Institution
from egov_infra.plan.canonical import plain
from egov_infra.plan.context import PlanContext
from egov_infra.plan.office.place import rule_priority
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform
from egov_infra.plan.value import SecretRef, StackRef


def _stack(institution: Institution, context: PlanContext) -> StackPlan:
    name = f"{institution.slug}.e-office"
    return next(stack for stack in plan_institution(institution, context) if stack.name == name)


def _named(stack: StackPlan, role: str) -> PlannedResource:
    prefix = stack.name.replace(".", "-")
    return next(item for item in stack.resources if item.name == f"{prefix}-{role}")


def _statements(resource: PlannedResource) -> list[dict[str, Any]]:
    statements: list[dict[str, Any]] = plain(resource.inputs["policy"])["$document"]["Statement"]
    return statements


def test_each_series_of_files_has_a_bucket_that_is_locked_as_long_as_it_is_kept(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """Ten years, and thirty for registers: however many leap years are among them."""
    stack = _stack(erb.institution, context)
    locks = {
        item.name: plain(item.inputs["rule"])["default_retention"]
        for item in stack.resources
        if item.type.endswith(":BucketObjectLockConfiguration")
    }
    assert locks == {
        "erb-e-office-records-general-lock": {"mode": "GOVERNANCE", "days": 3660},
        "erb-e-office-records-registers-lock": {"mode": "GOVERNANCE", "days": 10980},
    }


def test_a_hundred_years_are_locked_as_long_as_s3_can(erb: LoadedInstitution, context: PlanContext) -> None:
    """S3 takes 36,500 days at most."""
    data = erb.institution.model_dump(by_alias=True)
    data["services"]["e_office"]["records_retention_years"] = 100
    stack = _stack(Institution.model_validate(data), context)
    lock = _named(stack, "records-general-lock")
    assert plain(lock.inputs["rule"])["default_retention"]["days"] == 36500


def test_officers_log_in_by_their_issuer_and_never_without_a_second_factor(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """The pool demands it, nobody signs up, and what the issuer gave is a secret by reference."""
    stack = _stack(erb.institution, context)
    pool, provider, client = (_named(stack, role).inputs for role in ("officers", "issuer", "client"))
    assert pool["mfa_configuration"] == "ON"
    assert pool["software_token_mfa_configuration"] == {"enabled": True}
    assert pool["admin_create_user_config"] == {"allow_admin_create_user_only": True}
    assert provider["provider_details"] == {
        "attributes_request_method": "GET",
        "authorize_scopes": "email openid profile",
        "client_id": "e-office-erb",
        "client_secret": SecretRef("erb/e-office-login"),
        "oidc_issuer": "https://login.ega.go.tz",
    }
    assert client["callback_urls"] == ("https://erb.ofisi.ega.go.tz/oauth2/idpresponse",)
    assert client["allowed_oauth_flows"] == ("code",)


def test_the_balancer_serves_an_office_to_whoever_logged_in_by_its_own_pool(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """Under its host and no other; the login comes before the targets that all offices share."""
    rule = _named(_stack(erb.institution, context), "rule").inputs
    assert {name: value for name, value in plain(rule).items() if name != "tags"} == {
        "listener_arn": {"$stack": ["platform.e-office", "listener_arn"]},
        "priority": 20265,
        "conditions": [{"host_header": {"values": ["erb.ofisi.ega.go.tz"]}}],
        "actions": [
            {
                "type": "authenticate-cognito",
                "order": 1,
                "authenticate_cognito": {
                    "user_pool_arn": {"$ref": ["erb-e-office-officers", "arn"]},
                    "user_pool_client_id": {"$ref": ["erb-e-office-client", "id"]},
                    "user_pool_domain": {"$ref": ["erb-e-office-login", "domain"]},
                    "on_unauthenticated_request": "authenticate",
                    "scope": "email openid profile",
                    "session_cookie_name": "e-office-erb",
                    "session_timeout": 3600,
                },
            },
            {
                "type": "forward",
                "order": 2,
                "target_group_arn": {"$stack": ["platform.e-office", "target_group_arn"]},
            },
        ],
    }


def test_without_the_rule_of_an_office_nobody_is_served(context: PlanContext) -> None:
    """The listener refuses; the one rule of the platform attaches the targets before containers register there."""
    stack = next(stack for stack in plan_platform(context) if stack.name == "platform.e-office")
    (action,) = plain(_named(stack, "listener").inputs["default_actions"])
    assert (action["type"], action["fixed_response"]["status_code"]) == ("fixed-response", "403")
    attachment = _named(stack, "attachment")
    assert plain(attachment.inputs["conditions"]) == [{"source_ip": {"values": ["192.0.2.0/32"]}}]
    (service,) = (item for item in stack.resources if item.type.endswith("ecs/service:Service"))
    assert service.options.depends_on == (attachment.name,)
    assert set(stack.outputs) >= {"listener_arn", "target_group_arn"}


def test_only_a_balancer_that_asks_for_a_login_reaches_the_internet(context: PlanContext) -> None:
    """By TLS; that of the helpdesk reaches its containers and nothing else."""
    reached = {
        stack.name: [
            item.name
            for item in stack.resources
            if item.type.endswith(":SecurityGroupEgressRule")
            and item.inputs["security_group_id"] == _named(stack, "balancer-group").id
        ]
        for stack in plan_platform(context)
        if stack.name in ("platform.e-office", "platform.helpdesk")
    }
    assert reached == {
        "platform.e-office": ["platform-e-office-balancer-login", "platform-e-office-requests-out"],
        "platform.helpdesk": ["platform-helpdesk-requests-out"],
    }


def test_number_of_a_rule_is_the_manifests_or_made_of_the_slug(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """It depends on no other office, so that none moves when one comes or goes."""
    office = erb.institution.services.e_office
    assert office is not None
    given = office.model_copy(update={"priority": 7})
    assert (rule_priority("erb", office), rule_priority("psptb", office)) == (20265, 48332)
    assert rule_priority("erb", given) == 7


def test_an_institution_may_have_an_issuer_of_its_own(erb: LoadedInstitution, context: PlanContext) -> None:
    """Named in the manifest, among those of the estate."""
    estate = context.estate.model_dump(by_alias=True)
    estate["e_office"]["issuers"]["erb"] = {"url": "https://login.erb.go.tz", "has_second_factor": True}
    data = erb.institution.model_dump(by_alias=True)
    data["services"]["e_office"]["issuer"] = "erb"
    other = PlanContext(type(context.estate).model_validate(estate), context.today, context.addresses)
    provider = _named(_stack(Institution.model_validate(data), other), "issuer").inputs
    details = plain(provider["provider_details"])
    assert (provider["provider_name"], details["oidc_issuer"]) == ("erb", "https://login.erb.go.tz")


def test_the_applications_role_adds_and_reads_and_deletes_nothing_filed(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """All that it may do; only what came in and was never filed may it remove."""
    stack = _stack(erb.institution, context)
    allowed = {
        (action, resource)
        for item in _statements(_named(stack, "role-policy"))
        for action in ([item["Action"]] if isinstance(item["Action"], str) else item["Action"])
        for resource in item["Resource"]
        if "Delete" in action or action.startswith("logs:")
    }
    logs = "arn:aws:logs:af-south-1:110000000004:log-group:/egov/e-office/erb/audit:*"
    assert allowed == {
        ("s3:DeleteObject", "arn:aws:s3:::erb-office-incoming-110000000004/*"),
        ("sqs:DeleteMessage", "arn:aws:sqs:af-south-1:110000000004:e-office-erb-scan"),
        ("logs:CreateLogStream", logs),
        ("logs:PutLogEvents", logs),
    }


def test_what_officers_do_is_sent_into_the_platforms_archive(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """From the institution's log group, by the platform's stream, into the locked bucket of another account."""
    sent = _named(_stack(erb.institution, context), "audit-archive").inputs
    assert sent["destination_arn"] == StackRef("platform.e-office", "audit_stream_arn")
    platform = {stack.name: stack for stack in plan_platform(context)}
    stream = _named(platform["platform.e-office"], "audit-stream").inputs
    archive = "arn:aws:s3:::log-archive-110000000001"
    assert plain(stream["extended_s3_configuration"])["bucket_arn"] == archive
    (offices,) = (
        item
        for item in _statements(_named(platform["platform.platform"], "archive-policy"))
        if item["Sid"] == "Offices"
    )
    assert offices["Principal"] == {"AWS": "arn:aws:iam::110000000004:root"}
    assert offices["Resource"] == [archive, f"{archive}/audit/e-office/*"]
    assert offices["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::110000000004:role/e-office-audit-stream"}
    }


def test_storage_is_watched_by_what_officers_are_granted(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """120 officers with 5 GiB each."""
    alarm = _named(_stack(erb.institution, context), "records-general-full-alarm").inputs
    assert alarm["threshold"] == 120 * 5 * 1024**3


def test_every_office_of_the_estate_is_planned_without_a_name_twice(
    source: EstateSource, context: PlanContext
) -> None:
    """48 institutions share the account: buckets, queues, groups, pools and roles keep apart."""
    names: list[tuple[str, object]] = []
    offices = 0
    for loaded in source.institutions():
        if loaded.institution.services.e_office is not None:
            offices += 1
            for item in _stack(loaded.institution, context).resources:
                names += [
                    (item.type, value)
                    for key in ("name", "bucket", "domain")
                    if isinstance(value := item.inputs.get(key), str)
                    and item.type.endswith(
                        (":Bucket", ":Queue", ":LogGroup", ":UserPool", ":Role", ":UserPoolDomain")
                    )
                ]
    assert offices == 48
    assert len(names) == len(set(names)) == 48 * 8 + 1  # ERB has a series more


def test_the_application_takes_the_role_of_one_office_at_a_time(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """Its own role, which the roles of offices trust, reaches no file."""
    platform = next(stack for stack in plan_platform(context) if stack.name == "platform.e-office")
    role = _named(platform, "task-role")
    trusted = plain(_named(_stack(erb.institution, context), "role").inputs["assume_role_policy"])
    assert trusted["$document"]["Statement"][0]["Principal"] == {
        "AWS": f"arn:aws:iam::110000000004:role/{role.inputs['name']}"
    }
    (definition,) = (item for item in platform.resources if item.type.endswith(":TaskDefinition"))
    assert plain(definition.inputs["task_role_arn"]) == {"$ref": [role.name, "arn"]}
    table = {"$ref": ["platform-e-office-offices-table", "arn"]}
    assert [
        (one["Action"], one["Resource"]) for one in _statements(_named(platform, "task-role-policy"))
    ] == [
        ("sts:AssumeRole", ["arn:aws:iam::110000000004:role/e-office-of-*"]),
        (["dynamodb:GetItem", "dynamodb:Query"], [table, {"$join": [table, "/index/*"]}]),
        ("kms:Decrypt", [{"$ref": ["platform-e-office-key", "arn"]}]),
    ]


def test_the_application_knows_under_which_domain_its_offices_are(context: PlanContext) -> None:
    """One host for each office, so that there is no single address; and what is secret comes by reference."""
    platform = next(stack for stack in plan_platform(context) if stack.name == "platform.e-office")
    (definition,) = (item for item in platform.resources if item.type.endswith(":TaskDefinition"))
    (container,) = plain(definition.inputs["container_definitions"])["$document"]
    settings = {one["name"]: one["value"] for one in container["environment"]}
    assert (settings["PUBLIC_DOMAIN"], settings["OFFICES_TABLE"]) == ("ofisi.ega.go.tz", "offices")
    assert "PUBLIC_URL" not in settings
    handed = {one["name"]: one["valueFrom"] for one in container["secrets"]}
    arn = "arn:aws:secretsmanager:af-south-1:110000000004:secret:e-office/session-key"
    assert handed["SESSION_KEY"] == arn
    assert "keep the value of SESSION_KEY as secret e-office/session-key" in platform.notes[-1]
