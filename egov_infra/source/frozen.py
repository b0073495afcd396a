"""Records that are made by the ten thousand: frozen for the type checker, and without the price of that at run time.

A dataclass with `frozen=True` takes several times as long to make, since it sets each field by a call.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar, dataclass_transform

if TYPE_CHECKING:
    T = TypeVar("T")

    @dataclass_transform(frozen_default=True)
    def frozen(cls: type[T]) -> type[T]:
        """Make a class a slotted dataclass whose fields the type checker lets nobody set."""

else:
    frozen = dataclass(slots=True, unsafe_hash=True)
