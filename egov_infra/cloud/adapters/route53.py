"""Amazon Route 53: zones and record sets."""

from __future__ import annotations

import uuid
from typing import Any

from egov_infra.cloud.adapter import Adapter, Custom, Facet, Inputs, Property
from egov_infra.cloud.codec import TAGS, Codec

_TEXT_TYPES = ("TXT", "SPF")


def _empty(client: Any, identifier: str, inputs: Inputs) -> None:
    """Delete the records that stand in the way, where the manifest allowed it."""
    if not inputs.get("force_destroy"):
        return
    name = f"{inputs['name']}."
    for found in client.list_resource_record_sets(HostedZoneId=identifier)["ResourceRecordSets"]:
        if not (found["Name"] == name and found["Type"] in ("NS", "SOA")):
            _change(client, identifier, "DELETE", found)


def _find_zone(client: Any, inputs: Inputs) -> str | None:
    listed = client.list_hosted_zones_by_name(DNSName=inputs["name"])["HostedZones"]
    matching = (zone for zone in listed if zone["Name"] == f"{inputs['name']}.")
    return next((str(zone["Id"]).removeprefix("/hostedzone/") for zone in matching), None)


ZONE = Adapter(
    type="aws:route53/zone:Zone",
    service="route53",
    create="create_hosted_zone",
    create_params=lambda _inputs, _account, _region: {"CallerReference": uuid.uuid4().hex},
    id=lambda answer, _inputs: str(answer["HostedZone"]["Id"].removeprefix("/hostedzone/")),
    read="get_hosted_zone",
    scope={"Id": "id"},
    delete="delete_hosted_zone",
    before_delete=_empty,
    find=_find_zone,
    missing=frozenset(("NoSuchHostedZone",)),
    facets=(
        Facet(
            (Property("name", "Name", "HostedZone.Name", Codec(str, lambda name: name.rstrip("."))),),
            on_create=True,
        ),
        Facet(
            (Property("comment", "Comment", "HostedZone.Config.Comment"),),
            put="update_hosted_zone_comment",
            scope={"Id": "id"},
        ),
        Facet(
            (Property("tags", "AddTags", "ResourceTagSet.Tags", TAGS),),
            put="change_tags_for_resource",
            get="list_tags_for_resource",
            scope={"ResourceType": "=hostedzone", "ResourceId": "id"},
        ),
    ),
    outputs={
        "zone_id": lambda identifier, _inputs, _answer: identifier,
        "arn": lambda identifier, _inputs, _answer: f"arn:aws:route53:::hostedzone/{identifier}",
        "name_servers": "DelegationSet.NameServers",
    },
    replaces=frozenset(("name",)),
    ignored=frozenset(("force_destroy",)),
    unread={"force_destroy": "an option of Pulumi, not of the zone"},
)


def _record_set(inputs: Inputs) -> dict[str, Any]:
    kind = inputs["type"]
    found: dict[str, Any] = {"Name": inputs["name"], "Type": kind}
    if inputs.get("aliases"):
        alias = inputs["aliases"][0]
        found["AliasTarget"] = {
            "HostedZoneId": alias["zone_id"],
            "DNSName": alias["name"],
            "EvaluateTargetHealth": alias["evaluate_target_health"],
        }
        return found
    quote = '"{}"' if kind in _TEXT_TYPES else "{}"
    found["TTL"] = inputs["ttl"]
    found["ResourceRecords"] = [{"Value": quote.format(value)} for value in inputs["records"]]
    return found


def _change(client: Any, zone: str, action: str, record_set: dict[str, Any]) -> None:
    batch = {"Changes": [{"Action": action, "ResourceRecordSet": record_set}]}
    client.change_resource_record_sets(HostedZoneId=zone, ChangeBatch=batch)


def _identifier(inputs: Inputs) -> str:
    return f"{inputs['zone_id']}_{inputs['name']}_{inputs['type']}"


def _upsert(client: Any, inputs: Inputs) -> str:
    _change(client, inputs["zone_id"], "UPSERT", _record_set(inputs))
    return _identifier(inputs)


def _live_set(client: Any, identifier: str) -> dict[str, Any] | None:
    zone, _, rest = identifier.partition("_")
    name, _, kind = rest.rpartition("_")
    wanted = f"{name.rstrip('.')}."
    try:
        listed = client.list_resource_record_sets(
            HostedZoneId=zone, StartRecordName=wanted, StartRecordType=kind, MaxItems="1"
        )["ResourceRecordSets"]
    except client.exceptions.NoSuchHostedZone:
        return None
    for found in listed:
        # AWS writes a wildcard as \052
        if found["Name"].replace("\\052", "*") == wanted and found["Type"] == kind:
            return dict(found)
    return None


def _read(client: Any, identifier: str, _inputs: Inputs) -> dict[str, Any] | None:
    found = _live_set(client, identifier)
    if found is None:
        return None
    zone, _, rest = identifier.partition("_")
    name, _, kind = rest.rpartition("_")
    live: dict[str, Any] = {"zone_id": zone, "name": name, "type": kind, "fqdn": name.rstrip(".")}
    if "AliasTarget" in found:
        target = found["AliasTarget"]
        live["aliases"] = [
            {
                "name": target["DNSName"].rstrip("."),
                "zone_id": target["HostedZoneId"],
                "evaluate_target_health": target["EvaluateTargetHealth"],
            }
        ]
        return live
    values = [record["Value"] for record in found["ResourceRecords"]]
    live["records"] = sorted(value[1:-1] if kind in _TEXT_TYPES else value for value in values)
    live["ttl"] = found["TTL"]
    return live


def _remove(client: Any, identifier: str, _inputs: Inputs) -> None:
    found = _live_set(client, identifier)
    if found is not None:
        _change(client, identifier.partition("_")[0], "DELETE", found)


RECORD = Adapter(
    type="aws:route53/record:Record",
    service="route53",
    custom=Custom(
        create=_upsert,
        read=_read,
        update=lambda client, _identifier, _old, new: _upsert(client, new),
        delete=_remove,
        properties=frozenset(("zone_id", "name", "type", "ttl", "records", "aliases")),
        settable=frozenset(("ttl", "records", "aliases")),
    ),
    replaces=frozenset(("zone_id", "name", "type")),
)

ADAPTERS = (ZONE, RECORD)
