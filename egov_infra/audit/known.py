"""What any stack has recorded: whatever else is live, nobody declared."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from egov_infra.engine.checkpoint import PROVIDER_TYPE, Checkpoint, Entry


class Known:
    """Ids of all recorded resources, each in its account and region."""

    def __init__(self, checkpoints: Iterable[Checkpoint]) -> None:
        """Takes checkpoints one after another and keeps their ids only."""
        self._regions: dict[tuple[str, str, str], frozenset[str]] = {}
        for checkpoint in checkpoints:
            for key, region in _ids(checkpoint):
                self._regions[key] = self._regions.get(key, frozenset()) | {region}

    def has(self, account: str, token: str, identifier: str, region: str | None = None) -> bool:
        """Whether a resource of a type is recorded; `region` None stands for any, as of a global service."""
        regions = self._regions.get((account, token, identifier))
        return regions is not None and (region is None or region in regions or "" in regions)


def _ids(checkpoint: Checkpoint) -> Iterator[tuple[tuple[str, str, str], str]]:
    """Account, type and id, and the region, which is empty where the state does not say."""
    homes = {
        f"{entry.urn}::{entry.id}": (entry.name.removeprefix("account-"), str(entry.inputs.get("region", "")))
        for entry in checkpoint.entries.values()
        if entry.type == PROVIDER_TYPE
    }
    entries: tuple[Entry, ...] = (*checkpoint.entries.values(), *checkpoint.leaving)
    for entry in entries:
        if entry.provider in homes and not entry.is_recorded_only:
            account, region = homes[entry.provider]
            yield (account, entry.type, entry.id), str(entry.inputs.get("region", region))
