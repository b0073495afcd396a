"""MTA-STS: senders must use TLS to these exchangers (RFC 8461)."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

from egov_infra.plan.record.tags import parse_tags, render_tags
from egov_infra.plan.record.uri import is_domain
from egov_infra.source.frozen import frozen

MAX_AGE_LIMIT_SECONDS = 31_557_600
_ID = re.compile(r"[A-Za-z0-9]{1,32}")
_LINE_END = re.compile(r"\r?\n")
_FIELD = re.compile(r"(?P<name>[A-Za-z0-9][A-Za-z0-9_.-]{0,31})[ \t]*:[ \t]*(?P<value>[\x20-\x7e\t]*)")


@frozen
class Policy:
    """A parsed policy file (section 3.2)."""

    mode: str
    mx: tuple[str, ...]
    max_age_seconds: int
    faults: tuple[str, ...]


@frozen
class Record:
    """A parsed `_mta-sts` record (section 3.1)."""

    id: str
    faults: tuple[str, ...]


def render_policy(mode: str, hosts: tuple[str, ...], max_age_seconds: int) -> str:
    """The policy file, with CRLF line ends."""
    lines = (
        "version: STSv1",
        f"mode: {mode}",
        *(f"mx: {host}" for host in hosts),
        f"max_age: {max_age_seconds}",
    )
    return "".join(f"{line}\r\n" for line in lines)


def policy_id(policy: str) -> str:
    """The id of a policy: changes exactly when the file does (section 8.1); 32 hexadecimal digits."""
    return hashlib.sha256(policy.encode()).hexdigest()[:32]


def render_record(policy: str) -> str:
    """The `_mta-sts` record of a policy file."""
    return render_tags(("v", "STSv1"), ("id", policy_id(policy))) + ";"


@lru_cache(maxsize=1024)  # most texts repeat over an estate
def parse_policy(text: str) -> Policy:
    """Parse a policy file. Total: what is wrong stands in `faults`."""
    fields: dict[str, list[str]] = {}
    faults: list[str] = []
    lines = _LINE_END.split(text)
    for number, line in enumerate(lines, 1):
        match = _FIELD.fullmatch(line)
        if match is not None:
            name, value = match["name"], match["value"].rstrip(" \t")
            fields.setdefault(name, []).append(value)
            if name == "mx" and not is_domain(value.removeprefix("*.")):
                column = match.start("value") + 1
                faults.append(f"line {number}, column {column}: {value!r} is no mx pattern (section 3.2)")
        elif line or number != len(lines):
            faults.append(f"line {number}, column 1: {line!r} is not key: value (section 3.2)")
    if (fields.get("version") or [""])[0] != "STSv1":  # of a field that stands twice the first counts
        faults.append("needs a version: STSv1 (section 3.2)")
    mode = (fields.get("mode") or [""])[0]
    if mode not in ("enforce", "testing", "none"):
        faults.append(f"mode {mode!r} is not enforce, testing or none (section 3.2)")
    mx = tuple(fields.get("mx", ()))
    if not mx and mode != "none":
        faults.append("names no mx (section 3.2)")
    age = (fields.get("max_age") or [""])[0]
    if not re.fullmatch(r"[0-9]{1,10}", age) or int(age) > MAX_AGE_LIMIT_SECONDS:
        faults.append(f"max_age {age!r} is not 0 to {MAX_AGE_LIMIT_SECONDS} (section 3.2)")
        age = "0"
    return Policy(mode, mx, int(age), tuple(faults))


def parse_record(text: str) -> Record:
    """Parse a `_mta-sts` record. Total: what is wrong stands in `faults`."""
    listed = parse_tags(text)
    faults = list(listed.faults)
    if not listed.begins_with("v", "STSv1"):
        faults.append("does not begin with v=STSv1 (section 3.1)")
    found = listed.find("id")
    identifier = found.value if found else ""
    if not _ID.fullmatch(identifier):
        at = f"column {found.column}: " if found else ""
        faults.append(f"{at}id {identifier!r} is not 1 to 32 letters and digits (section 3.1)")
    return Record(identifier, tuple(faults))


def covers(pattern: str, host: str) -> bool:
    """Whether an mx pattern covers a host; `*.` stands for exactly one label (section 4.1)."""
    if pattern.startswith("*."):
        return host.partition(".")[2].lower() == pattern[2:].lower()
    return host.lower() == pattern.lower()
