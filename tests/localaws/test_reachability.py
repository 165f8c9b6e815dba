"""Instances register, and images are pulled, only where the network lets them, as on AWS."""

from __future__ import annotations

import time

import pytest
from botocore.exceptions import ClientError

from batchsdk import Cause
from tests.aws_clients import client_of
from tests.batchsdk.site import Site
from tests.conftest import eventually

pytestmark = pytest.mark.sampled(3)

REGION = "us-east-1"
EVERYTHING = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
ECS = ("ecs", "ecs-agent", "ecs-telemetry")
PULLS = ("ecr.api", "ecr.dkr", "logs")
PRIVATE_IMAGE = f"123456789012.dkr.ecr.{REGION}.amazonaws.com/hello"
SHORT_SECONDS = 0.7
"""Longer than any job of these tests takes where it may start."""


@pytest.fixture
def site(local, monkeypatch):
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    made = Site(local)
    made.ec2.modify_vpc_attribute(VpcId=made.vpc, EnableDnsHostnames={"Value": True})
    yield made
    for job in made.batch.list_jobs(jobQueue=made.queue, jobStatus="RUNNABLE")["jobSummaryList"]:
        made.batch.terminate_job(jobId=job["jobId"], reason="the test is over")


def add_endpoints(site, *services, **more):
    for service in services:
        site.ec2.create_vpc_endpoint(
            VpcEndpointType="Interface",
            VpcId=site.vpc,
            ServiceName=f"com.amazonaws.{REGION}.{service}",
            SubnetIds=[site.subnet],
            **more,
        )


def add_s3(site):
    site.ec2.create_vpc_endpoint(
        VpcEndpointType="Gateway",
        VpcId=site.vpc,
        ServiceName=f"com.amazonaws.{REGION}.s3",
        RouteTableIds=[site.table],
    )


def group(site, kind):
    return site.ec2.create_security_group(
        GroupName=f"{kind}-{site.unique}", Description="of a test", VpcId=site.vpc
    )["GroupId"]


def let_in(site, to):
    pair = [{"GroupId": site.security_group}]
    https = {"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "UserIdGroupPairs": pair}
    site.ec2.authorize_security_group_ingress(GroupId=to, IpPermissions=[https])


def gateway_of(site):
    return site.ec2.describe_internet_gateways(
        Filters=[{"Name": "attachment.vpc-id", "Values": [site.vpc]}]
    )["InternetGateways"][0]["InternetGatewayId"]


def route(site, **target):
    site.ec2.create_route(RouteTableId=site.table, DestinationCidrBlock="0.0.0.0/0", **target)


def drop_route(site):
    site.ec2.delete_route(RouteTableId=site.table, DestinationCidrBlock="0.0.0.0/0")


# Each breaks a network, and returns what mends it.


def no_route(site):
    gateway = gateway_of(site)
    drop_route(site)
    return lambda: route(site, GatewayId=gateway)


def no_public_ip(site):
    def give(value):
        site.ec2.modify_subnet_attribute(SubnetId=site.subnet, MapPublicIpOnLaunch={"Value": value})

    give(False)
    return lambda: give(True)


def no_egress(site):
    site.ec2.revoke_security_group_egress(GroupId=site.security_group, IpPermissions=EVERYTHING)
    return lambda: site.ec2.authorize_security_group_egress(
        GroupId=site.security_group, IpPermissions=EVERYTHING
    )


def egress_to_this_network_alone(site):
    no_egress(site)
    inside = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443}]
    inside[0]["IpRanges"] = [{"CidrIp": "10.0.0.0/16"}]
    site.ec2.authorize_security_group_egress(GroupId=site.security_group, IpPermissions=inside)
    return lambda: site.ec2.authorize_security_group_egress(
        GroupId=site.security_group, IpPermissions=EVERYTHING
    )


def shut_acl(site):
    acl = site.ec2.describe_network_acls(Filters=[{"Name": "vpc-id", "Values": [site.vpc]}])
    entry = {
        "NetworkAclId": acl["NetworkAcls"][0]["NetworkAclId"],
        "RuleNumber": 1,
        "Egress": True,
    }
    site.ec2.create_network_acl_entry(
        **entry, Protocol="-1", RuleAction="deny", CidrBlock="0.0.0.0/0"
    )
    return lambda: site.ec2.delete_network_acl_entry(**entry)


def detached_gateway(site):
    gateway = {"InternetGatewayId": gateway_of(site), "VpcId": site.vpc}
    site.ec2.detach_internet_gateway(**gateway)
    return lambda: site.ec2.attach_internet_gateway(**gateway)


def nat_in_a_private_subnet(site):
    """The gateway's own subnet has the route to itself."""
    internet = gateway_of(site)
    address = site.ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = site.ec2.create_nat_gateway(SubnetId=site.subnet, AllocationId=address)
    drop_route(site)
    route(site, NatGatewayId=nat["NatGateway"]["NatGatewayId"])

    def mend():
        drop_route(site)
        route(site, GatewayId=internet)

    return mend


def two_of_three_endpoints(site):
    drop_route(site)
    add_endpoints(site, *ECS[:2])
    return lambda: add_endpoints(site, ECS[2])


def closed_endpoints(site):
    """The service's name leads to the endpoint, so not even a route to the internet helps."""
    closed = group(site, "endpoints")
    add_endpoints(site, *ECS, SecurityGroupIds=[closed])
    return lambda: let_in(site, closed)


def endpoints_without_private_dns(site):
    drop_route(site)
    add_endpoints(site, *ECS, PrivateDnsEnabled=False)
    made = site.ec2.describe_vpc_endpoints(Filters=[{"Name": "vpc-id", "Values": [site.vpc]}])

    def mend():
        for each in made["VpcEndpoints"]:
            site.ec2.modify_vpc_endpoint(
                VpcEndpointId=each["VpcEndpointId"], PrivateDnsEnabled=True
            )

    return mend


def vpc_without_dns(site):
    drop_route(site)
    add_endpoints(site, *ECS)
    site.ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsSupport={"Value": False})
    return lambda: site.ec2.modify_vpc_attribute(VpcId=site.vpc, EnableDnsSupport={"Value": True})


def state_of(job):
    described = job.describe()
    return described.status, described.status_reason


def wait_until_started(job):
    eventually(lambda: state_of(job)[0] != "RUNNABLE" or None, lambda: str(job.describe()))


@pytest.mark.parametrize(
    ("damage", "evidence"),
    [
        (no_route, "has no default route"),
        (no_public_ip, "gives no public IPs"),
        (no_egress, "lets HTTPS (TCP 443) out"),
        (egress_to_this_network_alone, "out to public addresses"),
        (shut_acl, "lets no HTTPS out"),
        (nat_in_a_private_subnet, "leads nowhere"),
        (two_of_three_endpoints, "lacks the endpoints ecs-telemetry"),
        (closed_endpoints, "lets HTTPS (TCP 443) in"),
        (endpoints_without_private_dns, "no private DNS"),
        (vpc_without_dns, "no DNS support or no DNS hostnames"),
    ],
)
def test_a_job_waits_without_a_reason_until_its_instances_reach_ecs(site, damage, evidence):
    batch = site.deploy()
    mend = damage(site)
    job = batch.submit("wait", command=["true"])
    time.sleep(SHORT_SECONDS)
    assert state_of(job) == ("RUNNABLE", None)
    diagnosis = job.diagnose()
    (finding,) = diagnosis.findings
    assert finding.cause is Cause.NOT_IN_CLUSTER
    assert evidence in finding.evidence
    mend()
    wait_until_started(job)


def test_a_gateway_that_is_detached_leads_nowhere(site):
    # moto shows the route as active, so the diagnosis cannot know.
    batch = site.deploy()
    mend = detached_gateway(site)
    job = batch.submit("wait", command=["true"])
    time.sleep(SHORT_SECONDS)
    assert state_of(job) == ("RUNNABLE", None)
    mend()
    wait_until_started(job)


def test_a_group_may_let_everything_in_and_out(site):
    """The rules of both directions are alike but for the direction."""
    open_group = group(site, "endpoints")
    site.ec2.authorize_security_group_ingress(GroupId=open_group, IpPermissions=EVERYTHING)
    drop_route(site)
    add_endpoints(site, *ECS, SecurityGroupIds=[open_group])
    wait_until_started(site.deploy().submit("wait", command=["true"]))


def test_no_instance_is_kept_where_none_can_register(site):
    mend = no_route(site)
    site.deploy(minvCpus=2)
    ecs = client_of(site.local, "ecs")
    cluster = site.described["ecsClusterArn"]
    assert ecs.list_container_instances(cluster=cluster)["containerInstanceArns"] == []
    assert site.described["computeResources"]["desiredvCpus"] == 0
    mend()
    eventually(
        lambda: site.described["computeResources"]["desiredvCpus"] == 2 or None,
        lambda: str(site.described),
    )


def ended(site, batch, **containers):
    """Run a job of a definition with these properties to its end."""
    name = f"private-{site.unique}"
    site.batch.register_job_definition(
        jobDefinitionName=name,
        type="container",
        containerProperties={"vcpus": 1, "memory": 100, "command": ["true"]} | containers,
    )
    answer = site.batch.submit_job(jobName=name, jobQueue=site.queue, jobDefinition=name)

    def over():
        (job,) = site.batch.describe_jobs(jobs=[answer["jobId"]])["jobs"]
        return job if job["status"] in ("SUCCEEDED", "FAILED") else None

    return eventually(over, lambda: f"{answer}")


SECRET = f"arn:aws:ssm:{REGION}:123456789012:parameter/token"


@pytest.mark.parametrize(
    ("endpoints", "container", "reason"),
    [
        ((*PULLS,), {"image": "busybox"}, 'Get "https://registry-1.docker.io/v2/"'),
        ((), {"image": PRIVATE_IMAGE}, "CannotPullECRContainerError"),
        (("ecr.api", "ecr.dkr"), {"image": PRIVATE_IMAGE}, "failed to initialize logging driver"),
        (
            PULLS,
            {"image": PRIVATE_IMAGE, "secrets": [{"name": "TOKEN", "valueFrom": SECRET}]},
            "unable to retrieve secrets from ssm",
        ),
    ],
)
def test_what_an_instance_with_endpoints_alone_does_not_reach(site, endpoints, container, reason):
    batch = site.deploy()
    drop_route(site)
    add_endpoints(site, *ECS, *endpoints)
    add_s3(site)
    more = {"executionRoleArn": "arn:aws:iam::123456789012:role/execution"}
    job = ended(site, batch, **container, **(more if "secrets" in container else {}))
    assert job["status"] == "FAILED"
    assert reason in job["attempts"][-1]["container"]["reason"]


def test_layers_of_images_come_by_s3(site):
    batch = site.deploy()
    drop_route(site)
    add_endpoints(site, *ECS, *PULLS)
    failed = ended(site, batch, image=PRIVATE_IMAGE)
    assert failed["attempts"][-1]["container"]["reason"].startswith("CannotPullECRContainerError")
    add_s3(site)
    assert ended(site, batch, image=PRIVATE_IMAGE)["status"] == "SUCCEEDED"


@pytest.mark.parametrize(("assigned", "status"), [("ENABLED", "SUCCEEDED"), ("DISABLED", "FAILED")])
def test_a_task_on_fargate_pulls_by_its_own_public_ip(site, assigned, status):
    fargate = {
        "type": "FARGATE",
        "maxvCpus": 4,
        "subnets": [site.subnet],
        "securityGroupIds": [site.security_group],
    }
    name = f"fargate-{site.unique}"
    site.batch.create_compute_environment(
        computeEnvironmentName=name, type="MANAGED", computeResources=fargate
    )
    site.environment = name
    eventually(lambda: site.described["status"] == "VALID" or None, lambda: "")
    site.queue = site.add_queue("fargate", priority=1)
    definition = f"task-{site.unique}"
    site.batch.register_job_definition(
        jobDefinitionName=definition,
        type="container",
        platformCapabilities=["FARGATE"],
        containerProperties={
            "image": "public.ecr.aws/docker/library/busybox",
            "command": ["true"],
            "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
            "networkConfiguration": {"assignPublicIp": assigned},
            "resourceRequirements": [
                {"type": "VCPU", "value": "0.25"},
                {"type": "MEMORY", "value": "512"},
            ],
        },
    )
    job = site.batch.submit_job(jobName="task", jobQueue=site.queue, jobDefinition=definition)

    def over():
        (found,) = site.batch.describe_jobs(jobs=[job["jobId"]])["jobs"]
        return found if found["status"] in ("SUCCEEDED", "FAILED") else None

    found = eventually(over, lambda: "")
    assert found["status"] == status
    if status == "FAILED":
        reason = found["attempts"][-1]["container"]["reason"]
        assert reason.startswith("CannotPullContainerError: pull image manifest has been retried 5")


def test_ecs_exec_wants_a_way_to_systems_manager(site, local):
    site.deploy()
    drop_route(site)
    add_endpoints(site, *ECS, *PULLS)
    add_s3(site)
    definition = site.batch.register_job_definition(
        jobDefinitionName=f"open-{site.unique}",
        type="container",
        containerProperties={
            "image": PRIVATE_IMAGE,
            "command": ["sleep", "60"],
            "vcpus": 1,
            "memory": 100,
            "enableExecuteCommand": True,
        },
    )["jobDefinitionArn"]
    job_id = site.batch.submit_job(jobName="open", jobQueue=site.queue, jobDefinition=definition)[
        "jobId"
    ]

    def running():
        (found,) = site.batch.describe_jobs(jobs=[job_id])["jobs"]
        return found if found["status"] == "RUNNING" else None

    task = eventually(running, lambda: "not RUNNING")["container"]["taskArn"]
    request = {"cluster": task.split("/")[1], "task": task, "command": "true", "interactive": True}
    ecs = client_of(local, "ecs")
    with pytest.raises(ClientError, match="TargetNotConnectedException"):
        ecs.execute_command(**request)
    add_endpoints(site, "ssmmessages")
    assert ecs.execute_command(**request)["session"]["tokenValue"]
    site.batch.terminate_job(jobId=job_id, reason="seen")
