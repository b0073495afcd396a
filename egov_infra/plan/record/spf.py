"""SPF: who may send mail as a domain (RFC 7208)."""

from __future__ import annotations

import ipaddress
import re
from functools import lru_cache

from egov_infra.source.frozen import frozen

_TERM = re.compile(
    r"(?P<qualifier>[-+~?]?)(?P<name>[A-Za-z][A-Za-z0-9_.-]*)(?P<separator>[:=]?)(?P<argument>[\x21-\x7e]*)"
)
_EXPAND = r"%\{[slodiphcrtvSLODIPHCRTV][0-9]*[rR]?[-.+,/_=]*\}|%[%_-]"
_MACRO = re.compile(rf"(?:{_EXPAND}|[\x21-\x24\x26-\x7e])*")
"""A macro-string (section 7.1)."""
_EXPLANATION_ONLY = re.compile(r"%\{[crtCRT]")
_TOP_LABEL = r"[A-Za-z0-9]*[A-Za-z][A-Za-z0-9]*|[A-Za-z0-9]+-[A-Za-z0-9-]*[A-Za-z0-9]"
_DOMAIN_END = re.compile(rf"(?:{_EXPAND})\Z|\.(?:{_TOP_LABEL})\.?\Z")
_PREFIX = {"4": r"/(?:0|[1-9][0-9]?)", "6": r"/(?:0|[1-9][0-9]{0,2})"}
_DUAL = re.compile(rf"(?P<domain>.*?)(?P<four>{_PREFIX['4']})?(?:/(?P<six>{_PREFIX['6']}))?")
"""A domain with its prefix lengths, such as `example.org/24//64` (section 5.6)."""
_NETWORK = {
    "ip4": re.compile(rf"[0-9.]+(?:{_PREFIX['4']})?"),
    "ip6": re.compile(rf"[0-9A-Fa-f:.]+(?:{_PREFIX['6']})?"),
}
_BITS = {"4": 32, "6": 128}
_MECHANISMS = frozenset(("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"))
_LOOKUPS = frozenset(("include", "a", "mx", "ptr", "exists", "redirect"))
_NEEDS_ARGUMENT = frozenset(("include", "ip4", "ip6", "exists"))


@frozen
class Term:
    """A mechanism with its qualifier, or a modifier (qualifier empty)."""

    name: str
    """In lower case."""
    argument: str
    qualifier: str
    """`+ - ~ ?` for a mechanism, empty for a modifier."""


@frozen
class Spf:
    """A parsed record. `faults` are the reasons for a permanent error (RFC 7208, section 4.6)."""

    terms: tuple[Term, ...]
    faults: tuple[str, ...]

    @property
    def all_qualifier(self) -> str:
        """Qualifier of the first `all`: `-` fail, `~` soft fail, `?` neutral, `+` pass; empty without one."""
        return next((term.qualifier for term in self.terms if term.name == "all"), "")

    @property
    def lookups(self) -> int:
        """Terms of this record that cost a DNS lookup (section 4.6.4), not counting those of its includes."""
        count = 0
        for term in self.terms:
            if term.name == "all":
                return count  # what follows is never reached, and redirect is ignored
            count += term.name in _LOOKUPS
        return count


def render(terms: tuple[str, ...], default: str) -> str:
    """A record from terms such as `include:_spf.example.org` and its end, such as `-all`."""
    return " ".join(("v=spf1", *terms, default))


def is_spf(text: str) -> bool:
    """Whether a TXT text is an SPF record: `v=spf1` alone or followed by a space (section 4.5)."""
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


@lru_cache(maxsize=1024)  # most texts repeat over an estate
def parse(text: str) -> Spf:
    """Parse a record. Total: what is wrong is a fault with its column, counted from 1."""
    if not is_spf(text):
        return Spf((), ("column 1: does not begin with v=spf1 (section 4.5)",))
    terms: list[Term] = []
    faults: list[str] = []
    for match in re.finditer(r"[^ ]+", text[6:]):  # nothing but spaces stands between terms (section 4.6.1)
        column = match.start() + 7
        term, fault = _term(match.group())
        if term is not None:
            if term.name in ("redirect", "exp") and any(term.name == other.name for other in terms):
                fault = f"{term.name}= stands twice (section 6)"
            terms.append(term)
        if fault:
            faults.append(f"column {column}: {fault}")
    return Spf(tuple(terms), tuple(faults))


def _term(text: str) -> tuple[Term | None, str | None]:
    match = _TERM.fullmatch(text)
    if match is None:
        return None, f"{text!r} is no term (section 4.6.1)"
    name, separator, argument = match["name"].lower(), match["separator"], match["argument"]
    if separator == "=":
        if match["qualifier"]:
            return None, f"modifier {name!r} has a qualifier (section 4.6.1)"
        return Term(name, argument, ""), _modifier_fault(name, argument)
    if not separator and argument and not argument.startswith("/"):
        return None, f"{text!r} is no term (section 4.6.1)"
    term = Term(name, argument, match["qualifier"] or "+")
    return term, _mechanism_fault(term, separator)


def _mechanism_fault(term: Term, separator: str) -> str | None:
    if term.name not in _MECHANISMS:
        return f"unknown mechanism {term.name!r} (section 4.6)"
    if term.name == "all" and (separator or term.argument):
        return "all takes no argument (section 5.1)"
    if term.name in _NEEDS_ARGUMENT and not term.argument:
        return f"{term.name} needs an argument (section 5)"
    if separator and not term.argument:
        return f"{term.name}: has no argument (section 5)"
    if term.name in _NETWORK:
        return _network_fault(term)
    if term.name in ("a", "mx"):
        return _host_fault(term, has_domain=bool(separator))
    return _domain_fault(term.argument) if term.argument else None


def _modifier_fault(name: str, argument: str) -> str | None:
    if name in ("redirect", "exp"):
        return _domain_fault(argument) if argument else f"modifier {name!r} is empty (section 6)"
    return None if _MACRO.fullmatch(argument) else f"{argument!r} is no macro-string (section 7.1)"


def _network_fault(term: Term) -> str | None:
    wrong = f"{term.argument!r} is no {term.name} network (section 5.6)"
    if not _NETWORK[term.name].fullmatch(term.argument):
        return wrong
    try:
        network = ipaddress.ip_network(term.argument, strict=False)
    except ValueError:
        return wrong
    return None if network.version == int(term.name[2]) else wrong


def _host_fault(term: Term, *, has_domain: bool) -> str | None:
    """`a` and `mx`, with or without a domain, may end in prefix lengths."""
    match = _DUAL.fullmatch(term.argument)
    assert match is not None  # everything is optional
    for version, length in (("4", match["four"]), ("6", match["six"])):
        if length and int(length[1:]) > _BITS[version]:
            return f"{length} is longer than an IPv{version} address (section 5.6)"
    domain = match["domain"]
    if not domain:
        return f"{term.name}: has no argument (section 5)" if has_domain else None
    return _domain_fault(domain) if has_domain else f"{term.argument!r} is no prefix length (section 5.6)"


def _domain_fault(text: str) -> str | None:
    """What is wrong with a domain-spec: a macro-string that ends in a top label or a macro (section 7.1)."""
    if not _MACRO.fullmatch(text):
        return f"{text!r} is no macro-string (section 7.1)"
    if _EXPLANATION_ONLY.search(text):
        return f"{text!r} has a macro that stands in explanations only (section 7.2)"
    return None if _DOMAIN_END.search(text) else f"{text!r} ends in no top label (section 7.1)"
