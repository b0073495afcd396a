"""The words of reports in each language, from `words.yaml`."""

from __future__ import annotations

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

    def __call__(self, key: str, **values: object) -> str:
        """A text, with its `{holes}` filled. Raises KeyError for a key that is not in the file."""
        return all_words()[key][self.language].format(**values)

    def blueprint(self, name: str) -> str:
        """What an application is called; its blueprint's own name where nobody has said."""
        return all_words().get(f"blueprint_{name}", {}).get(self.language, name)
