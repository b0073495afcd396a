"""Formats in which a check says what it came to. Each module has a `FORMAT`; its file name, with dashes, is its name."""
