"""TLS reporting: where senders report failures of TLS (RFC 8460)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from egov_infra.plan.record.tags import parse_tags, render_tags


@dataclass(frozen=True, slots=True)
class TlsRpt:
    """A parsed `_smtp._tls` record (section 3)."""

    report_uris: tuple[str, ...]
    faults: tuple[str, ...]


def render(*mailboxes: str) -> str:
    """A record that asks for reports at these mailboxes."""
    return render_tags(("v", "TLSRPTv1"), ("rua", ",".join(f"mailto:{mailbox}" for mailbox in mailboxes)))


@lru_cache(maxsize=1024)  # most texts repeat over an estate
def parse(text: str) -> TlsRpt:
    """Parse a record. Total: what is wrong stands in `faults`."""
    listed = parse_tags(text)
    faults = list(listed.faults)
    if not listed.tags or listed.tags[0] != ("v", "TLSRPTv1"):
        faults.append("does not begin with v=TLSRPTv1 (section 3)")
    uris = tuple(uri.strip() for uri in (listed.get("rua") or "").split(",") if uri.strip())
    if not uris:
        faults.append("names no rua (section 3)")
    faults.extend(
        f"{uri!r} is neither mailto nor https (section 3)"
        for uri in uris
        if not uri.startswith(("mailto:", "https:"))
    )
    return TlsRpt(uris, tuple(faults))
