"""DMARC: what receivers are asked to do with mail that fails authentication (RFC 9989)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from egov_infra.plan.record.tags import parse_tags, render_tags

POLICIES = ("none", "quarantine", "reject")
_REMOVED = ("pct", "rf", "ri")


@dataclass(frozen=True, slots=True)
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
    if not listed.tags or listed.tags[0] != ("v", "DMARC1"):
        faults.append("does not begin with v=DMARC1, in this case (section 4.7)")

    def policy(tag: str, default: str) -> str:
        value = (listed.get(tag) or default).lower()
        if value not in POLICIES:
            faults.append(f"{tag}={value} is not one of none, quarantine, reject (section 4.7)")
            return "none"
        return value

    def uris(tag: str) -> tuple[str, ...]:
        found = tuple(uri.strip() for uri in (listed.get(tag) or "").split(",") if uri.strip())
        faults.extend(
            f"{tag}: {uri!r} is not a mailto URI (section 4.7)"
            for uri in found
            if not uri.lower().startswith("mailto:")
        )
        return found

    if listed.get("p") is None:
        faults.append("has no p tag (section 4.7)")
    domain_policy = policy("p", "none")
    subdomain_policy = policy("sp", domain_policy)
    return Dmarc(
        policy=domain_policy,
        subdomains=subdomain_policy,
        nonexistent=policy("np", subdomain_policy),
        is_testing=listed.get("t") == "y",
        report_uris=uris("rua"),
        failure_uris=uris("ruf"),
        strict_dkim=listed.get("adkim") == "s",
        strict_spf=listed.get("aspf") == "s",
        removed_tags=tuple(tag for tag in _REMOVED if listed.get(tag) is not None),
        faults=tuple(faults),
    )
