"""pulumi-policy as the rival of benchmarks: which interpreter has it, and rules as policies of it."""

from __future__ import annotations

INTERPRETER = "EGOV_PULUMI_POLICY_PYTHON"
"""Environment variable: the interpreter that has pulumi-policy."""
POLICY = """
from pulumi_policy import EnforcementLevel, ResourceValidationPolicy
from pulumi_policy.policy import _PolicyAnalyzerServicer

def policy(number, kind, expression):
    holds = eval(f"lambda p: {expression}")
    def validate(args, report):
        if args.resource_type == kind and not holds(args.props):
            report(f"{args.name} breaks rule {number}")
    return ResourceValidationPolicy(f"rule-{number}", f"rule {number}", validate)
"""
"""Python for that interpreter: `policy` makes one of a rule about a type, as an expression over the properties `p`."""
