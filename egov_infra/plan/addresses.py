"""The ledger of address ranges: each environment, and each shared account that hosts, gets one, once, and keeps it.

Assignment is a pure function of what is wanted, what was given, and the estate's supernets. A range never moves, never
overlaps another, and when released waits out a quarantine. The lock file has one line an entry, so that two branches
which took the same range either conflict in the merge or fail here, with both lines named.
"""

from __future__ import annotations

import datetime
import ipaddress
import json
import pathlib
from bisect import insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from ipaddress import IPv4Network
from typing import Annotated, TypeAlias

from pydantic import Field

from egov_infra.manifest.load import demand_inside
from egov_infra.manifest.validate import validate, validate_data
from egov_infra.model.estate import SHARED_CLASS, EnvironmentClass, Estate, Network, Role
from egov_infra.model.institution import Institution
from egov_infra.model.record import Record
from egov_infra.model.value import Cidr, Date
from egov_infra.plan.names import PLATFORM
from egov_infra.source.diagnostic import Diagnostic, InputError, Path, Place
from egov_infra.source.document import read_document
from egov_infra.source.frozen import frozen

LOCK_FILE = "addresses.lock.json"
_VERSION = 1
_PYTHON = Place("<python>:addresses")
Span: TypeAlias = tuple[int, int]
"""First and last address of a range."""


class Released(Record):
    """A range on its way back into the pool."""

    range: Cidr
    """The range."""
    held_by: str
    """Who had it: `<slug>/<environment>`, or `platform/<account>`."""
    released_on: Date
    """Day of release."""


class LockContent(Record):
    """What the lock file says."""

    version: Annotated[int, Field(ge=_VERSION, le=_VERSION)]
    """Version of this format."""
    ranges: Mapping[str, Cidr]
    """`<slug>/<environment>`, or `platform/<account>`, to its range."""
    released: tuple[Released, ...] = ()
    """Ranges in quarantine."""


@frozen
class Wanted:
    """An environment that needs a range."""

    environment_class: str
    prefix_length: int


@frozen
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


def platform_key(role: Role) -> str:
    """The name under which the lock keeps the range of a shared account."""
    return f"{PLATFORM}/{role}"


def wanted_by_platform(estate: Estate) -> dict[str, Wanted]:
    """What the shared accounts want in which applications run."""
    return {
        platform_key(role): Wanted(SHARED_CLASS, application.network.prefix_length)
        for role, application in estate.hosting.items()
    }


def assign(wanted: Mapping[str, Wanted], lock: Lock, network: Network, today: datetime.date) -> Lock:
    """The lock with a range for everyone who wants one. Raises PoolFullError.

    Existing ranges stay; ranges that nobody wants any more go into quarantine, and come back to their holder alone; new
    ones take the lowest free place, in the order of names.
    """
    kept = {key: given for key, given in lock.ranges.items() if key in wanted}
    gone = [
        Released(range=given, held_by=key, released_on=today)
        for key, given in lock.ranges.items()
        if key not in wanted
    ]
    waiting = [
        item for item in (*lock.released, *gone) if (today - item.released_on).days < network.quarantine_days
    ]
    for item in tuple(waiting):
        if item.held_by not in kept and _may_return(item, wanted, network):
            kept[item.held_by] = item.range
            waiting.remove(item)
    held = (*kept.values(), *(item.range for item in waiting), *(item.range for item in network.reserved))
    taken = sorted(map(_span, held))
    for key in sorted(wanted.keys() - kept.keys()):
        want = wanted[key]
        found = _first_free(network.classes[want.environment_class], want.prefix_length, taken)
        if found is None:
            raise PoolFullError(
                f"{key}: no free /{want.prefix_length} in the supernets of class {want.environment_class}"
            )
        kept[key] = str(found)
        insort(taken, _span(kept[key]))
    return Lock(dict(sorted(kept.items())), tuple(waiting))


def _may_return(item: Released, wanted: Mapping[str, Wanted], network: Network) -> bool:
    """Whether a range in quarantine is still what its former holder wants, and still the estate's to give."""
    want = wanted.get(item.held_by)
    if want is None:
        return False
    found = IPv4Network(item.range)
    supernets = map(IPv4Network, network.classes[want.environment_class].supernets)
    return (
        found.prefixlen == want.prefix_length
        and any(found.subnet_of(supernet) for supernet in supernets)
        and not any(found.overlaps(IPv4Network(other.range)) for other in network.reserved)
    )


def _span(cidr: str) -> Span:
    network = IPv4Network(cidr)
    return int(network.network_address), int(network.broadcast_address)


def _first_free(pool: EnvironmentClass, prefix_length: int, taken: Sequence[Span]) -> IPv4Network | None:
    size = 1 << (32 - prefix_length)
    for at, last in map(_span, pool.supernets):
        for first_taken, last_taken in taken:
            if last_taken < at:
                continue
            if first_taken >= at + size:
                break
            at = -(-(last_taken + 1) // size) * size  # noqa: PLW2901 - the next aligned address after it
        if at + size - 1 <= last:
            return IPv4Network((at, prefix_length))
    return None


def free_addresses(lock: Lock, network: Network) -> dict[str, int]:
    """Addresses that each class has left: of its supernets, what is neither given, nor in quarantine, nor reserved."""
    held = (*lock.ranges.values(), *(r.range for r in lock.released), *(r.range for r in network.reserved))
    used = tuple(ipaddress.collapse_addresses(map(IPv4Network, held)))
    left = {}
    for name, pool in network.classes.items():
        supernets = tuple(ipaddress.collapse_addresses(map(IPv4Network, pool.supernets)))
        left[name] = sum(net.num_addresses for net in supernets) - sum(
            min(net.num_addresses, item.num_addresses)
            for net in supernets
            for item in used
            if net.overlaps(item)
        )
    return left


def read_lock(estate: pathlib.Path) -> Lock:
    """The lock of an estate; an empty one without the file. Raises InputError, for overlaps with both places."""
    path = estate / LOCK_FILE
    demand_inside(path, estate)
    if not path.is_file():
        return Lock({})
    document = read_document(path, str(path))
    content, faults = validate(document, LockContent)
    if content is None:
        raise InputError(faults)
    held = [_Held(key, IPv4Network(given), ("ranges", key)) for key, given in content.ranges.items()]
    held += [
        _Held(f"{item.held_by} in quarantine", IPv4Network(item.range), ("released", index), is_waiting=True)
        for index, item in enumerate(content.released)
    ]
    faults = tuple(
        Diagnostic(
            document.place(second.path, key=True),
            "range-overlap",
            f"{second.holder} has {second.range}, which overlaps {first.range} of {first.holder} "
            f"at {document.place(first.path, key=True)}",
        )
        for first, second in _overlaps(held)
    )
    if faults:
        raise InputError(faults)
    return Lock(content.ranges, content.released)


@frozen
class _Held:
    """A range of the lock file: who has it, and where the file says so."""

    holder: str
    range: IPv4Network
    path: Path
    is_waiting: bool = False


def _overlaps(held: Iterable[_Held]) -> Iterator[tuple[_Held, _Held]]:
    """Each range beside the smallest one around it; ranges are apart or one inside the other."""
    around: list[_Held] = []
    for item in sorted(held, key=lambda item: (item.range, item.is_waiting, item.holder)):
        while around and not around[-1].range.overlaps(item.range):
            around.pop()
        if around and not (item.is_waiting and around[-1].is_waiting):
            yield around[-1], item
        around.append(item)


def read_addresses(estate: pathlib.Path) -> Mapping[str, str]:
    """`<slug>/<environment>`, or `platform/<account>`, to its range. Raises InputError."""
    return read_lock(estate).ranges


def add_written(lock: Lock, written: Mapping[str, str]) -> Mapping[str, str]:
    """The lock's ranges and those of environments written in Python, which stand in no lock.

    Raises InputError for one that meets another, or that the lock has given already.
    """
    content, wrong = validate_data({"version": _VERSION, "ranges": dict(written)}, LockContent)
    if content is None:
        raise InputError(
            [Diagnostic(_PYTHON, fault.code, fault.message, fault.suggestion) for fault in wrong]
        )
    faults = []
    for key in content.ranges:
        if key in lock.ranges:
            message = f"{key} has {lock.ranges[key]} in the lock: a range never moves"
            faults.append(Diagnostic(_PYTHON, "range-given", message))
    ranges = {**content.ranges, **lock.ranges}
    held = [_Held(key, IPv4Network(given), ("ranges", key)) for key, given in ranges.items()]
    faults += [
        Diagnostic(
            _PYTHON,
            "range-overlap",
            f"{second.holder} has {second.range}, which overlaps {first.range} of {first.holder}",
        )
        for first, second in _overlaps(held)
    ]
    if faults:
        raise InputError(faults)
    return ranges


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
