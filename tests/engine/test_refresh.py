from __future__ import annotations

from pathlib import Path

import pytest

from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Store
from egov_infra.engine.gate import Gate
from egov_infra.engine.preview import Action
from egov_infra.engine.refresh import Refreshed, refresh
from egov_infra.engine.run import Summary
from egov_infra.engine.up import apply, prepare
from egov_infra.source.diagnostic import InputError

STACK = "erb.domain"
BLOCK = "erb-domain-sts-erb-go-tz-public-access-block"
RECORD = "erb-domain-record-u-dmarc-erb-go-tz-txt"


def _up(gate: Gate, store: Store, cloud: Cloud) -> Summary:
    prepared = prepare(
        gate.source, gate.policies, gate.context, [STACK], store, cloud.cloud_id, skips_unchanged=True
    )
    return apply(prepared, store, cloud, None, lambda *_: None)


def test_what_somebody_changed_is_learnt_and_then_mended(
    own_estate: Path, root: Path, store: Store, cloud: Cloud
) -> None:
    """A record with another value, a setting that is gone: up alone does not look, after a refresh it repairs."""
    gate = Gate.of(own_estate, root / "policies")
    _up(gate, store, cloud)
    read = len([entry for entry in store.load(STACK).by_name().values() if not entry.is_recorded_only])
    assert refresh([STACK], store, cloud) == (Refreshed(STACK, read),)

    state = store.load(STACK)
    block, record = state.by_name()[BLOCK], state.by_name()[RECORD]
    account, region = state.place_of(block) or ("", "")
    cloud.client("s3", account, region).delete_public_access_block(Bucket=block.inputs["bucket"])
    account, region = state.place_of(record) or ("", "")
    changed = {"Name": record.inputs["name"], "Type": "TXT", "TTL": 60}
    changed |= {"ResourceRecords": [{"Value": '"v=DMARC1; p=none"'}]}
    cloud.client("route53", account, region).change_resource_record_sets(
        HostedZoneId=record.inputs["zoneId"],
        ChangeBatch={"Changes": [{"Action": "UPSERT", "ResourceRecordSet": changed}]},
    )
    assert _up(gate, store, cloud).skipped_stacks == 1

    learnt = Refreshed(STACK, read, ((RECORD, ("records", "ttl")),), (BLOCK,))
    assert refresh(["erb"], store, cloud) == (learnt,)
    counts = _up(gate, store, cloud).counts
    assert (counts[Action.CREATE], counts[Action.UPDATE], counts[Action.DELETE]) == (1, 1, 0)
    assert refresh([STACK], store, cloud) == (Refreshed(STACK, read),)
    assert _up(gate, store, cloud).skipped_stacks == 1


def test_only_what_is_recorded_is_refreshed(store: Store, cloud: Cloud) -> None:
    """A selector that means nothing recorded is an error, with a hint."""
    with pytest.raises(InputError, match="erb"):
        refresh(["erb"], store, cloud)
