"""Pieces of the helpdesk: what all institutions share, and names that their stacks compute."""
