from __future__ import annotations

from egov_infra.source.field_text import field_texts


class Sample:
    """A class with fields."""

    name: str
    """Its name,
    over two lines."""
    plain: int
    count: int = 3
    """How many."""

    @property
    def is_many(self) -> bool:
        """Whether there are many."""
        return self.count > 1

    def add(self) -> None:
        """Is no field."""


def test_texts_are_those_under_fields_and_of_properties() -> None:
    """What has no text is left out, and so are methods."""
    assert field_texts(Sample) == {
        "name": "Its name,\nover two lines.",
        "count": "How many.",
        "is_many": "Whether there are many.",
    }
