"""Names of stacks and resources: deterministic, within the limits of AWS, and computed before anything exists."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache

PLATFORM = "platform"
_MAX_LOGICAL = 100
_LOGICAL = re.compile(r"[a-z0-9][a-z0-9-]*")
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


class NameLengthError(ValueError):
    """A name is longer than AWS or Pulumi takes, or has a character they refuse."""


def logical(stack: str, role: str) -> str:
    """Pulumi's logical name of a resource: `<slug>-<part>-<role>`, from its stack's name and its role there."""
    name = f"{stack.replace('.', '-')}-{role}"
    if len(name) > _MAX_LOGICAL or not _LOGICAL.fullmatch(name):
        raise NameLengthError(f"logical name {name!r} is longer than {_MAX_LOGICAL} or not of [a-z0-9-]")
    return name


@lru_cache(maxsize=1024)
def role_of(host: str) -> str:
    """A DNS name or free text as a part of a logical name; `@` and `*` get words, so that nothing clashes."""
    text = host.lower().replace("*", "wildcard").replace("_", "u-").replace(".", "-").replace("@", "apex")
    return re.sub(r"[^a-z0-9-]+", "-", text).strip("-") or "apex"


def bucket(account: str, *words: str) -> str:
    """A bucket's name: its words and its account, since bucket names are unique over all accounts (3 to 63 characters)."""
    return shortened("-".join((*words, account)).replace(".", "-"), 63, _BUCKET)


def shortened(name: str, limit: int, pattern: re.Pattern[str] | None = None) -> str:
    """The name if it fits; else its beginning and a digest of the whole, so that it stays unique and stable."""
    if len(name) > limit:
        digest = hashlib.sha256(name.encode()).hexdigest()[:8]
        name = f"{name[: limit - 9]}-{digest}"
    if pattern is not None and not pattern.fullmatch(name):
        raise NameLengthError(f"{name!r} is not a name that AWS takes")
    return name
