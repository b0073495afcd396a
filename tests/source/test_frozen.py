"""Records that cost little to make, of classes that cost little to define."""

from __future__ import annotations

import pickle
from dataclasses import dataclass, field, replace

from egov_infra.source.frozen import frozen


@frozen
class Cheap:
    """A record."""

    name: str
    size: int = 0
    parts: tuple[str, ...] = ()
    note: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Plain:
    """The same as a dataclass."""

    name: str
    size: int = 0
    parts: tuple[str, ...] = ()
    note: str = field(default="", compare=False)


@frozen
class Single:
    """A record of one field."""

    name: str


def test_is_equal_and_hashed_by_its_fields_as_a_dataclass_is() -> None:
    """Only those that are compared count, and no record of another class is equal."""
    for kind in (Cheap, Plain):
        one, same, other = kind("a", 1, note="x"), kind("a", 1, note="y"), kind("a", 2)
        assert [one == same, hash(one) == hash(same), one == other, {one, same, other} == {one, other}] == [
            True,
            True,
            False,
            True,
        ]
    others: tuple[object, ...] = (Plain("a"), "a", Single("a"))
    assert Cheap("a") not in others
    assert Single("a") in others
    assert hash(Single("a")) == hash(Single("a"))


def test_is_shown_replaced_and_pickled_as_a_dataclass_is() -> None:
    """What people see in a test that fails, and what processes hand each other."""
    one = Cheap("a", 1, ("b",))
    assert repr(one) == repr(Plain("a", 1, ("b",))).replace("Plain", "Cheap")
    assert pickle.loads(pickle.dumps(one)) == one
    assert replace(one, size=2) == Cheap("a", 2, ("b",))
    assert not hasattr(one, "__dict__")


def test_a_method_of_the_class_goes_before() -> None:
    """Whoever writes one means it."""

    @frozen
    class Secret:
        """A record that does not show itself."""

        value: str

        def __repr__(self) -> str:
            return "Secret(hidden)"

    assert repr(Secret("a")) == "Secret(hidden)"
