"""Amazon resource names that can be computed before the resource exists (partition `aws`)."""

from __future__ import annotations


def arn(service: str, account: str, region: str, resource: str) -> str:
    """`arn:aws:<service>:<region>:<account>:<resource>` (AWS General Reference, ARN format)."""
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def bucket_arn(name: str) -> str:
    """A bucket's name is unique everywhere, so that its ARN has neither region nor account."""
    return f"arn:aws:s3:::{name}"


def account_root(account: str) -> str:
    """The principal that stands for a whole account in a policy."""
    return f"arn:aws:iam::{account}:root"


def role_arn(account: str, name: str) -> str:
    """A role; IAM is global, so that there is no region."""
    return f"arn:aws:iam::{account}:role/{name}"


def policy_arn(account: str, name: str) -> str:
    """A customer policy of IAM."""
    return f"arn:aws:iam::{account}:policy/{name}"
