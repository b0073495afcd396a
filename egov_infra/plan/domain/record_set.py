"""Record sets of a zone: DNS has one set for a name and type, whoever adds a value to it."""

from __future__ import annotations

from dataclasses import dataclass, field

from egov_infra.plan.builder import StackBuilder
from egov_infra.plan.names import role_of
from egov_infra.plan.record.text import quote
from egov_infra.plan.resource import Options, PlannedResource
from egov_infra.plan.value import Value
from egov_infra.source.diagnostic import Path

DEFAULT_TTL_SECONDS = 3600


@dataclass(slots=True)
class _RecordSet:
    ttl_seconds: int
    path: Path
    values: list[Value] = field(default_factory=list)
    depends_on: list[str] = field(default_factory=list)


class RecordSets:
    """Gathers values by name and type, and adds a `route53.Record` for each set at the end."""

    def __init__(self, stack: StackBuilder, zone: PlannedResource, domain: str) -> None:
        self._stack = stack
        self.zone = zone
        self._domain = domain
        self._sets: dict[tuple[str, str], _RecordSet] = {}

    def fqdn(self, host: str) -> str:
        """The full name of a host relative to the domain."""
        return self._domain if host == "@" else f"{host}.{self._domain}"

    def add(
        self,
        host: str,
        kind: str,
        *values: Value,
        path: Path,
        ttl_seconds: int = DEFAULT_TTL_SECONDS,
        depends_on: tuple[str, ...] = (),
    ) -> None:
        """Add values to the set of a host and type; the shortest time to live wins."""
        found = self._sets.setdefault((host, kind), _RecordSet(ttl_seconds, path))
        found.ttl_seconds = min(found.ttl_seconds, ttl_seconds)
        found.values.extend(value for value in values if value not in found.values)
        found.depends_on.extend(depends_on)

    def add_text(self, host: str, text: str, *, path: Path, depends_on: tuple[str, ...] = ()) -> None:
        """Add a TXT value, split at 255 octets."""
        self.add(host, "TXT", quote(text), path=path, depends_on=depends_on)

    def has(self, host: str, kind: str) -> bool:
        """Whether the set of a host and type has a value."""
        return (host, kind) in self._sets

    def hosts(self, *kinds: str) -> list[str]:
        """Hosts that have a set of one of these types, in order of first mention."""
        return list(dict.fromkeys(host for host, kind in self._sets if kind in kinds))

    def flush(self) -> None:
        """Plan every set."""
        for (host, kind), found in self._sets.items():
            self._stack.at(*found.path)(
                "route53.Record",
                f"record-{role_of(self.fqdn(host))}-{kind.lower()}",
                opts=Options(depends_on=tuple(found.depends_on)),
                zone_id=self.zone.id,
                name=self.fqdn(host),
                type=kind,
                ttl=found.ttl_seconds,
                records=tuple(found.values),
            )
