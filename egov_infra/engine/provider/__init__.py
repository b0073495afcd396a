"""The rehearsal cloud as a provider plugin of the Pulumi CLI: the same adapters as the engine in process."""
