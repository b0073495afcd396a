"""Take what is live into recorded states, so that the next `up` mends what somebody changed behind our back."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

from egov_infra.cloud.calling import READS_AT_A_TIME
from egov_infra.cloud.error import CloudError
from egov_infra.cloud.handle import Handle
from egov_infra.cloud.registry import adapter_of
from egov_infra.cloud.secret import SecretReader
from egov_infra.cloud.session import Cloud
from egov_infra.engine.checkpoint import Checkpoint, Entry, Store
from egov_infra.engine.provider.live import drifted
from egov_infra.engine.reads import usable_state
from egov_infra.engine.selection import demand_stacks, is_meant, slugs_of
from egov_infra.plan.catalogue import from_wire, to_wire


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What a stack's state learnt."""

    stack: str
    read: int
    """Resources that were read back; what is recorded only cannot be."""
    changed: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Logical name to the properties that are live otherwise than recorded."""
    gone: tuple[str, ...] = ()
    """Logical names of what is no longer there."""
    errors: tuple[str, ...] = ()
    """What could not be read; it stays as it was recorded."""


def refresh(
    selectors: Sequence[str],
    store: Store,
    cloud: Cloud,
    on_stack: Callable[[Refreshed], None] = lambda _refreshed: None,
) -> tuple[Refreshed, ...]:
    """Refresh the recorded stacks that selectors mean; each state is written whole.

    Raises InputError for a selector that means no recorded stack, RefusedError if another run holds one.
    """
    recorded = store.stacks()
    slugs_of(selectors, {stack.partition(".")[0] for stack in recorded})
    demand_stacks(selectors, set(recorded))
    secrets = SecretReader(cloud)
    found = []
    with ThreadPoolExecutor(READS_AT_A_TIME) as pool:
        for stack in recorded:
            if not is_meant(stack, selectors):
                continue
            with store.locked(stack):
                state = usable_state(store, stack, cloud.cloud_id)
                learnt, state = _refreshed(state, cloud, secrets, pool)
                if learnt.changed or learnt.gone:
                    store.save(state)
            found.append(learnt)
            on_stack(learnt)
    return tuple(found)


def _refreshed(
    state: Checkpoint, cloud: Cloud, secrets: SecretReader, pool: ThreadPoolExecutor
) -> tuple[Refreshed, Checkpoint]:
    live = [item for item in state.by_name().values() if not item.is_recorded_only and adapter_of(item.type)]

    def read(entry: Entry) -> Entry | CloudError | None:
        try:
            return _as_it_is(entry, state, cloud, secrets)
        except CloudError as error:
            return error

    entries = dict(state.entries)
    changed, gone, errors = [], [], []
    for before, now in zip(live, pool.map(read, live), strict=True):
        if isinstance(now, CloudError):
            errors.append(secrets.hide(str(now)))
        elif now is None:
            gone.append(before.name)
            del entries[before.urn]
        elif now is not before:
            changed.append((before.name, tuple(_differing(before, now))))
            entries[before.urn] = now
    learnt = Refreshed(state.stack, len(live) - len(errors), tuple(changed), tuple(gone), tuple(errors))
    if not changed and not gone:
        return learnt, state
    stamp = replace(state.stamp, plan_digest="", succeeded=False) if state.stamp else None
    return learnt, replace(state, entries=entries, stamp=stamp)


def _as_it_is(entry: Entry, state: Checkpoint, cloud: Cloud, secrets: SecretReader) -> Entry | None:
    """The entry with what is live; the same object if nothing differs, None if it is not there. Raises CloudError.

    A secret that differs is left out: its value is nobody's to write down.
    """
    adapter, place = adapter_of(entry.type), state.place_of(entry)
    assert adapter is not None
    if place is None:
        return entry
    recorded = from_wire(entry.type, entry.inputs)
    declared = secrets.opened(recorded)
    live = Handle.on(cloud, adapter, *place).read(entry.id, declared, entry.name)
    if live is None:
        return None
    actual = adapter.with_unread(declared, live)
    seen = drifted(adapter, declared, actual)
    differing = {name for name in declared if name not in seen or seen[name] is not declared[name]}
    if not differing:
        return entry
    kept = {name: value for name, value in recorded.items() if name not in differing}
    hidden = set(from_wire(entry.type, dict.fromkeys(entry.secrets)))
    new = {name: seen[name] for name in differing & seen.keys() if name not in hidden}
    outputs = {**from_wire(entry.type, entry.outputs), **new}
    return replace(entry, inputs=to_wire(entry.type, {**kept, **new}), outputs=to_wire(entry.type, outputs))


def _differing(before: Entry, now: Entry) -> Iterator[str]:
    """Properties that differ, by their names in a plan."""
    old, new = from_wire(before.type, before.inputs), from_wire(now.type, now.inputs)
    return (name for name in sorted(old.keys() | new.keys()) if old.get(name) != new.get(name))
