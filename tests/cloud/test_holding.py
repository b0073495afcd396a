from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from egov_infra.cloud.error import CloudError
from egov_infra.cloud.holding import GLOBAL_REGION, Found, find
from egov_infra.cloud.registry import all_holdings
from egov_infra.cloud.session import in_process
from tests.cloud.lifecycle import ACCOUNT, REGION, World

HOLDINGS = {holding.name: holding for holding in all_holdings()}
EVERYONE = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
WORLD = [{"IpProtocol": "tcp", "FromPort": 22, "ToPort": 22, "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
IMAGE = "ami-12c6146b"  # one of those that moto has everywhere


def _policy(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def _trust(**principal: str) -> str:
    return _policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"})


@pytest.fixture
def world() -> Iterator[World]:
    """An empty cloud inside this process."""
    with in_process() as cloud:
        yield World(cloud)


def _network(world: World) -> str:
    return str(world.client("ec2").create_vpc(CidrBlock="10.40.0.0/24")["Vpc"]["VpcId"])


def _subnets(world: World) -> list[str]:
    ec2, network = world.client("ec2"), _network(world)
    return [
        ec2.create_subnet(VpcId=network, CidrBlock=block, AvailabilityZone=f"{REGION}{zone}")["Subnet"][
            "SubnetId"
        ]
        for block, zone in (("10.40.0.0/26", "a"), ("10.40.0.64/26", "b"))
    ]


def _bucket(world: World) -> str:
    world.client("s3").create_bucket(
        Bucket="shadow", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    return "shadow"


def _zone(world: World) -> str:
    made = world.client("route53").create_hosted_zone(Name="shadow.go.tz", CallerReference="1")
    return str(made["HostedZone"]["Id"].rpartition("/")[2])


def _rest_api(world: World) -> str:
    return str(world.client("apigateway").create_rest_api(name="shadow")["id"])


def _http_api(world: World) -> str:
    return str(world.client("apigatewayv2").create_api(Name="shadow", ProtocolType="HTTP")["ApiId"])


def _group(world: World) -> str:
    ec2 = world.client("ec2")
    made = ec2.create_security_group(GroupName="shadow", Description="d", VpcId=_network(world))["GroupId"]
    ec2.authorize_security_group_ingress(GroupId=made, IpPermissions=WORLD)
    return str(made)


def _internet_gateway(world: World) -> str:
    ec2 = world.client("ec2")
    made = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=made, VpcId=_network(world))
    return str(made)


def _nat_gateway(world: World) -> str:
    made = world.client("ec2").create_nat_gateway(SubnetId=_subnets(world)[0], ConnectivityType="private")
    return str(made["NatGateway"]["NatGatewayId"])


def _address(world: World) -> str:
    return str(world.client("ec2").allocate_address(Domain="vpc")["AllocationId"])


def _instance(world: World) -> str:
    ec2, subnet = world.client("ec2"), _subnets(world)[0]
    ec2.modify_subnet_attribute(SubnetId=subnet, MapPublicIpOnLaunch={"Value": True})
    made = ec2.run_instances(ImageId=IMAGE, SubnetId=subnet, MinCount=1, MaxCount=1)
    return str(made["Instances"][0]["InstanceId"])


def _peering(world: World) -> str:
    ec2 = world.client("ec2")
    other = ec2.create_vpc(CidrBlock="10.41.0.0/24")["Vpc"]["VpcId"]
    made = ec2.create_vpc_peering_connection(VpcId=_network(world), PeerVpcId=other)
    identifier = made["VpcPeeringConnection"]["VpcPeeringConnectionId"]
    ec2.accept_vpc_peering_connection(VpcPeeringConnectionId=identifier)
    return str(identifier)


def _snapshot(world: World) -> str:
    ec2 = world.client("ec2")
    disk = ec2.create_volume(Size=1, AvailabilityZone=f"{REGION}a")["VolumeId"]
    ec2.create_snapshot(VolumeId=disk)  # this one is shared with nobody
    made = ec2.create_snapshot(VolumeId=disk)["SnapshotId"]
    ec2.modify_snapshot_attribute(
        SnapshotId=made, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
    )
    return str(made)


def _image(world: World) -> str:
    ec2 = world.client("ec2")
    machine = ec2.run_instances(ImageId=IMAGE, SubnetId=_subnets(world)[0], MinCount=1, MaxCount=1)
    made = ec2.create_image(InstanceId=machine["Instances"][0]["InstanceId"], Name="shadow")["ImageId"]
    ec2.modify_image_attribute(ImageId=made, LaunchPermission={"Add": [{"Group": "all"}]})
    return str(made)


def _user(world: World) -> str:
    world.client("iam").create_user(UserName="shadow")
    return "shadow"


def _role(world: World) -> str:
    iam = world.client("iam")
    own = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}
    iam.create_role(RoleName="own", AssumeRolePolicyDocument=_trust(**own))
    iam.create_role(RoleName="service", AssumeRolePolicyDocument=_trust(Service="ec2.amazonaws.com"))
    iam.create_service_linked_role(AWSServiceName="autoscaling.amazonaws.com")
    foreign = {"AWS": "arn:aws:iam::999999999999:root"}
    iam.create_role(RoleName="shadow", AssumeRolePolicyDocument=_trust(**foreign))
    return "shadow"


def _queue(world: World) -> str:
    sqs = world.client("sqs")
    sqs.create_queue(QueueName="shut")
    sqs.create_queue(QueueName="shadow", Attributes={"Policy": _policy(EVERYONE)})
    return f"https://sqs.{REGION}.amazonaws.com/{ACCOUNT}/shadow"


def _topic(world: World) -> str:
    sns = world.client("sns")
    sns.create_topic(Name="shut")  # its own policy names everyone, on the condition of the account
    return str(sns.create_topic(Name="shadow", Attributes={"Policy": _policy(EVERYONE)})["TopicArn"])


def _identity(world: World) -> str:
    world.client("sesv2").create_email_identity(EmailIdentity="shadow.go.tz")
    return "shadow.go.tz"


def _distribution(world: World) -> str:
    behavior = {"TargetOriginId": "a", "ViewerProtocolPolicy": "https-only"}
    origin = {"Id": "a", "DomainName": "a.s3.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    made = world.client("cloudfront").create_distribution(
        DistributionConfig={
            "CallerReference": "1",
            "Comment": "",
            "Enabled": True,
            "DefaultCacheBehavior": behavior,
            "Origins": {"Quantity": 1, "Items": [origin]},
        }
    )
    return str(made["Distribution"]["Id"])


def _balancer(world: World) -> str:
    elb, subnets = world.client("elbv2"), _subnets(world)
    elb.create_load_balancer(Name="inside", Subnets=subnets, Scheme="internal")
    made = elb.create_load_balancer(Name="shadow", Subnets=subnets, Scheme="internet-facing")
    return str(made["LoadBalancers"][0]["LoadBalancerArn"])


def _database(world: World) -> str:
    rds = world.client("rds")
    for name, is_public in (("inside", False), ("shadow", True)):
        rds.create_db_instance(
            DBInstanceIdentifier=name,
            DBInstanceClass="db.t3.micro",
            Engine="postgres",
            PubliclyAccessible=is_public,
        )
    return "shadow"


MAKERS: dict[str, Callable[[World], str]] = {
    "HTTP or WebSocket API": _http_api,
    "NAT gateway": _nat_gateway,
    "REST API": _rest_api,
    "bucket": _bucket,
    "distribution": _distribution,
    "hosted zone": _zone,
    "internet gateway": _internet_gateway,
    "mail identity": _identity,
    "network peering": _peering,
    "open security group": _group,
    "public address": _address,
    "public database": _database,
    "public image": _image,
    "public instance": _instance,
    "public load balancer": _balancer,
    "public queue": _queue,
    "public snapshot": _snapshot,
    "public topic": _topic,
    "role for others": _role,
    "user": _user,
}


def _find(world: World, name: str, *declared: str) -> list[str]:
    holding = HOLDINGS[name]
    region = GLOBAL_REGION if holding.is_global else REGION
    return [item.id for item in find(world.cloud, holding, ACCOUNT, region, declared.__contains__)]


def test_every_kind_is_tried() -> None:
    """A kind that is not tried may find nothing for ever; moto has no access keys of the root user."""
    assert sorted(HOLDINGS) == sorted({*MAKERS, "root access key"})


@pytest.mark.parametrize("name", sorted(HOLDINGS))
def test_new_account_holds_nothing_of_it(name: str, world: World) -> None:
    """What AWS makes itself, such as the default network with its group, is not listed."""
    assert _find(world, name) == []


@pytest.mark.parametrize("name", sorted(MAKERS))
def test_finds_what_nobody_declared(name: str, world: World) -> None:
    """By the id that a state would have; once it is declared, it is listed no longer."""
    made = MAKERS[name](world)
    assert _find(world, name) == [made]
    assert _find(world, name, made) == []


def test_open_default_group_is_listed(world: World) -> None:
    """AWS makes it, but somebody opened it."""
    ec2 = world.client("ec2")
    (group,) = ec2.describe_security_groups(Filters=[{"Name": "group-name", "Values": ["default"]}])[
        "SecurityGroups"
    ]
    ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=WORLD)
    assert find(world.cloud, HOLDINGS["open security group"], ACCOUNT, REGION, lambda _id: False) == (
        Found(group["GroupId"], "default"),
    )


def test_gateway_of_the_default_network_is_not_listed(world: World) -> None:
    """AWS makes the default network with a way to the internet."""
    ec2 = world.client("ec2")
    (network,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=network["VpcId"])
    assert _find(world, "internet gateway") == []


def test_root_access_key_is_listed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The account's summary says whether there is one."""
    client = world.cloud.client("iam", ACCOUNT, GLOBAL_REGION)
    summary = {"SummaryMap": {"AccountAccessKeysPresent": 1}}
    monkeypatch.setattr(client, "get_account_summary", lambda: summary)
    assert _find(world, "root access key") == ["root"]


def test_refusal_names_what_was_asked_and_where(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Want of permission is an error of the kind, in its account and region."""
    client = world.cloud.client("iam", ACCOUNT, GLOBAL_REGION)
    answer = {"Error": {"Code": "AccessDenied", "Message": "no"}}

    def refuse(*_arguments: object) -> None:
        raise client.exceptions.ClientError(answer, "ListUsers")

    monkeypatch.setattr(client, "_make_api_call", refuse)
    with pytest.raises(
        CloudError, match=f"user in account {ACCOUNT}, .*: list_users failed: AccessDenied: no"
    ):
        _find(world, "user")
