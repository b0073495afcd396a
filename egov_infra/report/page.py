"""Pages in HTML: the templates of this folder, with every value escaped."""

from __future__ import annotations

import pathlib
from functools import cache

import jinja2

TEMPLATES = pathlib.Path(__file__).with_name("templates")


@cache
def pages() -> jinja2.Environment:
    """The templates. A name that a template does not get is an error, never a hole in a page."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
