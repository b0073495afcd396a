"""Waivers for tests, as the sample estate's day finds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

GOOD = {
    "rule": "mail-dmarc-subdomains-weak",
    "institution": "erb",
    "subject": "domains/erb.go.tz",
    "values_digest": "",
    "reason": "A legacy subdomain still sends through its own relay.",
    "author": "Baraka Lema",
    "approver": "Asha Mwinyi",
    "approved_on": "2020-06-01",
    "expires_on": "2020-08-15",
    "compensating_control": "Reports are read every day.",
}


def written(waivers: Sequence[Mapping[str, str]]) -> str:
    """The text of a file with waivers."""
    lines = [
        f"{'  - ' if number == 0 else '    '}{key}: {value!r}"
        for waiver in waivers
        for number, (key, value) in enumerate(waiver.items())
    ]
    return "\n".join(["waivers:", *lines])
