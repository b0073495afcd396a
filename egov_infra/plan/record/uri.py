"""Addresses of reports: the URIs that DMARC and TLS-RPT records name (RFC 3986, RFC 6068)."""

from __future__ import annotations

import re

_CHARACTERS = r"[A-Za-z0-9._~:/?#\[\]@$&'()*+=-]|%[0-9A-Fa-f]{2}"
"""Of a URI, without comma, semicolon and exclamation mark: a record wants these encoded."""
_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DOMAIN = rf"{_LABEL}(?:\.{_LABEL})*\.?"
_MAILTO = re.compile(
    rf"mailto:(?:[A-Za-z0-9._~$&'()*+=/?^`{{|}}-]|%[0-9A-Fa-f]{{2}})+@{_DOMAIN}(?:\?(?:{_CHARACTERS})*)?",
    re.IGNORECASE,
)
_HTTPS = re.compile(rf"https://{_DOMAIN}(?::[0-9]{{1,5}})?(?:[/?](?:{_CHARACTERS})*)?", re.IGNORECASE)


def is_mailto(uri: str) -> bool:
    """Whether a URI names one mailbox."""
    return _MAILTO.fullmatch(uri) is not None


def is_https(uri: str) -> bool:
    """Whether a URI is an address for https."""
    return _HTTPS.fullmatch(uri) is not None


def is_domain(name: str) -> bool:
    """Whether a text is a domain name of labels of at most 63 characters (RFC 1035, section 2.3.4)."""
    return len(name) <= 254 and re.fullmatch(_DOMAIN, name) is not None  # noqa: PLR2004 - with its last dot
