"""Where moto differs from AWS in a way that would stop a rehearsal: corrected in the process that runs moto."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

Method = Callable[..., Any]


def correct_moto() -> None:
    """Make moto do as AWS does. Doing so twice changes nothing more."""
    from moto.apigateway.models import APIGatewayBackend  # noqa: PLC0415 - loads moto
    from moto.backup.models import BackupBackend  # noqa: PLC0415
    from moto.ec2.models.route_tables import RouteBackend  # noqa: PLC0415
    from moto.elbv2.responses import ELBV2Response  # noqa: PLC0415
    from moto.s3.models import FakeBucket  # noqa: PLC0415

    _correct(FakeBucket, "get_permission", _passing_over_conditions)
    _correct(BackupBackend, "create_backup_plan", _comparing_plans)
    for name in ("get_base_path_mappings", "get_base_path_mapping"):
        _correct(APIGatewayBackend, name, _finding_no_mapping)
    for name in ("create_route", "replace_route"):
        _correct(RouteBackend, name, _finding_the_hub)
    for name in ("create_rule", "modify_rule"):
        _correct(ELBV2Response, name, _keeping_transforms)


def _correct(owner: type, name: str, correct: Callable[[Method], Method]) -> None:
    method: Any = getattr(owner, name)
    if getattr(method, "is_corrected", False):
        return
    corrected: Any = correct(method)
    corrected.is_corrected = True
    setattr(owner, name, corrected)


def _passing_over_conditions(judge: Method) -> Method:
    """Make S3 pass over policy statements with a condition, which moto takes as if the condition held.

    A statement that denies requests without TLS would else deny every request.
    """

    def get_permission(self: Any, action: str, resource: str) -> Any:
        written = self.policy
        if written is None:
            return judge(self, action, resource)
        document = json.loads(written)
        statements = document.get("Statement", [])
        statements = statements if isinstance(statements, list) else [statements]
        document["Statement"] = [item for item in statements if not item.get("Condition")]
        try:
            self.policy = json.dumps(document).encode() if document["Statement"] else None
            return judge(self, action, resource)
        finally:
            self.policy = written

    return get_permission


def _finding_no_mapping(read: Method) -> Method:
    """Make API Gateway answer for a domain name that was never mapped; moto fails on it."""

    def read_mappings(self: Any, domain_name: str, *args: Any, **kwargs: Any) -> Any:
        self.base_path_mappings.setdefault(domain_name, {})
        return read(self, domain_name, *args, **kwargs)

    return read_mappings


def _keeping_transforms(write: Method) -> Method:
    """Make a rule of a listener keep how it rewrites requests, of which moto knows nothing."""

    def write_rule(self: Any) -> Any:
        answer = write(self)
        (rule,) = answer.result["Rules"]
        params = self._get_params()
        if params.get("ResetTransforms"):
            rule.transforms = []
        elif "Transforms" in params:
            rule.transforms = params["Transforms"]
        return answer

    return write_rule


def _comparing_plans(create: Method) -> Method:
    """Make AWS Backup refuse a plan only if an equal one is there.

    moto refuses whatever has the name of any plan, be it deleted, so that no plan could ever be replaced.
    """

    def create_backup_plan(self: Any, backup_plan: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        whole = self.plans
        self.plans = {
            key: plan
            for key, plan in whole.items()
            if plan.deletion_date is None and _asks_for(backup_plan, plan.backup_plan)
        }
        try:
            made = create(self, backup_plan, *args, **kwargs)
        finally:
            self.plans = whole
        whole[made.backup_plan_id] = made
        return made

    return create_backup_plan


def _asks_for(asked: Mapping[str, Any], kept: Mapping[str, Any]) -> bool:
    """Whether a plan document asks for what is kept; moto fills in what a rule leaves open."""
    if kept["BackupPlanName"] != asked["BackupPlanName"] or len(kept["Rules"]) != len(asked["Rules"]):
        return False
    pairs = zip(kept["Rules"], asked["Rules"], strict=True)
    return all({**whole, **rule} == whole for whole, rule in pairs)


def _finding_the_hub(set_route: Method) -> Method:
    """Make a route lead to the transit gateway of another account, as one that is shared with the organization can.

    moto takes such a route, and forgets where it leads.
    """
    from inspect import signature  # noqa: PLC0415 - only a process that runs moto needs it

    parameters = signature(set_route)

    def set_route_to_hub(self: Any, *args: Any, **kwargs: Any) -> Any:
        from moto.ec2.exceptions import InvalidTransitGatewayID  # noqa: PLC0415 - loads moto
        from moto.ec2.models import ec2_backends  # noqa: PLC0415

        wanted = parameters.bind(self, *args, **kwargs).arguments.get("transit_gateway_id")
        if wanted is None:
            return set_route(self, *args, **kwargs)
        regions = [account.get(self.region_name) for account in list(ec2_backends.values())]
        found = [
            region.transit_gateways[wanted]
            for region in regions
            if region and wanted in region.transit_gateways
        ]
        if not found:
            raise InvalidTransitGatewayID(wanted)
        route = set_route(self, *args, **kwargs)
        (route.transit_gateway,) = found
        return route

    return set_route_to_hub
