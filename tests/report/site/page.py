"""A page as tests read it."""

from __future__ import annotations

import html.parser
from dataclasses import dataclass, field


@dataclass
class Page(html.parser.HTMLParser):
    """What a browser makes of a page, as far as tests ask."""

    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep a tag."""
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        """Keep a text."""
        self.texts.append(data)

    @property
    def text(self) -> str:
        """All text, with single spaces."""
        return " ".join(" ".join(self.texts).split())

    @property
    def links(self) -> list[str]:
        """Everything that a page leads to or loads."""
        return [link for _, names in self.tags for link in (names.get("href"), names.get("src")) if link]


def parse(content: bytes) -> Page:
    """A page."""
    page = Page()
    page.feed(content.decode())
    page.close()
    return page
