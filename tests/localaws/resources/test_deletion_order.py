"""What AWS refuses to delete while something needs it, in AWS's own words."""

from __future__ import annotations

import json

import pytest
from botocore.exceptions import ClientError

from localaws.resources.resource_type import PartiallyCreated

POLICY = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"


def refused(resource):
    with pytest.raises(ClientError) as error:
        resource.delete()
    assert resource.read() is not None
    return str(error.value)


def test_a_compute_environment_goes_after_its_queue(makes):
    environment = makes.environment()
    queue = makes.queue(environment)
    assert "Cannot delete, found existing JobQueue relationship" in refused(environment)
    queue.delete()
    environment.delete()
    assert environment.read() is None


def test_a_replaced_compute_environment_goes_after_its_queue_has_another(makes):
    old, new = makes.environment(), makes.environment()
    queue = makes.queue(old)
    orders = [{"order": 1, "computeEnvironment": new.state["arn"]}]
    queue.update(computeEnvironmentOrders=orders)
    old.delete()
    assert old.read() is None
    assert queue.read()["computeEnvironmentOrders"] == orders


def test_a_role_goes_after_its_policies(makes):
    role = makes.role()
    attachment = makes(
        "aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role.id, policyArn=POLICY
    )
    assert "must detach all policies first" in refused(role)
    attachment.delete()
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    policy = makes("aws:iam/rolePolicy:RolePolicy", name="inline", role=role.id, policy=document)
    assert "must delete policies first" in refused(role)
    policy.delete()
    role.delete()
    assert role.read() is None


def test_a_role_is_taken_out_of_its_profile_as_the_real_provider_does(makes):
    role = makes.role()
    profile = makes(
        "aws:iam/instanceProfile:InstanceProfile", name=makes.name("profile"), role=role.id
    )
    role.delete()
    assert role.read() is None
    assert "role" not in profile.read()


def test_policies_go_with_their_role_if_the_program_says_so(makes):
    role = makes.role()
    makes("aws:iam/rolePolicyAttachment:RolePolicyAttachment", role=role.id, policyArn=POLICY)
    role.update(forceDetachPolicies=True)
    role.delete()
    assert role.read() is None


def test_a_network_goes_from_the_inside_out(makes):
    vpc = makes.vpc()
    subnet = makes.subnet(vpc)
    table = makes("aws:ec2/routeTable:RouteTable", vpcId=vpc.id)
    association = makes(
        "aws:ec2/routeTableAssociation:RouteTableAssociation",
        routeTableId=table.id,
        subnetId=subnet.id,
    )
    assert "DependencyViolation" in refused(table)
    assert "DependencyViolation" in refused(vpc)
    for each in (association, table, subnet, vpc):
        each.delete()
        assert each.read() is None


def test_a_log_group_is_left_if_the_program_says_so(makes):
    group = makes("aws:cloudwatch/logGroup:LogGroup", name=makes.name("group"), skipDestroy=True)
    group.delete()
    assert group.read() is not None
    group.update(skipDestroy=False)
    group.delete()
    assert group.read() is None


def test_a_queue_that_never_gets_valid_is_kept_with_its_reason(makes, monkeypatch):
    queue = makes.queue(makes.environment())
    batch = makes.clients("batch")
    describe = batch.describe_job_queues

    def invalid(**arguments):
        answer = describe(**arguments)
        for each in answer["jobQueues"]:
            each |= {"status": "INVALID", "statusReason": "CLIENT_ERROR - no"}
        return answer

    with monkeypatch.context() as patch:
        patch.setattr(batch, "describe_job_queues", invalid)
        with pytest.raises(PartiallyCreated, match="is INVALID: CLIENT_ERROR - no") as failed:
            queue.update(priority=9)
    assert failed.value.id == queue.id
    assert failed.value.outputs["priority"] == 9
