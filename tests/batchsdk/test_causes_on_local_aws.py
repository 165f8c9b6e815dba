"""The causes of a stuck RUNNABLE job, staged on the local AWS.

Those that it cannot show (Batch's own words about them, quotas, EKS) are in
``test_causes_in_answers.py``.
"""

from __future__ import annotations

import functools
import json
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from moto.ec2.models import ec2_backends
from moto.ecs.models import ecs_backends

import batchsdk
from batchsdk import Cause, Verdict
from localaws import LocalAws
from tests.aws_clients import client_of
from tests.batchsdk.site import INSTANCE_POLICY, SERVICE_POLICY, Site
from tests.conftest import MANAGED, eventually

pytestmark = pytest.mark.sampled(6)

ACCOUNT, REGION = "123456789012", "us-east-1"


@pytest.fixture
def site(local: LocalAws, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    made = Site(local)
    yield made
    local.faults.clear()
    for queue in filter(None, [made.queue]):
        for status in ("RUNNABLE", "STARTING", "RUNNING"):
            for job in made.batch.list_jobs(jobQueue=queue, jobStatus=status)["jobSummaryList"]:
                made.batch.terminate_job(jobId=job["jobId"], reason="the test is over")


@pytest.fixture
def hold(local: LocalAws) -> Callable[..., batchsdk.Job]:
    """Submits a job that gets no instances, whatever the reason would be on AWS."""

    def submit(batch: batchsdk.Batch, **more: Any) -> batchsdk.Job:
        name = f"held-{uuid.uuid4().hex[:8]}"
        local.faults.add("no-capacity", job_name=name)
        return reach(batch.submit("wait", name=name, **more), "RUNNABLE", reason="CAPACITY:")

    return submit


def reach(job: batchsdk.Job, status: str, reason: str = "") -> batchsdk.Job:
    def there() -> bool | None:
        found = job.describe()
        return (found.status == status and (found.status_reason or "").startswith(reason)) or None

    eventually(there, lambda: str(job.describe()))
    return job


def causes(diagnosis: batchsdk.Diagnosis) -> set[Cause | None]:
    return {each.cause for each in diagnosis.findings}


def of(diagnosis: batchsdk.Diagnosis, cause: Cause) -> str:
    found = [f"{each.evidence}. {each.fix}" for each in diagnosis.findings if each.cause is cause]
    assert found, diagnosis.text
    return "\n".join(found)


def test_no_capacity_alone(site, hold):
    diagnosis = hold(site.deploy()).diagnose()
    assert diagnosis.verdict is Verdict.NO_CAPACITY
    assert causes(diagnosis) == {Cause.NO_CAPACITY}
    assert diagnosis.unchecked == ()
    assert "batch-platform:computeEnvironments.default.instanceTypes" in diagnosis.text


def test_more_vcpus_than_the_environment_may_have(site):
    job = reach(site.deploy(maxvCpus=2).submit("wait", vcpus=4), "RUNNABLE")
    diagnosis = job.diagnose()
    assert diagnosis.verdict is Verdict.WILL_NEVER_FIT
    text = of(diagnosis, Cause.MAX_VCPUS)
    assert "asks for 4 vCPU(s), and the environment may have 2 at most" in text
    assert "batch-platform:computeEnvironments.default.maxVcpus" in text
    assert "batch-platform:jobDefinitions.wait.vcpus" in text


def test_an_instance_that_the_maximum_does_not_allow(site):
    batch = site.deploy(maxvCpus=1, allocationStrategy="BEST_FIT")
    diagnosis = reach(batch.submit("wait"), "RUNNABLE").diagnose()
    assert diagnosis.verdict is Verdict.WILL_NEVER_FIT
    assert "the smallest type that the job fits on has 2 vCPUs" in of(diagnosis, Cause.MAX_VCPUS)


def test_no_type_fits(site):
    diagnosis = reach(site.deploy().submit("wait", memory=5000), "RUNNABLE").diagnose()
    assert diagnosis.verdict is Verdict.WILL_NEVER_FIT
    assert "asked 5000 MiB, at most 3808 MiB" in of(diagnosis, Cause.NO_TYPE_FITS)


def test_nodes_must_fit_one_by_one(site):
    batch = site.deploy()
    arn = site.batch.register_job_definition(
        jobDefinitionName=f"nodes-{site.unique}",
        type="multinode",
        nodeProperties={
            "numNodes": 2,
            "mainNode": 0,
            "nodeRangeProperties": [
                {
                    "targetNodes": "0:",
                    "container": {"image": "busybox", "vcpus": 1, "memory": 5000},
                }
            ],
        },
    )["jobDefinitionArn"]
    submitted = site.batch.submit_job(jobName="n", jobQueue=site.queue, jobDefinition=arn)
    diagnosis = reach(batch.job(submitted["jobId"]), "RUNNABLE").diagnose()
    assert diagnosis.verdict is Verdict.WILL_NEVER_FIT
    assert "asked 5000 MiB" in of(diagnosis, Cause.NO_TYPE_FITS)


def test_a_consumable_resource_that_other_jobs_hold(site):
    batch = site.deploy()
    seats = f"seats-{site.unique}"
    site.batch.create_consumable_resource(consumableResourceName=seats, totalQuantity=2)
    needed = {"consumableResource": seats, "quantity": 2}
    definition = site.batch.register_job_definition(
        jobDefinitionName=f"seated-{site.unique}",
        type="container",
        containerProperties={
            "image": "busybox",
            "command": ["sleep", "3600"],
            "vcpus": 1,
            "memory": 100,
        },
        consumableResourceProperties={"consumableResourceList": [needed]},
    )["jobDefinitionArn"]
    reach(batch.submit(definition), "RUNNING")
    waiting = reach(batch.submit("wait", consumable_resources={seats: 2}), "RUNNABLE")

    diagnosis = waiting.diagnose()
    assert diagnosis.verdict is Verdict.WAITING_ITS_TURN
    text = of(diagnosis, Cause.CONSUMABLE_RESOURCE)
    assert f"consumable resource {seats}: the job needs 2, 0 of 2 are free" in text

    site.batch.delete_consumable_resource(consumableResource=seats)
    diagnosis = waiting.diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    assert f"{seats}: the job needs 2, and AWS Batch does not describe it" in diagnosis.text


def test_consumable_resources_of_nodes_are_added_up(site):
    batch = site.deploy()
    seats = f"seats-{site.unique}"
    site.batch.create_consumable_resource(consumableResourceName=seats, totalQuantity=3)
    container = {"image": "busybox", "command": ["true"], "vcpus": 1, "memory": 64}
    needed = {"consumableResourceList": [{"consumableResource": seats, "quantity": 2}]}
    arn = site.batch.register_job_definition(
        jobDefinitionName=f"nodes-{site.unique}",
        type="multinode",
        nodeProperties={
            "numNodes": 3,
            "mainNode": 0,
            "nodeRangeProperties": [
                {
                    "targetNodes": "0:",
                    "container": container,
                    "consumableResourceProperties": needed,
                },
                {"targetNodes": "2", "container": container},
            ],
        },
    )["jobDefinitionArn"]
    submitted = site.batch.submit_job(jobName="n", jobQueue=site.queue, jobDefinition=arn)
    diagnosis = reach(batch.job(submitted["jobId"]), "RUNNABLE").diagnose()
    assert diagnosis.verdict is Verdict.WILL_NEVER_FIT
    assert "the job needs 4, 3 of 3 are free" in of(diagnosis, Cause.CONSUMABLE_RESOURCE)
    with pytest.raises(batchsdk.InvalidSubmissionError, match="whose nodes need them"):
        batch.submit(arn, consumable_resources={seats: 1})


def test_a_job_with_gpus_and_no_types_with_any(site):
    diagnosis = reach(site.deploy().submit("wait", gpus=1), "RUNNABLE").diagnose()
    assert diagnosis.verdict is Verdict.WILL_NEVER_FIT
    assert "imageType ECS_AL2023_NVIDIA" in of(diagnosis, Cause.NO_GPU_TYPES)


def test_types_that_the_zone_does_not_offer(site, hold):
    zone = "us-east-1e"
    subnet = site.add_subnet("10.0.1.0/24", zone)
    batch = site.deploy(instanceTypes=["g5.xlarge"], subnets=[subnet])
    diagnosis = hold(batch).diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    text = of(diagnosis, Cause.INSTANCE_CONFIGURATION)
    assert "(g5.xlarge) is offered in us-east-1e" in text
    assert "batch-platform:network.availabilityZones" in text


ALL_INVALID = "ACTION_REQUIRED - CE(s) associated with the job queue are invalid"


def test_a_service_role_without_rights(site):
    role = site.role("service", SERVICE_POLICY)
    batch = site.deploy(service_role=role)
    site.iam.detach_role_policy(
        RoleName=f"service-{site.unique}", PolicyArn=f"{MANAGED}{SERVICE_POLICY}"
    )
    diagnosis = reach(batch.submit("wait"), "RUNNABLE", reason=ALL_INVALID).diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    text = of(diagnosis, Cause.ENVIRONMENTS_UNUSABLE)
    assert f"assumed-role/service-{site.unique}/aws-batch is not authorized to perform" in text
    assert "batch-platform:roles.serviceRole" in text


def test_a_service_role_that_does_not_exist(site):
    batch = site.deploy(service_role=site.role("service", SERVICE_POLICY))
    gone = {"RoleName": f"service-{site.unique}"}
    site.iam.detach_role_policy(**gone, PolicyArn=f"{MANAGED}{SERVICE_POLICY}")
    site.iam.delete_role(**gone)
    diagnosis = reach(batch.submit("wait"), "RUNNABLE", reason=ALL_INVALID).diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    assert "Not authorized to perform sts:AssumeRole" in of(diagnosis, Cause.ENVIRONMENTS_UNUSABLE)


def test_a_service_role_with_the_managed_policy_is_fine(site, hold):
    role = site.role("service", SERVICE_POLICY)
    assert causes(hold(site.deploy(service_role=role)).diagnose()) == {Cause.NO_CAPACITY}


def document(*denied: str, allowed: str = "*") -> str:
    statements = [{"Effect": "Allow", "Action": allowed, "Resource": "*"}]
    if denied:
        statements.append({"Effect": "Deny", "Action": denied, "Resource": "*"})
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


def limit(site: Site, kind: str, text: str) -> str:
    """Give a role of a site a permissions boundary; return the boundary's name."""
    name = f"limits-{kind}-{site.unique}"
    arn = site.iam.create_policy(PolicyName=name, PolicyDocument=text)["Policy"]["Arn"]
    site.iam.put_role_permissions_boundary(
        RoleName=f"{kind}-{site.unique}", PermissionsBoundary=arn
    )
    return name


def test_rights_that_a_service_role_lacks(site, hold):
    role = site.role("service")
    site.iam.put_role_policy(
        RoleName=f"service-{site.unique}",
        PolicyName="own",
        PolicyDocument=document("ec2:RunInstances"),
    )
    diagnosis = hold(site.deploy(service_role=role)).diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    text = of(diagnosis, Cause.SERVICE_ROLE)
    assert f"service role service-{site.unique} may not do ec2:RunInstances (" in text


def test_a_service_role_may_pass_the_instance_role_alone(site, hold):
    role = site.role("service")
    instances = f"arn:aws:iam::{ACCOUNT}:role/instance-{site.unique}"
    to_ec2 = {"StringEquals": {"iam:PassedToService": "ec2.amazonaws.com"}}
    allowed = {"Effect": "Allow", "NotAction": "iam:PassRole", "Resource": "*"}
    passes = {"Effect": "Allow", "Action": "iam:PassRole", "Resource": instances}
    job = None
    for passing, denied in (
        (passes | {"Condition": to_ec2}, ""),
        (passes | {"Resource": f"{instances}-of-others"}, "may not do iam:PassRole ("),
    ):
        site.iam.put_role_policy(
            RoleName=f"service-{site.unique}",
            PolicyName="own",
            PolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [allowed, passing]}),
        )
        job = job or hold(site.deploy(service_role=role))
        diagnosis = job.diagnose()
        assert diagnosis.unchecked == ()
        assert (Cause.SERVICE_ROLE in causes(diagnosis)) is bool(denied), diagnosis.text
        assert denied in diagnosis.text


def test_boundaries_that_deny_are_named_by_role(site, hold):
    service = site.role("service", SERVICE_POLICY)
    fleet = site.role("fleet", "AmazonEC2SpotFleetTaggingRole")
    batch = site.deploy(
        service_role=service, type="SPOT", allocationStrategy="BEST_FIT", spotIamFleetRole=fleet
    )
    job = hold(batch)
    kinds = ("service", "fleet", "instance")
    names = [limit(site, kind, document()) for kind in kinds]
    diagnosis = job.diagnose()
    assert causes(diagnosis) == {Cause.NO_CAPACITY}
    assert diagnosis.unchecked == ()
    for name, denied in zip(
        names,
        (["ec2:RunInstances"], ["ec2:RequestSpotInstances"], ["ecs:Poll", "ecs:Register*"]),
        strict=True,
    ):
        site.iam.create_policy_version(
            PolicyArn=f"arn:aws:iam::{ACCOUNT}:policy/{name}",
            PolicyDocument=document(*denied),
            SetAsDefault=True,
        )
    diagnosis = job.diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    for kind, what, cause, denied in (
        ("service", "service role", Cause.SERVICE_ROLE, "ec2:RunInstances"),
        ("fleet", "spot fleet role", Cause.LAUNCHES_FAIL, "ec2:RequestSpotInstances"),
        ("instance", "instance role", Cause.NOT_IN_CLUSTER,
         "ecs:RegisterContainerInstance, ecs:Poll"),
    ):  # fmt: skip
        text = of(diagnosis, cause)
        assert (
            f"the permissions boundary limits-{kind}-{site.unique} of {what} {kind}-{site.unique} "
            f"does not allow {denied} ("
        ) in text
        assert "batch-platform:roles.permissionsBoundary" in text


def test_a_boundary_that_lacks_what_an_instance_needs_is_named(site):
    batch = site.deploy()
    name = limit(site, "instance", document(allowed="logs:*"))
    (found,) = batch.diagnose()
    (finding,) = found.findings
    assert found.unchecked == ()
    assert f"the permissions boundary {name} of instance role" in finding.evidence
    assert (
        "does not allow ecs:RegisterContainerInstance, ecs:SubmitTaskStateChange, ecs:Poll, "
        "ecs:DiscoverPollEndpoint ("
    ) in finding.evidence


def test_an_instance_role_that_is_limited_to_its_cluster_is_enough(site):
    batch = site.deploy()
    bare_instance_role(site)
    cluster = site.described["ecsClusterArn"]
    members = cluster.replace(":cluster/", ":container-instance/") + "/*"
    statements = [
        {"Action": "ecs:DiscoverPollEndpoint", "Resource": "*"},
        {"Action": ["ecs:RegisterContainerInstance", "ecs:Submit*"], "Resource": cluster},
        {"Action": "ecs:Poll", "Resource": members,
         "Condition": {"ArnEquals": {"ecs:cluster": cluster}}},
    ]  # fmt: skip
    for limited, denied in ((statements, ""), (statements[:2], "may not do ecs:Poll (")):
        text = json.dumps(
            {"Version": "2012-10-17",
             "Statement": [{"Effect": "Allow", **each} for each in limited]}
        )  # fmt: skip
        site.iam.put_role_policy(
            RoleName=f"instance-{site.unique}", PolicyName="own", PolicyDocument=text
        )
        (found,) = batch.diagnose()
        assert found.unchecked == ()
        assert found.is_healthy is not bool(denied), found.text
        assert denied in found.text


def test_a_disabled_environment(site):
    batch = site.deploy()
    site.batch.update_compute_environment(computeEnvironment=site.environment, state="DISABLED")
    job = reach(batch.submit("wait"), "RUNNABLE", reason="ACTION_REQUIRED")
    diagnosis = job.diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    assert "is DISABLED" in of(diagnosis, Cause.ENVIRONMENTS_UNUSABLE)


def test_capacity_that_other_jobs_hold(site):
    batch = site.deploy(maxvCpus=2)
    reach(batch.submit("wait", vcpus=2), "RUNNING")
    diagnosis = reach(batch.submit("wait", vcpus=2), "RUNNABLE").diagnose()
    assert diagnosis.verdict is Verdict.WAITING_ITS_TURN
    text = of(diagnosis, Cause.CAPACITY_IN_USE)
    assert f"may have 2 vCPUs, of which jobs hold 2 (by queue: {site.queue} 2)" in text
    assert "batch-platform:computeEnvironments.default.maxVcpus" in text


def test_a_queue_of_higher_priority(site):
    batch = site.deploy(maxvCpus=2)
    other = site.add_queue("urgent", priority=9)
    arn = site.batch.describe_job_queues(jobQueues=[other])["jobQueues"][0]["jobQueueArn"]
    urgent = [batch.submit("wait", queue=arn, vcpus=2) for _ in range(2)]
    reach(urgent[0], "RUNNING")
    diagnosis = reach(batch.submit("wait"), "RUNNABLE").diagnose()
    for job in urgent:
        job.terminate("the test is over")
    assert diagnosis.verdict is Verdict.WAITING_ITS_TURN
    text = of(diagnosis, Cause.CAPACITY_IN_USE)
    assert f"(by queue: {other} 2)" in text
    assert f"queue {other}, which shares its environments, has a higher priority (9 aga" in text


def test_jobs_ahead_in_the_queue(site):
    batch = site.deploy(maxvCpus=2)
    reach(batch.submit("wait", vcpus=2), "RUNNING")
    reach(batch.submit("wait", vcpus=2), "RUNNABLE")
    diagnosis = reach(batch.submit("wait"), "RUNNABLE").diagnose()
    assert diagnosis.verdict is Verdict.WAITING_ITS_TURN
    assert "1 job(s) are ahead of it in the queue and 1 run" in of(diagnosis, Cause.BEHIND_OTHERS)


def test_behind_a_blocked_head(site):
    batch = site.deploy()
    head = reach(batch.submit("wait", memory=5000), "RUNNABLE", reason="MISCONFIGURATION:")
    diagnosis = reach(batch.submit("wait"), "RUNNABLE").diagnose()
    assert diagnosis.verdict is Verdict.BEHIND_BLOCKED_JOB
    text = of(diagnosis, Cause.BEHIND_OTHERS)
    assert f"({head.id}) at the head of its queue is blocked: MISCONFIGURATION:JOB_RESOU" in text
    assert f"cancel {head.id}" in text


def test_a_share_that_has_had_its_part(site):
    site.deploy(maxvCpus=2)
    policy = site.batch.create_scheduling_policy(
        name=f"fair-{site.unique}",
        fairsharePolicy={"shareDistribution": [{"shareIdentifier": "red*", "weightFactor": 1}]},
    )["arn"]
    site.queue = site.add_queue("fair", priority=1, schedulingPolicyArn=policy)
    batch = site.connect()
    reach(batch.submit("wait", vcpus=2, share_identifier="red1"), "RUNNING")
    diagnosis = reach(batch.submit("wait", vcpus=2, share_identifier="red2"), "RUNNABLE").diagnose()
    assert diagnosis.verdict is Verdict.WAITING_ITS_TURN
    text = of(diagnosis, Cause.BEHIND_OTHERS)
    assert "share red2 holds 0 vCPUs, others red1 2" in text


@functools.cache
def image_of_amazon(local: LocalAws) -> str:
    """Return the id of an image; the list of them takes seconds."""
    images = client_of(local, "ec2").describe_images(Owners=["amazon"])["Images"]
    image_id: str = images[0]["ImageId"]
    return image_id


def launch(site: Site, *, minutes: int) -> str:
    """Run an instance as Batch would have, so long ago."""
    image = image_of_amazon(site.local)
    instance: str = site.ec2.run_instances(
        ImageId=image,
        MinCount=1,
        MaxCount=1,
        SubnetId=site.subnet,
        IamInstanceProfile={"Arn": site.profile},
    )["Instances"][0]["InstanceId"]
    known = ec2_backends[ACCOUNT][REGION].get_instance(instance)
    known.launch_time = (datetime.now(UTC) - timedelta(minutes=minutes)).strftime(
        "%Y-%m-%dT%H:%M:%S.000Z"
    )
    return instance


def join(site: Site, instance: str, *, drivers: tuple[str, ...] = ("awslogs",)) -> Any:
    """Register an instance in the environment's cluster, as its agent would."""
    cluster = site.described["ecsClusterArn"].rpartition("/")[2]
    backend = ecs_backends[ACCOUNT][REGION]
    registered = backend.register_container_instance(cluster, instance)
    for driver in drivers:
        registered.attributes[f"com.amazonaws.ecs.capability.logging-driver.{driver}"] = None
    return registered


def test_instances_that_never_joined_the_cluster(site, hold):
    batch = site.deploy()
    instance = launch(site, minutes=30)
    diagnosis = hold(batch).diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    text = of(diagnosis, Cause.NOT_IN_CLUSTER)
    assert f"1 instance(s) with the profile of compute environment {site.environment}" in text
    assert instance in text


def test_an_instance_that_is_still_coming_up_is_no_finding(site, hold):
    batch = site.deploy()
    launch(site, minutes=1)
    assert causes(hold(batch).diagnose()) == {Cause.NO_CAPACITY}


def test_instances_that_have_joined_are_no_finding(site, hold):
    batch = site.deploy()
    join(site, launch(site, minutes=30))
    diagnosis = hold(batch).diagnose()
    assert causes(diagnosis) == {Cause.NO_CAPACITY}, diagnosis.text


def test_a_silent_agent(site, hold):
    batch = site.deploy()
    join(site, launch(site, minutes=30)).agent_connected = False
    diagnosis = hold(batch).diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    assert "the ECS agent of 1 of 1 instance(s)" in of(diagnosis, Cause.AGENT_DISCONNECTED)


def test_a_log_driver_that_no_instance_has(site, hold):
    batch = site.deploy()
    join(site, launch(site, minutes=30), drivers=("json-file",))
    text = of(hold(batch).diagnose(), Cause.LOG_DRIVER)
    assert "has registered the log driver awslogs" in text
    assert "batch-platform:computeEnvironments.default.imageType" in text


def no_route(site: Site) -> None:
    site.ec2.delete_route(RouteTableId=site.table, DestinationCidrBlock="0.0.0.0/0")


def no_public_ip(site: Site) -> None:
    site.ec2.modify_subnet_attribute(SubnetId=site.subnet, MapPublicIpOnLaunch={"Value": False})


def no_egress(site: Site) -> None:
    site.ec2.revoke_security_group_egress(
        GroupId=site.security_group,
        IpPermissions=[{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}],
    )


def shut_acl(site: Site) -> None:
    acl = site.ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [site.vpc]}])
    site.ec2.create_network_acl_entry(
        NetworkAclId=acl["NetworkAcls"][0]["NetworkAclId"],
        RuleNumber=1,
        Protocol="-1",
        RuleAction="deny",
        Egress=True,
        CidrBlock="0.0.0.0/0",
    )


def bare_instance_role(site: Site) -> None:
    site.iam.detach_role_policy(
        RoleName=f"instance-{site.unique}",
        PolicyArn=f"arn:aws:iam::aws:policy/service-role/{INSTANCE_POLICY}",
    )


@pytest.mark.parametrize(
    ("damage", "evidence", "key"),
    [
        (no_route, "has no default route, and its VPC lacks the endpoints ecs", "network.mode"),
        (no_public_ip, "a route to the internet but gives no public IPs", "network.mode"),
        (no_egress, "lets HTTPS (TCP 443) out", "network.egress"),
        (shut_acl, "lets no HTTPS out", "ACL"),
        (bare_instance_role, "has no policy at all", INSTANCE_POLICY),
    ],
)
def test_instances_that_cannot_join(site, damage, evidence, key):
    batch = site.deploy()
    (before,) = batch.diagnose()
    assert before.is_healthy, before.text
    damage(site)
    (found,) = batch.diagnose()
    assert not found.is_healthy
    (finding,) = found.findings
    assert finding.cause is Cause.NOT_IN_CLUSTER
    assert evidence in finding.evidence
    assert key in finding.fix


def test_the_endpoints_of_ecs_do_instead_of_a_route(site):
    no_route(site)
    batch = site.deploy()
    site.ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsHostnames={"Value": True})
    for name in ("ecs", "ecs-agent", "ecs-telemetry"):
        assert not batch.diagnose()[0].is_healthy
        site.ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=site.vpc,
            ServiceName=f"com.amazonaws.{REGION}.{name}",
            SubnetIds=[site.subnet],
        )
    assert batch.diagnose()[0].is_healthy


def test_a_spot_fleet_role_that_does_not_exist(site):
    role = site.role("fleet")
    batch = site.deploy(type="SPOT", allocationStrategy="BEST_FIT", spotIamFleetRole=role)
    site.iam.delete_role(RoleName=f"fleet-{site.unique}")
    diagnosis = reach(batch.submit("wait"), "RUNNABLE", reason=ALL_INVALID).diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    text = of(diagnosis, Cause.ENVIRONMENTS_UNUSABLE)
    assert "IamFleetRole is invalid. Create the spot fleet role again" in text


def test_an_instance_profile_that_does_not_exist(site):
    batch = site.deploy()
    gone = {"InstanceProfileName": f"profile-{site.unique}"}
    site.iam.remove_role_from_instance_profile(**gone, RoleName=f"instance-{site.unique}")
    site.iam.delete_instance_profile(**gone)
    diagnosis = reach(batch.submit("wait"), "RUNNABLE", reason=ALL_INVALID).diagnose()
    text = of(diagnosis, Cause.ENVIRONMENTS_UNUSABLE)
    assert f"profile-{site.unique} does not exist" in text
    assert "batch-platform:roles.instanceProfileArn" in text


def test_subnets_without_free_addresses(site, hold):
    small = site.add_subnet("10.0.2.0/28")
    batch = site.deploy(subnets=[small])
    for _ in range(11):
        site.ec2.create_network_interface(SubnetId=small)
    diagnosis = hold(batch).diagnose()
    assert diagnosis.verdict is Verdict.MISCONFIGURED
    assert "has a free address" in of(diagnosis, Cause.LAUNCHES_FAIL)
    assert "batch-platform:network.cidr" in diagnosis.text


def test_an_array_is_diagnosed_by_its_first_child(site):
    array = reach(site.deploy().submit("wait", memory=5000, array_size=2), "PENDING")
    eventually(
        lambda: array.describe().array.status_summary.get("RUNNABLE") == 2 or None, lambda: ""
    )
    diagnosis = array.diagnose()
    assert diagnosis.verdict is Verdict.WILL_NEVER_FIT
    assert "its 2 children are 2 RUNNABLE" in diagnosis.text


def test_a_queue_tells_what_its_head_waits_for(site):
    batch = site.deploy()
    head = reach(batch.submit("wait", memory=5000), "RUNNABLE", reason="MISCONFIGURATION:")
    (found,) = batch.diagnose()
    assert (found.waiting, found.is_healthy) == (1, False)
    assert found.head.job_id == head.id
    assert found.head.verdict is Verdict.WILL_NEVER_FIT
