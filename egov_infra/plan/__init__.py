"""Model to planned resources: AWS as data, without Pulumi."""
