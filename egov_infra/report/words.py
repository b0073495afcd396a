"""The words of reports in each language, from `words.yaml`, and how each language writes numbers and days."""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Mapping
from functools import cache

import yaml

LANGUAGES = ("en", "sw")
_FILE = pathlib.Path(__file__).with_name("words.yaml")


@cache
def all_words() -> Mapping[str, Mapping[str, str]]:
    """Key to language to text."""
    found: Mapping[str, Mapping[str, str]] = yaml.load(_FILE.read_bytes(), Loader=yaml.CSafeLoader)
    return found


class Words:
    """The words of one language."""

    def __init__(self, language: str) -> None:
        self.language = language
        self._texts = {key: texts[language] for key, texts in all_words().items()}
        self._months = self._texts["months"].split()

    def __call__(self, key: str, **values: object) -> str:
        """A text, with its `{holes}` filled. Raises KeyError for a key that is not in the file."""
        if not values:
            return self._texts[key]
        return self._texts[key].format(**{name: self.shown(value) for name, value in values.items()})

    def or_plain(self, prefix: str, name: str) -> str:
        """A word for a name that manifests may choose freely; the name itself where nobody has said."""
        return self._texts.get(f"{prefix}_{name}", name)

    def shown(self, value: object) -> str:
        """A value as people write it: 32,780; 30 June 2020 or 30 Juni 2020 (CLDR, locales en-TZ and sw-TZ)."""
        if isinstance(value, datetime.date):
            return f"{value.day} {self._months[value.month - 1]} {value.year}"
        return f"{value:,}" if isinstance(value, int) else str(value)
