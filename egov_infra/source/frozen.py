"""Records of which a run makes ten thousands, and classes of which it makes hundreds before it begins.

A dataclass with `frozen=True` takes several times as long to make, since it sets each field by a call; and its class takes
half a millisecond, since each of its methods is compiled from a text of its own. Here that is `__init__` alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from operator import attrgetter
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: type[T]) -> type[T]:
    """Make a class a slotted dataclass, equal by its fields, which the type checker lets nobody set."""
    made = dataclass(slots=True, eq=False, repr=False)(cls)
    shown = [one.name for one in fields(made) if one.repr]  # type: ignore[arg-type]  # a dataclass since above
    content = attrgetter(*(one.name for one in fields(made) if one.compare))  # type: ignore[arg-type]

    def equal(self: T, other: object) -> bool:
        return content(self) == content(other) if type(other) is type(self) else NotImplemented

    def digest(self: T) -> int:
        return hash(content(self))

    def text(self: T) -> str:
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{type(self).__qualname__}({said})"

    for name, method in (("__eq__", equal), ("__hash__", digest), ("__repr__", text)):
        if name not in vars(made):
            setattr(made, name, method)
    return made
