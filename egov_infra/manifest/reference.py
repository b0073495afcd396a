"""What a manifest names must exist: in the manifest itself, or in the estate.

The shapes below mirror a manifest. References are looked up in plain data, so that a manifest that is wrong elsewhere
has its unknown names told in the same run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import TypeAlias

from egov_infra.manifest.fault import Fault
from egov_infra.model.estate import SHARED_CLASS, Estate
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen
from egov_infra.source.spelling import closest


@frozen
class TargetOf:
    """A reference to a target of the same manifest that is of one of these kinds."""

    kinds: tuple[str, ...]


Shape: TypeAlias = "str | TargetOf | list[Shape] | dict[str, Shape]"
"""What a value names: a kind of thing; in a list, each item; in a mapping, each value of a key."""

KEYS = "(keys)"
"""In a shape: what the keys of a mapping name."""

_MESSAGES = TargetOf(("webhook", "queue", "helpdesk"))
_ANSWERS = TargetOf(("https",))

INSTITUTION: Shape = {
    "institution": {"parent": "institution"},
    "tenancy": {
        "since": "period",
        "tier": "tier",
        "quota": "quota plan",
        "environments": {KEYS: "environment class"},
    },
    "domains": [{"mail": {"since": "period", "mx": "exchange", "senders": ["sender"]}}],
    "gateway": {
        "since": "period",
        "sender_ids": [{"approved": {KEYS: "operator"}}],
        "sms": [{"short_code": "short code", "target": _MESSAGES}],
        "ussd": [{"code": "USSD code", "target": _ANSWERS}],
        "http": [{"target": _ANSWERS}],
    },
    "services": {
        "helpdesk": {"since": "period", "sla": "service level"},
        "e_office": {"since": "period", "issuer": "issuer"},
        "applications": [{"since": "period", "environment": "environment", "tier": "tier"}],
    },
    "support": {"training": [{"period": "period"}], "advice": [{"period": "period"}]},
}
ESTATE: Shape = {
    "gateway": {
        "short_codes": [{"holder": "holder", "operators": ["operator"]}],
        "ussd": [{"holder": "holder"}],
    },
    "helpdesk": {"rota": {"shifts": [{"persons": ["member of staff"]}]}, "application": {"tier": "tier"}},
    "e_office": {"issuer": "issuer", "application": {"tier": "tier"}},
}


class Names:
    """Names that references may use, by kind of thing."""

    def __init__(self, estate: Estate, slugs: Collection[str]) -> None:
        gateway = estate.gateway
        self.has_issuer = estate.e_office.issuer is not None
        self.known: Mapping[str, Collection[str]] = {
            "institution": slugs,
            "holder": {"platform", *slugs},
            "period": estate.periods,
            "tier": frozenset(map(str, estate.tiers)),
            "quota plan": estate.quota_plans,
            "environment class": frozenset(estate.network.classes) - {SHARED_CLASS},
            "exchange": estate.mail.exchanges,
            "sender": estate.mail.senders,
            "operator": gateway.operators,
            "short code": frozenset(holding.number for holding in gateway.short_codes),
            "USSD code": frozenset(root.code for root in gateway.ussd),
            "service level": estate.helpdesk.service_levels,
            "issuer": estate.e_office.issuers,
            "member of staff": frozenset(member.name for member in estate.staff),
        }


def check_institution_references(data: object, names: Names) -> list[Fault]:
    """Unknown names in the data of a manifest."""
    known = {**names.known, "environment": _mapping_at(data, "tenancy", "environments")}
    search = _Search(known, _mapping_at(data, "gateway", "targets"))
    search.visit(INSTITUTION, data, ())
    return [*search.faults, *_issuer(data, names)]


def _issuer(data: object, names: Names) -> Iterator[Fault]:
    """Whoever has an e-office has somebody who says who its officers are."""
    services = _mapping_at(data, "services")
    office = services.get("e_office")
    if names.has_issuer or not isinstance(office, Mapping) or office.get("issuer") is not None:
        return
    known = ", ".join(names.known["issuer"]) or "none is known"
    message = f"no OIDC issuer says who its officers are: name one here ({known}), or e_office.issuer in estate.yaml"
    yield Fault(("services", "e_office"), "issuer-missing", message, is_key=True)


def check_estate_references(data: object, names: Names) -> list[Fault]:
    """Unknown names in the data of `estate.yaml`."""
    search = _Search(names.known, {})
    search.visit(ESTATE, data, ())
    return search.faults


def _mapping_at(data: object, *path: str) -> Mapping[str, object]:
    for step in path:
        data = data.get(step) if isinstance(data, Mapping) else None
    return data if isinstance(data, Mapping) else {}


class _Search:
    def __init__(self, known: Mapping[str, Collection[str]], targets: Mapping[str, object]) -> None:
        self._known = known
        self._targets = targets
        self.faults: list[Fault] = []

    def visit(self, shape: Shape, data: object, path: Path) -> None:
        if isinstance(shape, dict):
            if isinstance(data, Mapping):
                self._visit_mapping(shape, data, path)
        elif isinstance(shape, list):
            if isinstance(data, tuple):
                for index, item in enumerate(data):
                    self.visit(shape[0], item, (*path, index))
        elif isinstance(data, str):
            self._look_up(shape, data, path)

    def _visit_mapping(self, shape: dict[str, Shape], data: Mapping[str, object], path: Path) -> None:
        for key, inner in shape.items():
            if key is KEYS:
                for name in data:
                    self._look_up(inner, name, (*path, name), is_key=True)
            elif (value := data.get(key)) is not None:
                self.visit(inner, value, (*path, key))

    def _look_up(self, shape: Shape, name: str, path: Path, *, is_key: bool = False) -> None:
        if isinstance(shape, TargetOf):
            self._look_up_target(shape.kinds, name, path)
            return
        assert isinstance(shape, str)
        known = self._known[shape]
        if name not in known:
            message = f"no {shape} {name!r}"
            self.faults.append(Fault(path, "reference-unknown", message, closest(name, known), is_key))

    def _look_up_target(self, kinds: tuple[str, ...], name: str, path: Path) -> None:
        if name not in self._targets:
            hint = closest(name, self._targets)
            self.faults.append(Fault(path, "reference-unknown", f"no target {name!r}", hint))
            return
        kind = _mapping_at(self._targets, name).get("kind")
        if isinstance(kind, str) and kind not in kinds:
            wanted = " or ".join(kinds)
            message = f"target {name!r} is of kind {kind}; here it must be {wanted}"
            self.faults.append(Fault(path, "target-kind", message))
