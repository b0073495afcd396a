"""The ledger of address ranges: each environment gets one, once, and keeps it.

Assignment is a pure function of what is wanted, what was given, and the estate's supernets. A range never moves, never
overlaps another, and when released waits out a quarantine. The lock file has one line an entry, so that two branches
which took the same range either conflict in the merge or fail here, with both lines named.
"""

from __future__ import annotations

import datetime
import ipaddress
import itertools
import json
import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from ipaddress import IPv4Network
from typing import Annotated

from pydantic import Field

from egov_infra.manifest.validate import validate
from egov_infra.model.estate import EnvironmentClass, Network
from egov_infra.model.institution import Institution
from egov_infra.model.record import Record
from egov_infra.model.value import Cidr, Date
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.document import read_document

LOCK_FILE = "addresses.lock.json"
_VERSION = 1


class Released(Record):
    """A range on its way back into the pool."""

    range: Cidr
    """The range."""
    held_by: str
    """Who had it: `<slug>/<environment>`."""
    released_on: Date
    """Day of release."""


class LockContent(Record):
    """What the lock file says."""

    version: Annotated[int, Field(ge=_VERSION, le=_VERSION)]
    """Version of this format."""
    ranges: Mapping[str, Cidr]
    """`<slug>/<environment>` to its range."""
    released: tuple[Released, ...] = ()
    """Ranges in quarantine."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """An environment that needs a range."""

    environment_class: str
    prefix_length: int


@dataclass(frozen=True, slots=True)
class Lock:
    """Ranges given, and ranges in quarantine."""

    ranges: Mapping[str, str]
    released: tuple[Released, ...] = ()


class PoolFullError(Exception):
    """No room in the supernets of a class."""


def wanted_by(institutions: Iterable[Institution]) -> dict[str, Wanted]:
    """What every environment of these institutions wants."""
    return {
        f"{institution.slug}/{name}": Wanted(name, environment.network.prefix_length)
        for institution in institutions
        if institution.tenancy is not None
        for name, environment in institution.tenancy.environments.items()
    }


def assign(wanted: Mapping[str, Wanted], lock: Lock, network: Network, today: datetime.date) -> Lock:
    """The lock with a range for everyone who wants one. Raises PoolFullError.

    Existing ranges stay; new ones take the lowest free place, in the order of names; ranges that nobody wants any more
    go into quarantine.
    """
    kept = {key: given for key, given in lock.ranges.items() if key in wanted}
    gone = [
        Released(range=given, held_by=key, released_on=today)
        for key, given in lock.ranges.items()
        if key not in wanted
    ]
    waiting = tuple(
        item for item in (*lock.released, *gone) if (today - item.released_on).days < network.quarantine_days
    )
    taken = sorted(
        map(
            IPv4Network,
            (*kept.values(), *(item.range for item in waiting), *(item.range for item in network.reserved)),
        )
    )
    for key in sorted(wanted.keys() - kept.keys()):
        want = wanted[key]
        found = _first_free(network.classes[want.environment_class], want.prefix_length, taken)
        if found is None:
            raise PoolFullError(
                f"{key}: no free /{want.prefix_length} in the supernets of class {want.environment_class}"
            )
        kept[key] = str(found)
        taken = sorted((*taken, found))
    return Lock(dict(sorted(kept.items())), waiting)


def _first_free(
    pool: EnvironmentClass, prefix_length: int, taken: Sequence[IPv4Network]
) -> IPv4Network | None:
    step = 1 << (32 - prefix_length)
    for supernet in map(IPv4Network, pool.supernets):
        at = int(supernet.network_address)
        end = int(supernet.broadcast_address) + 1
        for other in taken:
            if other.overlaps(supernet) and int(other.broadcast_address) >= at:
                if int(other.network_address) >= at + step:
                    break
                at = -(-(int(other.broadcast_address) + 1) // step) * step  # next aligned address after it
        if at + step <= end:
            return IPv4Network((at, prefix_length))
    return None


def free_addresses(lock: Lock, network: Network) -> dict[str, int]:
    """Addresses that each class has left."""
    used = [
        IPv4Network(item)
        for item in (
            *lock.ranges.values(),
            *(r.range for r in lock.released),
            *(r.range for r in network.reserved),
        )
    ]
    left = {}
    for name, pool in network.classes.items():
        supernets = [IPv4Network(item) for item in pool.supernets]
        inside = ipaddress.collapse_addresses(
            item for item in used if any(item.subnet_of(net) for net in supernets)
        )
        left[name] = sum(net.num_addresses for net in supernets) - sum(net.num_addresses for net in inside)
    return left


def read_lock(estate: pathlib.Path) -> Lock:
    """The lock of an estate; an empty one without the file. Raises InputError, for overlaps with both places."""
    path = estate / LOCK_FILE
    if not path.is_file():
        return Lock({})
    document = read_document(path, str(path))
    content, faults = validate(document, LockContent)
    if content is None:
        raise InputError(faults)
    faults = tuple(
        Diagnostic(
            document.place(("ranges", second), key=True),
            "range-overlap",
            f"{second} has {content.ranges[second]}, which overlaps {content.ranges[first]} of {first} "
            f"at {document.place(('ranges', first), key=True)}",
        )
        for first, second in _overlaps(content.ranges)
    )
    if faults:
        raise InputError(faults)
    return Lock(content.ranges, content.released)


def _overlaps(ranges: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    ordered = sorted((IPv4Network(item), key) for key, item in ranges.items())
    for (one, first), (other, second) in itertools.pairwise(ordered):
        if one.overlaps(other):
            yield first, second


def read_addresses(estate: pathlib.Path) -> Mapping[str, str]:
    """`<slug>/<environment>` to its range. Raises InputError."""
    return read_lock(estate).ranges


def check_lock(wanted: Mapping[str, Wanted], lock: Lock, file: str) -> tuple[Diagnostic, ...]:
    """What a lock misses, holds in vain, or gives in another size."""
    place = Place(file)
    faults = []
    for key, want in sorted(wanted.items()):
        given = lock.ranges.get(key)
        if given is None:
            faults.append(
                Diagnostic(place, "range-missing", f"{key} has no range: run egov-infra addresses assign")
            )
        elif IPv4Network(given).prefixlen != want.prefix_length:
            message = (
                f"{key} has {given} and wants a /{want.prefix_length}: a range never moves, release it first"
            )
            faults.append(Diagnostic(place, "range-size", message))
    faults += [
        Diagnostic(place, "range-unused", f"{key} is no environment: run egov-infra addresses assign")
        for key in sorted(lock.ranges.keys() - wanted.keys())
    ]
    return tuple(faults)


def write_lock(lock: Lock) -> bytes:
    """The lock file's content: canonical, one line an entry."""

    def block(lines: Iterable[str]) -> str:
        return ",\n".join(f"  {line}" for line in lines)

    ordered = sorted(lock.ranges.items())
    ranges = block(f"{json.dumps(key)}: {json.dumps(given)}" for key, given in ordered)
    released = block(
        json.dumps(
            {"range": item.range, "held_by": item.held_by, "released_on": item.released_on.isoformat()}
        )
        for item in sorted(lock.released, key=lambda item: (item.released_on, item.range))
    )
    text = f'{{"version": {_VERSION},\n "ranges": {{\n{ranges}\n }},\n "released": [\n{released}\n ]}}\n'
    return text.replace("[\n\n ]", "[]").encode()


def release(lock: Lock, key: str, today: datetime.date) -> Lock:
    """The lock without an environment's range, which waits in quarantine. Raises KeyError."""
    given = lock.ranges[key]
    ranges = {name: item for name, item in lock.ranges.items() if name != key}
    gone = Released(range=given, held_by=key, released_on=today)
    return replace(lock, ranges=ranges, released=(*lock.released, gone))
