"""What a manifest has retired: exactly the resources that the named value planned, and may go though nobody declares them.

What is gone from a manifest says no longer what it planned. So it is put back, with everything that it could have had,
and planned again: the resources that this value causes then are those that may go.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from egov_infra.model.estate import Estate
from egov_infra.model.institution import Institution
from egov_infra.plan.builder import PlanError
from egov_infra.plan.context import PlanContext
from egov_infra.plan.stacks import plan_institution
from egov_infra.source.diagnostic import Path
from egov_infra.source.frozen import frozen


@frozen
class Retired:
    """What may go of one institution."""

    stacks: frozenset[str] = frozenset()
    """Names of stacks that may go as a whole, or the beginning of their names up to a dot."""
    resources: frozenset[tuple[str, str]] = frozenset()
    """Stack and logical name of resources that may go."""

    def permits(self, stack: str, name: str) -> bool:
        """Whether a resource may go."""
        return (stack, name) in self.resources or any(
            stack == whole or stack.startswith(f"{whole}.") for whole in self.stacks
        )


NOTHING = Retired()


def retired_by(institution: Institution, context: PlanContext) -> Retired:
    """What an institution has retired, as of today."""
    stacks: set[str] = set()
    resources: set[tuple[str, str]] = set()
    for item in institution.retired:
        if item.on > context.today:
            continue
        what = item.what.split("/")
        part = _part(what)
        if part:
            stacks.add(f"{institution.slug}.{part}")
        else:
            resources |= _resources(institution, what, context)
    return Retired(frozenset(stacks), frozenset(resources))


def _part(what: list[str]) -> str:
    """What the stack is for that is retired as a whole; empty if only some of a stack is."""
    match what:
        case ["tenancy"] | ["tenancy", "environments", _]:
            return ".".join(("tenancy", *what[2:]))
        case ["services", "applications", name]:
            return f"app-{name}"
        case ["services", service]:
            return service.replace("_", "-")
    return ""


def _resources(institution: Institution, what: list[str], context: PlanContext) -> set[tuple[str, str]]:
    """Stack and logical name of everything that the value at a path plans where it is declared."""
    data = institution.model_dump(by_alias=True)
    _put_back(data, what, context.estate)
    path = _path(data, what)
    if path is None:
        return set()
    try:
        stacks = plan_institution(
            Institution.model_validate(data), replace(context, estate=_wide(context.estate))
        )
    except PlanError:  # what stands there now leaves no room for it
        return set()
    return {
        (stack.name, resource.name)
        for stack in stacks
        for resource in stack.resources
        if resource.path[: len(path)] == path
    }


def _wide(estate: Estate) -> Estate:
    """The estate with as many copies of backups as there can be."""
    tiers = {name: tier.model_copy(update={"copies": 2}) for name, tier in estate.tiers.items()}
    return estate.model_copy(update={"tiers": tiers})


def _put_back(data: dict[str, Any], what: list[str], estate: Estate) -> None:
    head, kind, *rest = what
    if head == "tenancy" and kind == "buckets" and data["tenancy"]:
        _at(data["tenancy"], "buckets", rest[0], {"name": rest[0], "retention_days": 1})
    elif head == "services" and (office := data["services"]["e_office"]):
        _at(office, "series", rest[1], {"name": rest[1], "retention_years": 1})
    elif head == "domains":
        _put_back_domain(_at(data, "domains", kind, {"name": kind, **_whole_domain(estate)}), rest, estate)


def _put_back_domain(domain: dict[str, Any], rest: list[str], estate: Estate) -> None:
    if not rest:
        return
    whole = _whole_domain(estate)
    domain |= {"delegated_on": _LONG_AGO, "ds_published_on": _LONG_AGO}
    if rest[0] in ("dnssec", "website"):
        domain[rest[0]] = whole[rest[0]]
        return
    mail = {
        **whole["mail"],
        **{key: value for key, value in (domain["mail"] or {}).items() if value is not None},
    }
    senders = dict.fromkeys((*mail["senders"], *whole["mail"]["senders"]))
    domain["mail"] = {**mail, "stance": "sends-and-receives", "senders": tuple(senders)}


_LONG_AGO = datetime.date(1970, 1, 1)


def _whole_domain(estate: Estate) -> dict[str, Any]:
    """A domain with everything that a domain can have."""
    mail = {
        "since": next(iter(estate.periods)),
        "stance": "sends-and-receives",
        "mx": next(iter(estate.mail.exchanges)),
        "senders": tuple(estate.mail.senders),
        "dmarc": dict.fromkeys(("policy", "subdomains", "nonexistent"), "reject"),
        "mta_sts": {"mode": "enforce", "max_age_days": 1},
    }
    return {
        "delegated_on": _LONG_AGO,
        "ds_published_on": _LONG_AGO,
        "dnssec": True,
        "mail": mail,
        "website": {"hosts": ("@",)},
    }


def _at(data: dict[str, Any], key: str, name: str, new: dict[str, Any]) -> dict[str, Any]:
    """The item of a list that has a name; it is added if it is not there."""
    found: dict[str, Any] | None = next((item for item in data[key] if item["name"] == name), None)
    if found is None:
        found = new
        data[key] = (*data[key], found)
    return found


def _path(data: Any, what: list[str]) -> Path | None:
    """The path of a value, in which items of lists have positions instead of names; None if it is not there."""
    path: list[str | int] = []
    for step in what:
        if isinstance(data, tuple):
            position = next((n for n, item in enumerate(data) if step in (item, _name(item))), None)
            if position is None:
                return None
            path.append(position)
            data = data[position]
        elif isinstance(data, Mapping) and data.get(step) is not None:
            path.append(step)
            data = data[step]
        else:
            return None
    return tuple(path)


def _name(item: Any) -> Any:
    return item.get("name") if isinstance(item, Mapping) else None
