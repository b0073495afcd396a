"""One renderer per output; evidence."""
