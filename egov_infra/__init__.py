"""Infrastructure of a whole government as code, judged before it is applied."""

__version__ = "0.1.0"
