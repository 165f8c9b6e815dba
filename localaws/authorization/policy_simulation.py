"""IAM simulates policies."""

from __future__ import annotations

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from botocore.validate import ParamValidator
from moto.core.responses import ActionResult
from moto.core.utils import get_service_model
from moto.iam.exceptions import IAMException, InvalidInput, NoSuchEntity, ValidationError
from moto.iam.models import Group, IAMBackend, Role, User
from moto.iam.responses import IamResponse

from localaws.authorization.identities import boundary_of, policies_of
from localaws.batch.request_checks import violations
from localaws.iam.documents import Policy, read_policy
from localaws.iam.evaluation import Decision, Request, evaluate
from localaws.iam.simulation import simulate

_PAGE = 100
"""IAM API reference: what MaxItems is unless it is given."""
_ENTITY = re.compile(r"arn:[^:]+:iam::\d{12}:(?P<kind>user|group|role)/(?:[^/]+/)*(?P<name>[^/]+)")
_SIMULATED = frozenset(
    {
        "ActionNames",
        "CallerArn",  # matters to policies of resources alone
        "ContextEntries",
        "Marker",
        "MaxItems",
        "PermissionsBoundaryPolicyInputList",
        "PolicyInputList",
        "PolicySourceArn",
        "ResourceArns",
    }
)
"""The other parameters would change the decision in a way that is not simulated here."""


class PolicyEvaluation(IAMException):
    """A policy that exists cannot be evaluated."""

    code = "PolicyEvaluation"


def correct() -> None:
    """Serve SimulatePrincipalPolicy and SimulateCustomPolicy, which moto lacks."""
    IamResponse.simulate_principal_policy = _of_principal  # type: ignore[attr-defined]
    IamResponse.simulate_custom_policy = _of_documents  # type: ignore[attr-defined]


def role_allows(backend: IAMBackend, role: Role, action: str, resource: str) -> bool:
    """Tell whether the policies of a role, and its boundary, allow an action on a resource.

    A policy that cannot be evaluated allows nothing.
    """
    try:
        policies, boundary = list(policies_of(backend, role)), boundary_of(backend, role)
    except ValueError:
        return False
    verdict = evaluate(Request(action, resource, {}), policies, boundary)
    return verdict.decision is Decision.ALLOWED


def _of_principal(self: IamResponse) -> ActionResult:
    _check(self, "SimulatePrincipalPolicy")
    entity = _entity(self.backend, self._get_param("PolicySourceArn"))
    try:
        policies = list(policies_of(self.backend, entity))
        boundary = boundary_of(self.backend, entity)
    except ValueError as fault:
        raise PolicyEvaluation(str(fault)) from None
    return _answer(self, policies, boundary)


def _of_documents(self: IamResponse) -> ActionResult:
    _check(self, "SimulateCustomPolicy")
    return _answer(self, [], None)


def _answer(
    response: IamResponse, policies: Sequence[Policy], boundary: Policy | None
) -> ActionResult:
    """Simulate the policies, with those of the request, and return the page that is asked for."""
    try:
        given = _documents(response, "PolicyInputList")
        results = simulate(
            actions=response._get_param("ActionNames"),
            resources=response._get_param("ResourceArns", []),
            entries=response._get_param("ContextEntries", []),
            policies=[*policies, *given],
            boundary=_given_boundary(response) or boundary,
        )
        first = _first(response._get_param("Marker"), len(results))
    except ValueError as fault:
        raise InvalidInput(str(fault)) from None
    last = first + response._get_param("MaxItems", _PAGE)
    page: dict[str, Any] = {"EvaluationResults": results[first:last], "IsTruncated": False}
    if last < len(results):
        marker = urlsafe_b64encode(str(last).encode()).decode()
        page |= {"IsTruncated": True, "Marker": marker}
    return ActionResult(page)


def _first(marker: str | None, count: int) -> int:
    """Return the number of the first result of a page."""
    if marker is None:
        return 0
    try:
        first = int(urlsafe_b64decode(marker))
    except ValueError:
        first = -1
    if not 0 < first < count:
        raise ValueError(f"Invalid Marker {marker}: it is no Marker of an answer to this request")
    return first


def _check(response: IamResponse, operation: str) -> None:
    """Hold the request against botocore's model of it."""
    shape: Any = get_service_model("iam").operation_model(operation).input_shape
    faults = ParamValidator().validate(response.params, shape)
    if faults.has_errors():
        raise ValidationError(faults.generate_report())
    for violation in violations(shape, response.params):
        raise ValidationError(violation)
    for name in response.params:
        if name not in _SIMULATED:
            raise InvalidInput(f"The local AWS does not simulate {name}: leave it out")


def _documents(response: IamResponse, name: str) -> list[Policy]:
    texts = response._get_param(name, [])
    return [read_policy(f"{name}.{number}", text) for number, text in enumerate(texts, start=1)]


def _given_boundary(response: IamResponse) -> Policy | None:
    given = _documents(response, "PermissionsBoundaryPolicyInputList")
    if len(given) > 1:
        raise ValueError("PermissionsBoundaryPolicyInputList can have one policy only")
    return given[0] if given else None


def _entity(backend: IAMBackend, arn: str) -> User | Group | Role:
    found = _ENTITY.fullmatch(arn)
    if found is None:
        raise InvalidInput(
            f"Invalid Entity Arn: {arn} does not clearly define entity type and name."
        )
    entities: dict[str, Sequence[User | Group | Role]] = {
        "user": [*backend.users.values()],
        "group": [*backend.groups.values()],
        "role": [*backend.roles.values()],
    }
    for each in entities[found["kind"]]:
        if each.arn == arn:
            return each
    raise NoSuchEntity(f"The {found['kind']} with name {found['name']} cannot be found.")
