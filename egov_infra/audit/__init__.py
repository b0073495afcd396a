"""Live against declared: drift, and the same rules on live values."""
