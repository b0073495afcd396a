"""Bulk onboarding: a register of institutions and their enrolments, both CSV, become ordinary manifests.

Register: `slug,name_en,name_sw,kind,region,domain,parent`. Enrolment: `slug,system,since,detail`, a row for each
institution and system; `detail` holds `key=value` pairs, separated by semicolons. What a system takes is in `SYSTEMS`.
"""

from __future__ import annotations

import csv
import hashlib
import io
import pathlib
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import yaml

from egov_infra.manifest.validate import validate
from egov_infra.model.institution import Institution
from egov_infra.source.diagnostic import Diagnostic, InputError, Place
from egov_infra.source.document import parse_document, read_bytes
from egov_infra.source.spelling import closest

REGISTER_COLUMNS = ("slug", "name_en", "name_sw", "kind", "region", "domain", "parent")
ENROLMENT_COLUMNS = ("slug", "system", "since", "detail")
_MARK = "# made by egov-infra import; digest "
_PERCENT = (50, 80, 100)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a CSV file, and where it stands."""

    place: Place
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A system that an institution takes part in."""

    place: Place
    system: str
    since: str
    detail: Mapping[str, str]


def read_rows(path: pathlib.Path, columns: Sequence[str]) -> tuple[Row, ...]:
    """The rows of a CSV file; further columns are passed over. Raises InputError."""
    shown = str(path)
    try:
        text = read_bytes(path, shown).decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(
            [Diagnostic(Place(shown), "file-encoding", "not UTF-8: save the file as UTF-8")]
        ) from None
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise InputError(
            [Diagnostic(Place(shown, 1, 1), "csv-column", f"misses column {', '.join(missing)}")]
        )
    rows, faults = [], []
    for cells in reader:
        place = Place(shown, reader.line_num, 1)
        if None in cells or None in cells.values():
            faults.append(Diagnostic(place, "csv-cells", "has more or fewer cells than the header"))
            continue
        rows.append(Row(place, {name: cells[name].strip() for name in columns}))
    if faults:
        raise InputError(faults)
    return tuple(rows)


def read_enrolments(path: pathlib.Path) -> Mapping[str, tuple[Enrolment, ...]]:
    """Enrolments by slug, in the order of the file. Raises InputError."""
    found: defaultdict[str, list[Enrolment]] = defaultdict(list)
    faults = []
    for row in read_rows(path, ENROLMENT_COLUMNS):
        system = row.cells["system"]
        if system not in SYSTEMS:
            hint = closest(system, SYSTEMS)
            faults.append(Diagnostic(row.place, "system-unknown", f"no system {system!r}", hint))
            continue
        pairs = [pair.partition("=") for pair in row.cells["detail"].split(";") if pair]
        detail = {key.strip(): value.strip() for key, _, value in pairs}
        wrong = SYSTEMS[system].keys ^ detail.keys()
        if wrong:
            message = f"{system} takes {', '.join(sorted(SYSTEMS[system].keys)) or 'nothing'} in detail; wrong: {', '.join(sorted(wrong))}"
            faults.append(Diagnostic(row.place, "detail-wrong", message))
            continue
        found[row.cells["slug"]].append(Enrolment(row.place, system, row.cells["since"], detail))
    if faults:
        raise InputError(faults)
    return {slug: tuple(items) for slug, items in found.items()}


def manifests(register: pathlib.Path, enrolment: pathlib.Path) -> Iterator[tuple[str, str]]:
    """Slug and text of each manifest, in the order of the register; the same input gives the same bytes.

    Raises InputError with every wrong row before the first manifest is given.
    """
    rows = read_rows(register, REGISTER_COLUMNS)
    enrolments = read_enrolments(enrolment)
    known = {row.cells["slug"] for row in rows}
    faults = [
        Diagnostic(
            item.place, "institution-unknown", f"{slug!r} is not in the register", closest(slug, known)
        )
        for slug, items in enrolments.items()
        if slug not in known
        for item in items
    ]
    made = []
    for row in rows:
        slug = row.cells["slug"]
        try:
            text = write_manifest(_data(row.cells, enrolments.get(slug, ())))
        except ValueError as error:
            faults.append(Diagnostic(row.place, "detail-wrong", f"{slug}: {error}"))
            continue
        _, wrong = validate(parse_document(text.encode(), slug), Institution)
        faults += [
            Diagnostic(row.place, item.code, f"{slug}: {item.message}", item.suggestion) for item in wrong
        ]
        made.append((slug, text))
    if faults:
        raise InputError(faults)
    yield from made


def write_manifest(data: Mapping[str, Any]) -> str:
    """A manifest's text, marked with a digest, so that a later import sees whether somebody edited it."""
    body = yaml.dump(
        dict(data),
        Dumper=yaml.CSafeDumper,
        sort_keys=False,
        default_flow_style=None,
        width=160,
        allow_unicode=True,
    )
    return f"{_MARK}{_digest(body)}\n{body}"


def is_untouched(text: str) -> bool:
    """Whether a manifest is as an import wrote it."""
    first, _, body = text.partition("\n")
    return first == f"{_MARK}{_digest(body)}"


def _digest(body: str) -> str:
    return hashlib.sha256(body.encode()).hexdigest()[:16]


def _data(cells: Mapping[str, str], enrolments: Sequence[Enrolment]) -> dict[str, Any]:
    domain = cells["domain"]
    contact = domain or "ega.go.tz"
    identity: dict[str, Any] = {
        "slug": cells["slug"],
        "name": {"en": cells["name_en"], "sw": cells["name_sw"]},
        "kind": cells["kind"],
    }
    identity |= {key: cells[key] for key in ("parent", "region") if cells[key]}
    identity |= {
        "state": "active",
        "classification": "internal",
        "contacts": {"technical": f"ict@{contact}", "security": f"usalama@{contact}"},
    }
    data: dict[str, Any] = {"institution": identity}
    for item in enrolments:
        SYSTEMS[item.system].add(data, item, cells)
    _ticket_status(data)
    return data


def _tenancy(data: dict[str, Any], item: Enrolment, _cells: Mapping[str, str]) -> None:
    detail = item.detail
    data["institution"]["classification"] = "confidential"
    data["tenancy"] = {
        "since": item.since,
        "tier": detail["tier"],
        "environments": {
            "prod": {"account": detail["prod"], "network": {"prefix_length": 24}, "size": "medium"},
            "test": {"account": detail["test"], "network": {"prefix_length": 26}, "size": "small"},
        },
        "buckets": [
            {"name": "records", "retention_days": 3650, "locked": True},
            {"name": "exports", "retention_days": 90},
        ],
        "backup": {"interval_minutes": 60, "retention_days": 35},
        "budget": {"monthly_usd": int(detail["monthly_usd"]), "alert_percent": list(_PERCENT)},
        "quota": "standard",
    }


def _domain(data: dict[str, Any], cells: Mapping[str, str]) -> dict[str, Any]:
    if not cells["domain"]:
        raise ValueError("the register names no domain")
    domains = data.setdefault("domains", [{"name": cells["domain"]}])
    found: dict[str, Any] = domains[0]
    return found


def _website(data: dict[str, Any], item: Enrolment, cells: Mapping[str, str]) -> None:
    domain = _domain(data, cells)
    domain |= {"delegated_on": item.detail["delegated_on"], "ds_published_on": item.detail["ds_published_on"]}
    domain["website"] = {"hosts": ["@", "www"]}


def _mail(data: dict[str, Any], item: Enrolment, cells: Mapping[str, str]) -> None:
    detail = item.detail
    _domain(data, cells)["mail"] = {
        "since": item.since,
        "stance": "sends-and-receives",
        "mx": "gms",
        "senders": ["gms"],
        "dkim": [{"selector": detail["selector"], "public_key": detail["key"], "created": detail["created"]}],
        "dmarc": {"policy": "reject", "subdomains": "reject", "nonexistent": "reject"},
        "mta_sts": {"mode": "enforce", "max_age_days": 31},
    }


def _gateway(data: dict[str, Any], item: Enrolment, cells: Mapping[str, str]) -> None:
    detail = item.detail
    approved = dict(pair.split(":") for pair in detail["approved"].split("+"))
    host = f"https://gateway.{cells['domain']}"
    data["gateway"] = {
        "since": item.since,
        "sender_ids": [{"text": detail["sender_id"], "class": "service", "approved": approved}],
        "sms": [
            {
                "short_code": detail["short_code"],
                "keyword": detail["keyword"],
                "match": "first-word",
                "target": "inbox",
            }
        ],
        "ussd": [
            {
                "code": detail["ussd"],
                "path": [int(step) for step in detail["path"].split("/")],
                "label": {"sw": detail["sender_id"], "en": detail["sender_id"]},
                "target": "menu",
            }
        ],
        "targets": {
            "inbox": {"kind": "webhook", "url": f"{host}/sms", "timeout_seconds": 4},
            "menu": {"kind": "https", "url": f"{host}/ussd", "timeout_seconds": 4},
        },
    }


def _services(data: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = data.setdefault("services", {})
    return found


def _helpdesk(data: dict[str, Any], item: Enrolment, _cells: Mapping[str, str]) -> None:
    _services(data)["helpdesk"] = {"since": item.since, "sla": item.detail["sla"]}


STATUS = "HALI"
"""Ends the keyword by which people ask how their ticket stands (`hali`, state)."""


def _ticket_status(data: dict[str, Any]) -> None:
    """Who has both gateway and helpdesk gets a keyword for the state of tickets: its first one, with an ending."""
    if "gateway" not in data or "helpdesk" not in data.get("services", {}):
        return
    gateway = data["gateway"]
    first = gateway["sms"][0]
    gateway["sms"].append({**first, "keyword": f"{first['keyword']}{STATUS}", "target": "desk"})
    gateway["targets"]["desk"] = {"kind": "helpdesk"}


def _e_office(data: dict[str, Any], item: Enrolment, _cells: Mapping[str, str]) -> None:
    years, users = int(item.detail["retention_years"]), int(item.detail["users"])
    _services(data)["e_office"] = {"since": item.since, "users": users, "records_retention_years": years}


def _application(data: dict[str, Any], item: Enrolment, _cells: Mapping[str, str]) -> None:
    if "tenancy" not in data:
        raise ValueError("an application needs a data_centre row above it")
    purpose = f"the public reaches {item.detail['name']}"
    data["tenancy"]["environments"]["prod"].setdefault("internet", {"purpose": purpose})
    _services(data).setdefault("applications", []).append(
        {
            "name": item.detail["name"],
            "blueprint": item.detail["blueprint"],
            "environment": "prod",
            "since": item.since,
            "image": item.detail["image"],
        }
    )


def _training(data: dict[str, Any], item: Enrolment, _cells: Mapping[str, str]) -> None:
    audience = item.detail["audience"].split("+")
    data.setdefault("support", {}).setdefault("training", []).append(
        {"period": item.since, "audience": audience}
    )


def _advice(data: dict[str, Any], item: Enrolment, _cells: Mapping[str, str]) -> None:
    advice = {"period": item.since, "subject": item.detail["subject"]}
    data.setdefault("support", {}).setdefault("advice", []).append(advice)


@dataclass(frozen=True, slots=True)
class System:
    """What a system takes in `detail`, and what it writes into a manifest."""

    keys: frozenset[str]
    add: Callable[[dict[str, Any], Enrolment, Mapping[str, str]], None]


def _system(add: Callable[[dict[str, Any], Enrolment, Mapping[str, str]], None], *keys: str) -> System:
    return System(frozenset(keys), add)


SYSTEMS: Mapping[str, System] = {
    "data_centre": _system(_tenancy, "tier", "prod", "test", "monthly_usd"),
    "website": _system(_website, "delegated_on", "ds_published_on"),
    "gms": _system(_mail, "selector", "key", "created"),
    "gmp": _system(_gateway, "sender_id", "keyword", "short_code", "ussd", "path", "approved"),
    "helpdesk": _system(_helpdesk, "sla"),
    "e_office": _system(_e_office, "users", "retention_years"),
    "application": _system(_application, "name", "blueprint", "image"),
    "training": _system(_training, "audience"),
    "advice": _system(_advice, "subject"),
}
