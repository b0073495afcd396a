"""A network in which things run: of an institution's environment, or of a shared account that hosts a service."""
