"""Pieces of the e-office: what all institutions share, and what each has for itself."""
