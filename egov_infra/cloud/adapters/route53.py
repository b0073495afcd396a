"""Amazon Route 53: zones and record sets."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping
from typing import Any

from egov_infra.cloud.adapter import Adapter, Call, Inputs, Members, Step, Tags
from egov_infra.cloud.handle import Handle

_QUOTED = ("TXT", "SPF")


def _empty(handle: Handle, identifier: str, inputs: Inputs) -> None:
    """Delete the records that stand in the way, where the manifest allowed it."""
    if not inputs.get("force_destroy"):
        return
    listed = handle.call("list_resource_record_sets", {"HostedZoneId": identifier}, is_paged=True)
    own = f"{inputs['name']}."
    changes = [
        {"Action": "DELETE", "ResourceRecordSet": found}
        for found in listed["ResourceRecordSets"]
        if not (found["Name"] == own and found["Type"] in ("NS", "SOA"))
    ]
    if changes:
        handle.call(
            "change_resource_record_sets", {"HostedZoneId": identifier, "ChangeBatch": {"Changes": changes}}
        )


def _short(answer: dict[str, Any], _scope: Mapping[str, Any]) -> dict[str, Any]:
    name, identifier = answer["Name"].rstrip("."), answer["Id"].removeprefix("/hostedzone/")
    return {**answer, "Name": name, "Id": identifier}


ZONE = Adapter(
    type="aws:route53/zone:Zone",
    service="route53",
    properties="name comment tags",
    local="force_destroy",
    id="{zone_id}",
    names={"comment": "HostedZoneConfig.Comment", "zone_id": "Id"},
    answers={"comment": "Config.Comment"},
    create=Call(
        "create_hosted_zone",
        {"CallerReference": "{reference}"},
        at="merge(HostedZone, DelegationSet, {Id: HostedZone.Id})",
    ),
    derive=lambda _inputs: {"reference": uuid.uuid4().hex},
    reads=(Call("get_hosted_zone", at="merge(HostedZone, DelegationSet, {Id: HostedZone.Id})"),),
    steps=(Step("comment", Call("update_hosted_zone_comment", {"Id": "{zone_id}", "Comment": "{comment}"})),),
    tags=Tags(
        "change_tags_for_resource",
        "change_tags_for_resource",
        params={"ResourceType": "hostedzone", "ResourceId": "{zone_id}"},
        at="ResourceTagSet",
    ),
    delete=Call("delete_hosted_zone"),
    before_delete=_empty,
    decode=_short,
    outputs={
        "zone_id": "Id",
        "arn": "arn:aws:route53:::hostedzone/{zone_id}",
        "name_servers": "NameServers",
        "primary_name_server": "NameServers[0]",
    },
    listing=Call("list_hosted_zones", at="HostedZones[].Id", is_paged=True),
)


def _record_set(inputs: Inputs) -> dict[str, Any]:
    """The API's record set, and the name as AWS writes it."""
    if "name" not in inputs:
        return {}
    name, kind = inputs["name"], inputs["type"]
    found: dict[str, Any] = {"Name": name, "Type": kind}
    if inputs.get("aliases"):
        alias = inputs["aliases"][0]
        found["AliasTarget"] = {
            "HostedZoneId": alias["zone_id"],
            "DNSName": alias["name"],
            "EvaluateTargetHealth": bool(alias.get("evaluate_target_health")),
        }
    else:
        quote = '"{}"' if kind in _QUOTED else "{}"
        values = inputs.get("records") or ()
        found |= {"TTL": inputs.get("ttl"), "ResourceRecords": [{"Value": quote.format(v)} for v in values]}
    wire = f"{name.rstrip('.')}."
    return {"record_set": found, "wire_name": wire, "escaped_name": wire.replace("*", "\\052")}


def _unquoted(answer: dict[str, Any], scope: Mapping[str, Any]) -> dict[str, Any]:
    kind = scope["type"]
    found = {**answer, "Name": scope["name"], "HostedZoneId": scope["zone_id"]}
    if "Values" not in found and "ResourceRecords" in found:
        values = [record["Value"] for record in found["ResourceRecords"]]
        found["Values"] = [value[1:-1] if kind in _QUOTED else value for value in values]
    if "AliasTarget" in found:
        target = found["AliasTarget"]
        found["AliasTarget"] = {**target, "DNSName": target["DNSName"].rstrip(".")}
    return found


def _own_sets(found: Any, scope: Mapping[str, Any]) -> Iterator[str]:
    """Ids of the record sets of a zone, but for the two that AWS makes itself."""
    for record in found:
        name, kind = record["Name"].rstrip(".").replace("\\052", "*"), record["Type"]
        if (name, kind) not in ((scope["name"], "NS"), (scope["name"], "SOA")):
            yield f"{scope['id']}_{name}_{kind}"


_UPSERT = Call(
    "change_resource_record_sets",
    {"ChangeBatch": {"Changes": [{"Action": "UPSERT", "ResourceRecordSet": "{record_set}"}]}},
)
RECORD = Adapter(
    type="aws:route53/record:Record",
    service="route53",
    properties="zone_id name type ttl records aliases",
    local="allow_overwrite",
    id="{zone_id}_{name}_{type}",
    names={
        "aliases": "AliasTarget",
        "aliases.name": "DNSName",
        "aliases.zone_id": "HostedZoneId",
        "zone_id": "HostedZoneId",
    },
    answers={"records": "Values"},
    derive=_record_set,
    decode=_unquoted,
    create=_UPSERT,
    reads=(
        Call(
            "list_resource_record_sets",
            {"StartRecordName": "{name}", "StartRecordType": "{type}", "MaxItems": "1"},
            at="ResourceRecordSets[?Type=='{type}' && (Name=='{wire_name}' || Name=='{escaped_name}')] | [0]",
        ),
    ),
    steps=(Step("ttl records aliases", _UPSERT),),
    delete=Call(
        "change_resource_record_sets",
        {"ChangeBatch": {"Changes": [{"Action": "DELETE", "ResourceRecordSet": "{record_set}"}]}},
    ),
    outputs={"fqdn": "{name}"},
    members=(
        Members(
            ZONE.type,
            Call(
                "list_resource_record_sets", {"HostedZoneId": "{id}"}, at="ResourceRecordSets", is_paged=True
            ),
            items=_own_sets,
        ),
    ),
)

ADAPTERS = (ZONE, RECORD)
