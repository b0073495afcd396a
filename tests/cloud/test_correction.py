from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from egov_infra.cloud.session import in_process
from tests.cloud.lifecycle import World
from tests.cloud.lifecycles.service import LIFE_CYCLES

_ANY_HOST = [{"Field": "host-header", "HostHeaderConfig": {"Values": ["*.go.tz"]}}]


def _plan(hour: int) -> dict[str, Any]:
    rule = {
        "RuleName": "daily",
        "TargetBackupVaultName": "vault",
        "ScheduleExpression": f"cron(0 {hour} ? * * *)",
    }
    return {"BackupPlanName": "erb", "Rules": [rule]}


def test_backup_plans_clash_only_where_they_say_the_same() -> None:
    """As in AWS: another plan may have the name, an equal one may not, and a deleted one stands in nobody's way."""
    with in_process() as cloud:
        backup = World(cloud).client("backup")
        first = backup.create_backup_plan(BackupPlan=_plan(1))["BackupPlanId"]
        second = backup.create_backup_plan(BackupPlan=_plan(2))["BackupPlanId"]
        with pytest.raises(ClientError, match="AlreadyExists"):
            backup.create_backup_plan(BackupPlan=_plan(1))
        backup.delete_backup_plan(BackupPlanId=first)
        third = backup.create_backup_plan(BackupPlan=_plan(1))["BackupPlanId"]
        listed = {item["BackupPlanId"] for item in backup.list_backup_plans()["BackupPlansList"]}
    assert listed == {second, third}


def test_route_leads_to_the_hub_of_another_account() -> None:
    """As with a gateway that is shared with the organization; one that is nowhere is refused."""
    with in_process() as cloud:
        hub = World(cloud, account="110000000001").client("ec2")
        gateway = hub.create_transit_gateway(Description="hub")["TransitGateway"]["TransitGatewayId"]
        own = World(cloud).client("ec2")
        vpc = own.create_vpc(CidrBlock="10.40.0.0/24")["Vpc"]["VpcId"]
        table = own.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        own.create_route(RouteTableId=table, DestinationCidrBlock="10.40.0.0/14", TransitGatewayId=gateway)
        routes = own.describe_route_tables(RouteTableIds=[table])["RouteTables"][0]["Routes"]
        with pytest.raises(ClientError, match="TransitGatewayID"):
            own.replace_route(
                RouteTableId=table,
                DestinationCidrBlock="10.40.0.0/14",
                TransitGatewayId="tgw-0123456789abcdef0",
            )
    assert [
        item["TransitGatewayId"] for item in routes if item["DestinationCidrBlock"] == "10.40.0.0/14"
    ] == [gateway]


def test_domain_name_without_a_mapping_has_none() -> None:
    """As in AWS: an empty list, and no mapping of any path, of a domain name that is there."""
    with in_process() as cloud:
        gateway = World(cloud).client("apigateway")
        gateway.create_domain_name(domainName="api.go.tz")
        assert gateway.get_base_path_mappings(domainName="api.go.tz")["items"] == []
        with pytest.raises(ClientError, match="NotFound"):
            gateway.get_base_path_mapping(domainName="api.go.tz", basePath="erb")
        with pytest.raises(ClientError, match="NotFound"):
            gateway.get_base_path_mappings(domainName="other.go.tz")


def test_rule_of_a_listener_keeps_how_it_rewrites_until_that_is_reset() -> None:
    """As in AWS: what changes other parts of a rule leaves it, and resetting removes it."""
    rewrites = [{"Regex": "^erb[.]", "Replace": "trc."}]
    transforms = [{"Type": "host-header-rewrite", "HostHeaderRewriteConfig": {"Rewrites": rewrites}}]
    with in_process() as cloud:
        world = World(cloud)
        cycle = next(one for one in LIFE_CYCLES if one.type == "aws:lb/listenerRule:ListenerRule")
        rule = world.handle(cycle.type).create(cycle.inputs(world), "rule").id
        elb = world.client("elbv2")
        elb.modify_rule(RuleArn=rule, Transforms=transforms, Conditions=_ANY_HOST)
        elb.modify_rule(RuleArn=rule, Conditions=_ANY_HOST)
        kept = elb.describe_rules(RuleArns=[rule])["Rules"][0].get("Transforms")
        elb.modify_rule(RuleArn=rule, Conditions=_ANY_HOST, ResetTransforms=True)
        left = elb.describe_rules(RuleArns=[rule])["Rules"][0].get("Transforms")
    assert (kept, left or []) == (transforms, [])
