"""SimulatePrincipalPolicy and SimulateCustomPolicy, as boto3 asks the local AWS."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws_clients import client_of

ACCOUNT = "123456789012"
TRUST = json.dumps({"Version": "2012-10-17", "Statement": []})
CLUSTER = f"arn:aws:ecs:us-east-1:{ACCOUNT}:cluster/a"


def document(action: str = "*", effect: str = "Allow", **more: Any) -> str:
    statement = {"Effect": effect, "Action": action, "Resource": "*", **more}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


@pytest.fixture
def iam(local):
    return client_of(local, "iam")


@pytest.fixture
def unique():
    return uuid.uuid4().hex[:8]


@pytest.fixture
def managed(iam, unique):
    """A policy that allows ecs:Poll alone."""
    return iam.create_policy(PolicyName=f"managed-{unique}", PolicyDocument=document("ecs:Poll"))[
        "Policy"
    ]["Arn"]


@pytest.fixture
def role(iam, unique, managed):
    """A role with a policy of each kind."""
    name = f"role-{unique}"
    arn = iam.create_role(RoleName=name, Path="/team/", AssumeRolePolicyDocument=TRUST)["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="own", PolicyDocument=document("s3:Get*"))
    iam.attach_role_policy(RoleName=name, PolicyArn=managed)
    return arn


def decisions(iam, arn, *actions, **request):
    answer = iam.simulate_principal_policy(PolicySourceArn=arn, ActionNames=actions, **request)
    return {each["EvalActionName"]: each["EvalDecision"] for each in answer["EvaluationResults"]}


def test_inline_and_attached_policies_of_a_role(iam, role, unique):
    answer = iam.simulate_principal_policy(
        PolicySourceArn=role["Arn"], ActionNames=["s3:GetObject", "ecs:Poll", "ecs:RunTask"]
    )
    assert not answer["IsTruncated"]
    inline, attached, neither = answer["EvaluationResults"]
    assert inline["EvalDecision"] == attached["EvalDecision"] == "allowed"
    name = f"role-{unique}"
    assert inline["MatchedStatements"][0]["SourcePolicyId"] == f"role_{name}_own"
    assert attached["MatchedStatements"][0]["SourcePolicyId"] == f"managed-{unique}"
    assert neither == {
        "EvalActionName": "ecs:RunTask",
        "EvalResourceName": "*",
        "EvalDecision": "implicitDeny",
        "MatchedStatements": [],
        "MissingContextValues": [],
    }


def test_the_default_version_counts(iam, role, managed):
    iam.create_policy_version(PolicyArn=managed, PolicyDocument=document("ecs:RunTask"))
    assert decisions(iam, role["Arn"], "ecs:Poll") == {"ecs:Poll": "allowed"}
    for version, decision in (("v2", "implicitDeny"), ("v2", "implicitDeny"), ("v1", "allowed")):
        iam.set_default_policy_version(PolicyArn=managed, VersionId=version)
        assert decisions(iam, role["Arn"], "ecs:Poll") == {"ecs:Poll": decision}


def test_a_user_has_the_policies_of_its_groups(iam, unique, managed):
    user = iam.create_user(UserName=f"user-{unique}")["User"]["Arn"]
    group = iam.create_group(GroupName=f"group-{unique}")["Group"]["Arn"]
    iam.put_user_policy(
        UserName=f"user-{unique}", PolicyName="own", PolicyDocument=document("s3:GetObject")
    )
    iam.attach_group_policy(GroupName=f"group-{unique}", PolicyArn=managed)
    actions = ("s3:GetObject", "ecs:Poll")
    assert decisions(iam, user, *actions) == {"s3:GetObject": "allowed", "ecs:Poll": "implicitDeny"}
    iam.add_user_to_group(GroupName=f"group-{unique}", UserName=f"user-{unique}")
    assert set(decisions(iam, user, *actions).values()) == {"allowed"}
    assert decisions(iam, group, *actions) == {
        "s3:GetObject": "implicitDeny",
        "ecs:Poll": "allowed",
    }


def test_the_boundary_of_a_role_or_of_the_request(iam, role, unique, managed):
    iam.put_role_permissions_boundary(RoleName=f"role-{unique}", PermissionsBoundary=managed)
    actions = ["s3:GetObject", "ecs:Poll", "ecs:RunTask"]
    answer = iam.simulate_principal_policy(PolicySourceArn=role["Arn"], ActionNames=actions)
    assert [
        (each["EvalDecision"],
         each["PermissionsBoundaryDecisionDetail"]["AllowedByPermissionsBoundary"])
        for each in answer["EvaluationResults"]
    ] == [("implicitDeny", False), ("allowed", True), ("implicitDeny", False)]  # fmt: skip
    limits = [document("s3:*")]
    assert decisions(iam, role["Arn"], *actions[:2], PermissionsBoundaryPolicyInputList=limits) == {
        "s3:GetObject": "allowed",
        "ecs:Poll": "implicitDeny",
    }
    iam.delete_role_permissions_boundary(RoleName=f"role-{unique}")
    assert decisions(iam, role["Arn"], "s3:GetObject") == {"s3:GetObject": "allowed"}


def test_each_resource_has_its_decision_and_an_action_the_most_restrictive(iam):
    other = CLUSTER.replace("cluster/a", "cluster/b")
    policies = [document("ecs:*"), document("ecs:Poll", "Deny", Resource=other)]
    answer = iam.simulate_custom_policy(
        PolicyInputList=policies, ActionNames=["ecs:Poll"], ResourceArns=[CLUSTER, other]
    )
    (found,) = answer["EvaluationResults"]
    assert found["EvalDecision"] == "explicitDeny"
    assert [each["SourcePolicyId"] for each in found["MatchedStatements"]] == ["PolicyInputList.2"]
    assert {
        each["EvalResourceName"]: each["EvalResourceDecision"]
        for each in found["ResourceSpecificResults"]
    } == {CLUSTER: "allowed", other: "explicitDeny"}


def test_context_entries_meet_conditions(iam):
    limited = document("ecs:Poll", Condition={"ArnEquals": {"ecs:cluster": CLUSTER}})
    request = {"PolicyInputList": [limited], "ActionNames": ["ecs:Poll"]}
    (found,) = iam.simulate_custom_policy(**request)["EvaluationResults"]
    assert found["EvalDecision"] == "implicitDeny"
    assert found["MissingContextValues"] == ["ecs:cluster"]
    entry = {"ContextKeyName": "ecs:cluster", "ContextKeyType": "string"}
    for value, decision in ((CLUSTER, "allowed"), (f"{CLUSTER}b", "implicitDeny")):
        entries = [{**entry, "ContextKeyValues": [value]}]
        answer = iam.simulate_custom_policy(**request, ContextEntries=entries)
        (found,) = answer["EvaluationResults"]
        assert found["EvalDecision"] == decision
        assert found["MissingContextValues"] == []


@pytest.mark.parametrize("operation", ["simulate_principal_policy", "simulate_custom_policy"])
def test_results_come_in_pages(iam, role, operation):
    actions = [f"ecs:Action{number}" for number in range(101)]
    request = {"ActionNames": actions, "PolicyInputList": [document()]}
    if operation == "simulate_principal_policy":
        request["PolicySourceArn"] = role["Arn"]
    first = getattr(iam, operation)(**request)
    assert first["IsTruncated"]
    assert len(first["EvaluationResults"]) == 100
    pages = iam.get_paginator(operation).paginate(**request, PaginationConfig={"PageSize": 50})
    found = [[each["EvalActionName"] for each in page["EvaluationResults"]] for page in pages]
    assert found == [actions[:50], actions[50:100], actions[100:]]


@pytest.mark.parametrize(
    ("more", "code", "message"),
    [
        ({"PolicySourceArn": f"arn:aws:iam::{ACCOUNT}:role/gone"}, "NoSuchEntity",
         "The role with name gone cannot be found."),
        ({"PolicySourceArn": "arn:aws:iam::210987654321:user/a"}, "NoSuchEntity",
         "The user with name a cannot be found."),
        # The text is AWS's own.
        ({"PolicySourceArn": f"arn:aws:sts::{ACCOUNT}:assumed-role/a/b"}, "InvalidInput",
         "does not clearly define entity type and name."),
        ({"ActionNames": ["ecs:*"]}, "InvalidInput", "without wildcards"),
        ({"ActionNames": ["Poll"]}, "InvalidInput", "an action is a service and an operation"),
        ({"ResourceArns": ["cluster"]}, "InvalidInput", "a resource is an ARN"),
        ({"PolicyInputList": ["{"]}, "InvalidInput", "PolicyInputList.1 is not JSON"),
        ({"PermissionsBoundaryPolicyInputList": [document(), document()]}, "InvalidInput",
         "can have one policy only"),
        ({"Marker": "here"}, "InvalidInput", "Invalid Marker here"),
        ({"MaxItems": 1001}, "ValidationError", "less than or equal to 1000"),
        ({"ContextEntries": [{"ContextKeyName": "aws:a", "ContextKeyType": "text"}]},
         "ValidationError", "must be one of string"),
        ({"ContextEntries": [{"ContextKeyName": "aws:a"}]}, "InvalidInput", "ContextKeyType"),
        ({"ResourcePolicy": document()}, "InvalidInput", "does not simulate ResourcePolicy"),
        ({"PolicyExclusionList": [{"PolicyType": "inline"}]}, "InvalidInput", "PolicyExclusion"),
    ],
)  # fmt: skip
def test_what_is_refused(iam, role, more, code, message):
    request = {"PolicySourceArn": role["Arn"], "ActionNames": ["ecs:Poll"], **more}
    with pytest.raises(ClientError, match=message) as fault:
        iam.simulate_principal_policy(**request)
    assert fault.value.response["Error"]["Code"] == code
