"""A compute environment sticks where its roles do not let Batch do what it must, as on AWS."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.batch_requests import EC2, environment, unique
from tests.batchsdk.site import INSTANCE_POLICY, SERVICE_POLICY, Site
from tests.conftest import MANAGED, eventually

pytestmark = pytest.mark.sampled(3)

ACCOUNT = "123456789012"
NOT_ASSUMED = "CLIENT_ERROR - Not authorized to perform sts:AssumeRole"


@pytest.fixture
def site(local, monkeypatch):
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    return Site(local)


def described(batch, name):
    found = batch.describe_compute_environments(computeEnvironments=[name])["computeEnvironments"]
    return found[0] if found else None


def settled(batch, name):
    """Return what an environment has become, None if it is gone."""

    def over():
        found = described(batch, name)
        status = found["status"] if found else "GONE"
        return (found or {"status": "GONE"}) if status in ("VALID", "INVALID", "GONE") else None

    return eventually(over, lambda: str(described(batch, name)))


def created(batch, resources, **more):
    name = unique()
    batch.create_compute_environment(
        computeEnvironmentName=name, type="MANAGED", computeResources=resources, **more
    )
    found = settled(batch, name)
    return found["status"], found["statusReason"]


def detach(site):
    """Take the service role's policy away."""
    policy = {"RoleName": f"service-{site.unique}", "PolicyArn": MANAGED + SERVICE_POLICY}
    site.iam.detach_role_policy(**policy)
    return lambda: site.iam.attach_role_policy(**policy)


def delete_role(site):
    mend = detach(site)
    site.iam.delete_role(RoleName=f"service-{site.unique}")

    def again():
        site.role("service")
        mend()

    return again


@pytest.mark.parametrize(
    ("resources", "more", "reason"),
    [
        ({}, {"serviceRole": f"arn:aws:iam::{ACCOUNT}:role/gone"}, NOT_ASSUMED),
        # An instance profile's role is trusted by EC2 alone.
        ({}, {"serviceRole": f"arn:aws:iam::{ACCOUNT}:role/instances"}, NOT_ASSUMED),
        (
            {"instanceRole": f"arn:aws:iam::{ACCOUNT}:instance-profile/gone"},
            {},
            f"Instance profile arn:aws:iam::{ACCOUNT}:instance-profile/gone does not exist",
        ),
        ({"instanceRole": "gone"}, {}, "CLIENT_ERROR - Instance profile gone does not exist"),
        (
            {"type": "SPOT", "spotIamFleetRole": f"arn:aws:iam::{ACCOUNT}:role/gone"},
            {},
            "SpotFleetRequestConfig.IamFleetRole is invalid",
        ),
    ],
)
def test_an_environment_is_created_and_turns_invalid(cluster, resources, more, reason):
    status, said = created(cluster.batch, EC2 | resources, **more)
    assert status == "INVALID"
    assert reason in said


def test_roles_that_do(cluster):
    own = {"serviceRole": f"arn:aws:iam::{ACCOUNT}:role/batch"}
    healthy = ("VALID", "ComputeEnvironment Healthy")
    assert created(cluster.batch, EC2 | {"instanceRole": "any"}, **own) == healthy
    # The fleet role is for BEST_FIT alone.
    spot = {"type": "SPOT", "allocationStrategy": "SPOT_CAPACITY_OPTIMIZED"}
    gone = {"spotIamFleetRole": f"arn:aws:iam::{ACCOUNT}:role/gone"}
    assert created(cluster.batch, EC2 | spot | gone) == healthy


@pytest.mark.parametrize("damage", [detach, delete_role])
def test_an_environment_whose_service_role_lost_its_rights_cannot_be_deleted(site, damage):
    """The pain of the article about Terraform: the role went before the environment."""
    site.role("service", SERVICE_POLICY)
    name = environment(
        site.batch, EC2, serviceRole=f"arn:aws:iam::{ACCOUNT}:role/service-{site.unique}"
    )
    mend = damage(site)
    site.batch.update_compute_environment(computeEnvironment=name, state="DISABLED")
    assert settled(site.batch, name)["status"] == "INVALID"
    site.batch.delete_compute_environment(computeEnvironment=name)
    stuck = settled(site.batch, name)
    assert stuck["status"] == "INVALID"
    assert stuck["statusReason"].startswith("CLIENT_ERROR - ")
    mend()
    site.batch.delete_compute_environment(computeEnvironment=name)
    assert settled(site.batch, name)["status"] == "GONE"


def test_an_environment_turns_invalid_when_it_must_launch_an_instance(site):
    role = site.role("service", SERVICE_POLICY)
    batch = site.deploy(service_role=role)
    mend = detach(site)
    job = batch.submit("wait", command=["true"])
    eventually(lambda: site.described["status"] == "INVALID" or None, lambda: str(site.described))
    assert (
        f"assumed-role/service-{site.unique}/aws-batch is not authorized to perform: "
        in (site.described["statusReason"])
    )
    assert job.describe().status_reason == (
        "ACTION_REQUIRED - CE(s) associated with the job queue are invalid."
    )
    mend()
    site.batch.update_compute_environment(computeEnvironment=site.environment, state="ENABLED")
    job.wait(timeout=300)


def test_a_policy_on_the_environments_own_cluster_and_group_will_do(site):
    role = site.role("service")
    statement = """{"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Action": "ecs:*", "Resource": "arn:aws:ecs:*:*:cluster/AWSBatch-*"},
        {"Effect": "Allow", "Action": "autoscaling:*",
         "Resource": "arn:aws:autoscaling:*:*:autoScalingGroup:*:autoScalingGroupName/*"}]}"""
    site.iam.put_role_policy(
        RoleName=f"service-{site.unique}", PolicyName="narrow", PolicyDocument=statement
    )
    site.deploy(service_role=role).submit("wait", command=["true"]).wait(timeout=300)


def remove_role(site):
    of_profile = {
        "InstanceProfileName": f"profile-{site.unique}",
        "RoleName": f"instance-{site.unique}",
    }
    site.iam.remove_role_from_instance_profile(**of_profile)
    return lambda: site.iam.add_role_to_instance_profile(**of_profile)


def detach_instance_policy(site):
    policy = {"RoleName": f"instance-{site.unique}", "PolicyArn": MANAGED + INSTANCE_POLICY}
    site.iam.detach_role_policy(**policy)
    return lambda: site.iam.attach_role_policy(**policy)


@pytest.mark.parametrize(
    ("damage", "evidence"),
    [(remove_role, "has no role"), (detach_instance_policy, "has no policy at all")],
)
def test_instances_whose_role_does_not_let_them_never_register(site, damage, evidence):
    batch = site.deploy()
    mend = damage(site)
    job = batch.submit("wait", command=["true"])
    with pytest.raises(TimeoutError):
        job.wait(timeout=1)
    described = job.describe()
    assert (described.status, described.status_reason) == ("RUNNABLE", None)
    assert site.described["status"] == "VALID"
    assert evidence in job.diagnose().text
    mend()
    job.wait(timeout=300)


def test_queues_and_environments_go_in_awss_order(cluster):
    batch, name = cluster.batch, cluster.environment
    for state, message in (
        ("ENABLED", "must be in DISABLED state"),
        ("DISABLED", "found existing JobQueue relationship"),
    ):
        batch.update_compute_environment(computeEnvironment=name, state=state)
        assert settled(batch, name)["status"] == "VALID"
        with pytest.raises(ClientError, match=message):
            batch.delete_compute_environment(computeEnvironment=name)
