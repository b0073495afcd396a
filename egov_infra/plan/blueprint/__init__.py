"""One module per part and service: the institution's entitlement as planned resources. Scanned by `plan.stacks`."""
