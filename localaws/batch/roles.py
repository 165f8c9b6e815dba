"""What Batch finds wrong with the roles of a compute environment, in AWS's words.

Names are not looked at when an environment is created: it turns INVALID afterwards (AWS Batch user
guide, "INVALID compute environment").
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from moto.iam.models import iam_backends
from moto.utilities.utils import get_partition

from localaws.batch.placement import is_fargate

if TYPE_CHECKING:
    from localaws.batch.models import ComputeEnvironment

SERVICE_LINKED = ":role/aws-service-role/"
MAY_NOT_ASSUME = (
    "CLIENT_ERROR - Not authorized to perform sts:AssumeRole (Service: AWSSecurityTokenService; "
    "Status Code: 403; Error Code: AccessDenied)"
)
BAD_FLEET_ROLE = "CLIENT_ERROR - Parameter: SpotFleetRequestConfig.IamFleetRole is invalid"
TO_CREATE, TO_SCALE, TO_DELETE = (
    "ecs:CreateCluster",
    "autoscaling:UpdateAutoScalingGroup",
    "ecs:DeleteCluster",
)
"""An action of Batch, as its service role, for what is done to an environment."""
TO_JOIN = "ecs:RegisterContainerInstance"
"""An action of the ECS agent, as the instance role."""


class Roles:
    """The roles of one account, as IAM has them at the moment."""

    def __init__(
        self, account_id: str, region: str, allows: Callable[[Any, Any, str, str], bool]
    ) -> None:
        """Prepare to look.

        Args:
            account_id: whose roles.
            region: of the environments.
            allows: moto's IAM, a role of it, an action and a resource -> whether the policies of
                the role allow it.
        """
        self._account_id = account_id
        self._region = region
        self._partition = get_partition(region)
        self._allows = allows

    def problem(self, environment: ComputeEnvironment, action: str) -> str:
        """Say why Batch cannot do something to the environment, or nothing.

        Args:
            environment: whose roles.
            action: one of those above.
        """
        fault = self._service_role_problem(environment, action)
        if fault or action == TO_DELETE:
            return fault
        return self._instances_problem(environment)

    def let_register(self, environment: ComputeEnvironment) -> bool:
        """Tell whether the role of the environment's instances lets these join its cluster."""
        profile = self._profile(environment)
        if profile is None or is_fargate(environment):
            return True
        cluster = environment.ecs_cluster_arn
        return any(self._allows(self._iam, role, TO_JOIN, cluster) for role in profile.roles)

    def _service_role_problem(self, environment: ComputeEnvironment, action: str) -> str:
        if SERVICE_LINKED in environment.service_role:
            return ""
        role = self._role(environment.service_role)
        if role is None or not _trusts_batch(role.assume_role_policy_document):
            return MAY_NOT_ASSUME
        resource = self._resource(environment, action)
        if self._allows(self._iam, role, action, resource):
            return ""
        return (
            f"CLIENT_ERROR - User: arn:{self._partition}:sts::{self._account_id}:assumed-role/"
            f"{role.name}/aws-batch is not authorized to perform: {action} on resource: {resource} "
            f"because no identity-based policy allows the {action} action"
        )

    def _resource(self, environment: ComputeEnvironment, action: str) -> str:
        """Return what the action is on: the ECS cluster, or the Auto Scaling group."""
        if action != TO_SCALE:
            return environment.ecs_cluster_arn
        return (
            f"arn:{self._partition}:autoscaling:{self._region}:{self._account_id}:autoScalingGroup:"
            f"{environment.uuid}:autoScalingGroupName/{environment.name}-asg-{environment.uuid}"
        )

    def _instances_problem(self, environment: ComputeEnvironment) -> str:
        resources = environment.compute_resources
        given = resources.get("instanceRole")
        if given and not is_fargate(environment) and self._profile(environment) is None:
            return f"CLIENT_ERROR - Instance profile {given} does not exist"
        fleet = resources.get("spotIamFleetRole")
        needs_fleet = resources.get("type") == "SPOT" and (
            resources.get("allocationStrategy", "BEST_FIT") == "BEST_FIT"
        )
        if needs_fleet and fleet and self._role(fleet) is None:
            return BAD_FLEET_ROLE
        return ""

    def _role(self, name_or_arn: str) -> Any:
        name = name_or_arn.rpartition("/")[2]
        roles = list(self._iam.roles.values())
        return next((each for each in roles if each.name == name), None)

    def _profile(self, environment: ComputeEnvironment) -> Any:
        name = str(environment.compute_resources.get("instanceRole", "")).rpartition("/")[2]
        profiles = list(self._iam.instance_profiles.values())
        return next((each for each in profiles if each.name == name), None)

    @property
    def _iam(self) -> Any:
        return iam_backends[self._account_id][self._partition]


def _trusts_batch(text: str) -> bool:
    """Tell whether a trust policy lets Batch assume the role."""
    statements = json.loads(text).get("Statement", [])
    for each in [statements] if isinstance(statements, dict) else statements:
        services = each.get("Principal", {}).get("Service", [])
        named = [services] if isinstance(services, str) else services
        if each.get("Effect") == "Allow" and "batch.amazonaws.com" in named:
            return True
    return False
