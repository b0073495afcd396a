"""Manifests to model and back: loading, references, JSON Schema, import of registers."""
