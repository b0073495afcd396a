from __future__ import annotations

from egov_infra.manifest.load import EstateSource, LoadedInstitution
from egov_infra.model.institution import Institution
from egov_infra.plan.canonical import plain
from egov_infra.plan.context import PlanContext
from egov_infra.plan.resource import PlannedResource, StackPlan
from egov_infra.plan.stacks import plan_institution, plan_platform


def _stack(institution: Institution, context: PlanContext) -> StackPlan:
    name = f"{institution.slug}.helpdesk"
    return next(stack for stack in plan_institution(institution, context) if stack.name == name)


def _platform(context: PlanContext) -> StackPlan:
    return next(stack for stack in plan_platform(context) if stack.name == "platform.helpdesk")


def _named(stack: StackPlan, role: str) -> PlannedResource:
    prefix = stack.name.replace(".", "-")
    return next(item for item in stack.resources if item.name == f"{prefix}-{role}")


def _changed(erb: LoadedInstitution, **gateway: object) -> Institution:
    data = erb.institution.model_dump(by_alias=True)
    return Institution.model_validate({**data, "gateway": {**data["gateway"], **gateway}})


def test_erb_has_a_queue_that_is_watched_as_its_service_level_says(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """Everything that the stack holds, and when the desk is told that a ticket waits."""
    stack = _stack(erb.institution, context)
    assert (stack.account, stack.outputs) == ("110000000005", {"address": "erb@dawati.ega.go.tz"})
    assert [item.name.removeprefix("erb-helpdesk-") for item in stack.resources] == [
        "tickets-dead-queue",
        "tickets-queue",
        "tickets-redrive-allow",
        "tickets-dead-queue-policy",
        "tickets-queue-policy",
        "tickets-waiting-alarm",
        "tickets-dead-alarm",
        "row",
    ]
    waiting = _named(stack, "tickets-waiting-alarm").inputs
    level = context.estate.helpdesk.service_levels["standard"]
    assert waiting["threshold"] == level.response_minutes * 60
    assert waiting["alarm_actions"] == ("arn:aws:sns:af-south-1:110000000005:egov-alarms",)


def test_erbs_row_says_how_soon_it_is_answered(erb: LoadedInstitution, context: PlanContext) -> None:
    """The whole row, as the desk reads it."""
    row = plain(_named(_stack(erb.institution, context), "row").inputs["item"])["$document"]
    assert row == {
        "institution": {"S": "erb"},
        "route": {"S": "mail#erb@dawati.ega.go.tz"},
        "schema": {"N": "1"},
        "name": {
            "M": {"sw": {"S": "Bodi ya Usajili wa Wahandisi"}, "en": {"S": "Engineers Registration Board"}}
        },
        "contact": {"S": "ict@erb.go.tz"},
        "queue_arn": {"S": "arn:aws:sqs:af-south-1:110000000005:erb-tickets"},
        "level": {
            "M": {
                "name": {"S": "standard"},
                "response_minutes": {"N": "60"},
                "resolution_minutes": {"N": "1440"},
            }
        },
    }


def test_the_gateway_may_ask_only_where_a_keyword_leads_to_the_desk(
    erb: LoadedInstitution, context: PlanContext
) -> None:
    """The queue of an institution without such a keyword stays closed to the gateway's account."""

    def sids(institution: Institution) -> list[str]:
        policy = plain(_named(_stack(institution, context), "tickets-queue-policy").inputs["policy"])
        return [statement["Sid"] for statement in policy["$document"]["Statement"]]

    targets = erb.institution.model_dump(by_alias=True)["gateway"]["targets"]
    without = {name: target for name, target in targets.items() if name != "desk"}
    assert sids(erb.institution) == ["OnlyTls", "Gateway"]
    assert sids(_changed(erb, sms=(), targets=without)) == ["OnlyTls"]


def test_the_whole_rotation_stands_in_the_desks_table(context: PlanContext) -> None:
    """A row for each day, with hours and persons; holidays have theirs."""
    stack = _platform(context)
    rows = [item for item in stack.resources if "-row-rota-" in item.name]
    assert len(rows) == 9
    monday = plain(_named(stack, "row-rota-monday").inputs["item"])["$document"]
    assert monday["shifts"]["L"][0] == {
        "M": {
            "from": {"N": "7"},
            "until": {"N": "15"},
            "persons": {"L": [{"S": "Neema Kessy"}, {"S": "Zawadi Komba"}]},
        }
    }


def test_mail_of_all_institutions_is_taken_by_one_rule_that_demands_tls(context: PlanContext) -> None:
    """A rule set holds 200 rules, and 252 institutions are served."""
    stack = _platform(context)
    (rule,) = (item for item in stack.resources if item.type == "aws:ses/receiptRule:ReceiptRule")
    assert rule.inputs["recipients"] == ("dawati.ega.go.tz",)
    assert (rule.inputs["tls_policy"], rule.inputs["scan_enabled"]) == ("Require", True)


def test_every_institution_of_the_helpdesk_has_its_stack(source: EstateSource, context: PlanContext) -> None:
    """252 institutions, each with the same resources, and no queue twice."""
    queues = []
    for loaded in source.institutions():
        if loaded.institution.services.helpdesk is not None:
            stack = _stack(loaded.institution, context)
            queues.append(_named(stack, "tickets-queue").inputs["name"])
            assert len(stack.resources) == 8
    assert len(queues) == len(set(queues)) == 252


def test_the_desk_reads_mail_and_table_and_works_on_everybodys_tickets(context: PlanContext) -> None:
    """It writes no row, deletes no mail, and reaches no other queue."""
    statements = plain(_named(_platform(context), "task-role-policy").inputs["policy"])["$document"][
        "Statement"
    ]
    read = [
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
    ]
    table = {"$ref": ["platform-helpdesk-desk-table", "arn"]}
    assert [(one["Action"], one["Resource"]) for one in statements] == [
        (read, [{"$ref": ["platform-helpdesk-mail-in-queue", "arn"]}]),
        ([*read, "sqs:SendMessage"], ["arn:aws:sqs:af-south-1:110000000005:*-tickets"]),
        ("s3:GetObject", ["arn:aws:s3:::desk-mail-110000000005/mail-in/*"]),
        (["dynamodb:GetItem", "dynamodb:Query"], [table, {"$join": [table, "/index/*"]}]),
        (["kms:Decrypt", "kms:GenerateDataKey"], [{"$ref": ["platform-helpdesk-key", "arn"]}]),
    ]
