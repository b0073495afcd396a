"""Apply a judged plan. The only package that imports pulumi."""
