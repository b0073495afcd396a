"""SPF: who may send mail as a domain (RFC 7208)."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache

_TERM = re.compile(
    r"(?P<qualifier>[-+~?]?)(?P<name>[A-Za-z][A-Za-z0-9_.-]*)(?P<separator>[:=]?)(?P<argument>[^\s]*)"
)
_MECHANISMS = frozenset(("all", "include", "a", "mx", "ptr", "ip4", "ip6", "exists"))
_LOOKUPS = frozenset(("include", "a", "mx", "ptr", "exists", "redirect"))
_NEEDS_ARGUMENT = frozenset(("include", "ip4", "ip6", "exists"))


@dataclass(frozen=True, slots=True)
class Term:
    """A mechanism with its qualifier, or a modifier (qualifier empty)."""

    name: str
    """In lower case."""
    argument: str
    qualifier: str
    """`+ - ~ ?` for a mechanism, empty for a modifier."""


@dataclass(frozen=True, slots=True)
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
    for match in re.finditer(r"[^ ]+", text[6:]):
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
        return Term(name, argument, ""), None if argument else f"modifier {name!r} is empty (section 6)"
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
    if term.name in ("ip4", "ip6"):
        try:
            network = ipaddress.ip_network(term.argument, strict=False)
        except ValueError:
            return f"{term.argument!r} is no {term.name} network (section 5.6)"
        if network.version != int(term.name[2]):
            return f"{term.argument!r} is no {term.name} network (section 5.6)"
    return None
