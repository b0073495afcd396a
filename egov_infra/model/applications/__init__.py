"""One module per application blueprint, with its class as `APPLICATION`. Scanned by `model.application`."""
