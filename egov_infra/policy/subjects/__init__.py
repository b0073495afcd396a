"""Kinds of subjects of the model, one module each; scanned by `policy.subject`."""
