"""One module per AWS service, each with its `ADAPTERS`; scanned by `cloud.registry`."""
