"""Amazon Route 53."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from tests.cloud.lifecycle import TAGS, LifeCycle, World, call, given

ZONE = "aws:route53/zone:Zone"
RECORD = "aws:route53/record:Record"


def _record(name: str, kind: str, *values: str) -> Callable[[World], Mapping[str, Any]]:
    def make(world: World) -> Mapping[str, Any]:
        zone = world.make(ZONE, name="erb.go.tz")
        return {"zone_id": zone, "name": name, "type": kind, "ttl": 300, "records": values}

    return make


def _alias(world: World) -> Mapping[str, Any]:
    target = {"name": "d1.cloudfront.net", "zone_id": "Z2FDTNDATAQYW2", "evaluate_target_health": False}
    zone = world.make(ZONE, name="erb.go.tz")
    return {"zone_id": zone, "name": "erb.go.tz", "type": "A", "aliases": (target,)}


def _retime(world: World, _identifier: str, inputs: Mapping[str, Any]) -> object:
    quote = '"{}"' if inputs["type"] == "TXT" else "{}"
    values = [{"Value": quote.format(value)} for value in inputs["records"]]
    record_set = {"Name": inputs["name"], "Type": inputs["type"], "TTL": 60, "ResourceRecords": values}
    return world.client("route53").change_resource_record_sets(
        HostedZoneId=inputs["zone_id"],
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": record_set}]},
    )


def _remove(world: World, _identifier: str, inputs: Mapping[str, Any]) -> object:
    client = world.client("route53")
    listed = client.list_resource_record_sets(HostedZoneId=inputs["zone_id"])["ResourceRecordSets"]
    (found,) = (item for item in listed if "AliasTarget" in item)
    return client.change_resource_record_sets(
        HostedZoneId=inputs["zone_id"],
        ChangeBatch={"Changes": [{"Action": "DELETE", "ResourceRecordSet": found}]},
    )


OTHER_TARGET = {"name": "d2.cloudfront.net", "zone_id": "Z2FDTNDATAQYW2", "evaluate_target_health": False}
LIFE_CYCLES = (
    LifeCycle(
        ZONE,
        given(name="erb.go.tz", comment="erb", force_destroy=False, tags=TAGS),
        {"comment": "other", "tags": {"owner": "other"}},
        call("route53", "update_hosted_zone_comment", Id="{id}", Comment="meddled"),
        "comment",
    ),
    LifeCycle(
        RECORD,
        _record("gms1._domainkey.erb.go.tz", "TXT", 'b""c', "a"),
        {"ttl": 600, "records": ("z",)},
        _retime,
        "ttl",
        case="text",
    ),
    LifeCycle(
        RECORD,
        _record("*.erb.go.tz", "MX", "10 a.go.tz.", "0 b.go.tz."),
        {"ttl": 600},
        _retime,
        "ttl",
        case="wildcard",
    ),
    LifeCycle(RECORD, _alias, {"aliases": (OTHER_TARGET,)}, _remove, "", case="alias"),
)
