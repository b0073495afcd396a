"""The parts of a tenancy stack: network, data, roles."""
