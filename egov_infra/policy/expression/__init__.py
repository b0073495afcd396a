"""A strict subset of CEL: parsed, checked against the subject's type when the rule is loaded, compiled to closures."""
