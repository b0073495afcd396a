"""TLS reporting: where senders report failures of TLS (RFC 8460)."""

from __future__ import annotations

from functools import lru_cache

from egov_infra.plan.record.tags import parse_tags, render_tags
from egov_infra.plan.record.uri import is_https, is_mailto
from egov_infra.source.frozen import frozen


@frozen
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
    if not listed.begins_with("v", "TLSRPTv1"):
        faults.append("does not begin with v=TLSRPTv1 (section 3)")
    found = tuple(listed.items("rua", ","))
    if not found:
        faults.append("names no rua (section 3)")
    faults.extend(
        f"column {column}: {uri!r} is neither mailto nor https (section 3)"
        for uri, column in found
        if not (is_mailto(uri) or is_https(uri))
    )
    return TlsRpt(tuple(uri for uri, _ in found if uri), tuple(faults))
