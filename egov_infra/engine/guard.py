"""What a change must not do unasked: lose data, or turn a large part of a stack over."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

from egov_infra.engine.error import RefusedError
from egov_infra.engine.preview import Action, Preview
from egov_infra.engine.selection import SelectedStack

LARGE_SHARE_PERCENT = 10
SMALL_STACK = 10


def review_digest(previews: Iterable[Preview]) -> str:
    """What `--approve` names: plan and steps of every stack that changes, in 16 hexadecimal digits."""
    text = "\n".join(sorted(f"{preview.stack} {preview.digest}" for preview in previews if preview.changes))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def guard(stacks: Sequence[tuple[SelectedStack, Preview]], approved: str | None) -> None:
    """Refuse what nobody approved. Raises RefusedError that names everything at once."""
    forbidden = [text for selected, preview in stacks for text in _forbidden(selected, preview)]
    if forbidden:
        raise RefusedError("\n".join(forbidden))
    demand_approval([preview for _, preview in stacks], approved)


def demand_approval(previews: Sequence[Preview], approved: str | None) -> None:
    """Refuse to lose data, or much of a stack, unless exactly this was reviewed. Raises RefusedError."""
    unapproved = [text for preview in previews for text in _needs_approval(preview)]
    digest = review_digest(previews)
    if not unapproved or approved == digest:
        return
    if approved is not None:
        unapproved.append(f"--approve {approved} is not the digest of this plan: it has changed since review")
    unapproved.append(f"if this is meant, review it and repeat with --approve {digest}")
    raise RefusedError("\n".join(unapproved))


def _forbidden(selected: SelectedStack, preview: Preview) -> Iterator[str]:
    identity = selected.loaded.institution.institution if selected.loaded else None
    if identity is not None and identity.state == "frozen" and preview.changes:
        yield f"{preview.stack}: {identity.slug} is frozen: nothing may change"
    for step in preview.steps:
        may_go = selected.retired.permits(preview.stack, step.name)
        if step.action is Action.DELETE and step.is_protected and not may_go:
            yield (
                f"{preview.stack}: {step.name} holds data and is no longer declared; absence never deletes: "
                "list it under `retired`, with the day from which it may go"
            )


def _needs_approval(preview: Preview) -> Iterator[str]:
    heavy = [step for step in preview.steps if step.action in (Action.REPLACE, Action.DELETE)]
    for step in heavy:
        if step.is_protected:
            why = f" ({', '.join(step.properties)})" if step.properties else ""
            yield f"{preview.stack}: would {step.action.value} {step.name}, which holds data{why}"
    recorded = len(preview.steps) - preview.count(Action.CREATE)
    if recorded >= SMALL_STACK and len(heavy) * 100 > recorded * LARGE_SHARE_PERCENT:
        yield (
            f"{preview.stack}: would replace or delete {len(heavy)} of {recorded} resources, "
            f"more than {LARGE_SHARE_PERCENT} %"
        )
