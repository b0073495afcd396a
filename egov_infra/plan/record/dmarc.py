"""DMARC: what receivers are asked to do with mail that fails authentication (RFC 9989)."""

from __future__ import annotations

from functools import lru_cache

from egov_infra.plan.record.tags import parse_tags, render_tags
from egov_infra.plan.record.uri import is_mailto
from egov_infra.source.frozen import frozen

POLICIES = ("none", "quarantine", "reject")
_REMOVED = ("pct", "rf", "ri")


@frozen
class Dmarc:
    """A parsed record, with defaults applied (RFC 9989, section 4.7)."""

    policy: str
    subdomains: str
    nonexistent: str
    is_testing: bool
    report_uris: tuple[str, ...]
    failure_uris: tuple[str, ...]
    strict_dkim: bool
    strict_spf: bool
    removed_tags: tuple[str, ...]
    """Tags that RFC 9989 removed; old receivers may obey them."""
    faults: tuple[str, ...]
    """What makes receivers take the record for none at all, or for `p=none`."""
    ignored: tuple[str, ...] = ()
    """Values that receivers pass over, taking the default (section 4.7)."""

    @property
    def effective_policy(self) -> str:
        """What receivers do: one level less while testing, and none if the record is faulty (section 4.7)."""
        if self.faults:
            return "none"
        return POLICIES[max(0, POLICIES.index(self.policy) - self.is_testing)]


def render(
    policy: str, subdomains: str, nonexistent: str, *, is_testing: bool, report_to: tuple[str, ...]
) -> str:
    """A record; `report_to` are mailboxes for aggregate reports. Alignment is relaxed, as MAIL FROM subdomains need."""
    return render_tags(
        ("v", "DMARC1"),
        ("p", policy),
        ("sp", subdomains),
        ("np", nonexistent),
        ("t", "y" if is_testing else None),
        ("rua", ",".join(f"mailto:{mailbox}" for mailbox in report_to) or None),
    )


@lru_cache(maxsize=1024)  # most texts repeat over an estate
def parse(text: str) -> Dmarc:
    """Parse a record. Total: what is wrong stands in `faults`."""
    listed = parse_tags(text)
    faults = list(listed.faults)
    ignored: list[str] = []
    if not listed.begins_with("v", "DMARC1"):
        faults.append("does not begin with v=DMARC1, in this case (section 4.7)")

    def policy(tag: str, default: str) -> str:
        found = listed.find(tag)
        value = found.value.lower() if found else default
        if found and value not in POLICIES:
            faults.append(
                f"column {found.column}: {tag}={value} is not one of none, quarantine, reject (section 4.7)"
            )
            return "none"
        return value

    def choice(tag: str, known: str) -> str:
        found = listed.find(tag)
        value = found.value.lower() if found else ""
        if found and value not in known.split():
            ignored.append(f"column {found.column}: {tag}={found.value} is not one of {known} (section 4.7)")
            return ""
        return value

    def uris(tag: str) -> tuple[str, ...]:
        found = tuple(listed.items(tag, ","))
        ignored.extend(
            f"column {column}: {tag}: {uri!r} is not a mailto URI (section 4.7)"
            for uri, column in found
            if not is_mailto(uri)
        )
        return tuple(uri for uri, _ in found if uri)

    for option, column in listed.items("fo", ":"):
        if option not in ("0", "1", "d", "s"):
            ignored.append(f"column {column}: fo={option} is not one of 0 1 d s (section 4.7)")
    choice("psd", "y n u")

    if listed.get("p") is None:
        faults.append("has no p tag (section 4.7)")
    domain_policy = policy("p", "none")
    subdomain_policy = policy("sp", domain_policy)
    return Dmarc(
        policy=domain_policy,
        subdomains=subdomain_policy,
        nonexistent=policy("np", subdomain_policy),
        is_testing=choice("t", "y n") == "y",
        report_uris=uris("rua"),
        failure_uris=uris("ruf"),
        strict_dkim=choice("adkim", "r s") == "s",
        strict_spf=choice("aspf", "r s") == "s",
        removed_tags=tuple(tag for tag in _REMOVED if listed.get(tag) is not None),
        faults=tuple(faults),
        ignored=tuple(ignored),
    )
