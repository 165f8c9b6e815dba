"""The Pulumi program on the local AWS, each network mode, seen through the AWS APIs."""

from __future__ import annotations

import json
import uuid
from pathlib import Path

import pytest

import batchsdk
from batchsdk import StackOutputs
from tests.aws_clients import client_of

PROJECT = Path(__file__).parent.parent.parent
INTERFACE_ENDPOINTS = {"ecs", "ecs-agent", "ecs-telemetry", "ecr.api", "ecr.dkr", "logs"}
STACK_FILE = """\
config:
  aws:region: us-east-1
  batch-platform:network: {network}
  batch-platform:computeEnvironments:
    default: {{type: EC2, instanceTypes: [c4.large]}}
  batch-platform:jobQueues:
    default: {{priority: 1, computeEnvironments: [default]}}
  batch-platform:jobDefinitions:
    hello: {{image: {image}, command: [echo, "Ref::Target"], vcpus: 1, memory: 100}}
"""
PUBLIC_IMAGE = "public.ecr.aws/docker/library/busybox"
PRIVATE_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/busybox"


class Deployed:
    """A stack on the local AWS, or the refusal to deploy it."""

    def __init__(self, local, run_deploy, folder, text):
        stack = f"test-{uuid.uuid4().hex[:6]}"
        (folder / f"Pulumi.{stack}.yaml").write_text(text)
        self.answer = run_deploy(stack, folder)
        self.ec2 = client_of(local, "ec2")
        self.batch = client_of(local, "batch")

    @property
    def outputs(self):
        assert self.answer.returncode == 0, self.answer.stderr
        return StackOutputs.from_mapping(json.loads(self.answer.stdout))

    @property
    def resources(self):
        """The compute resources of its environment."""
        name = self.outputs.compute_environments["default"].name
        (found,) = self.batch.describe_compute_environments(computeEnvironments=[name])[
            "computeEnvironments"
        ]
        return found["computeResources"]

    def endpoints(self):
        of_vpc = [{"Name": "vpc-id", "Values": [self.outputs.network.vpc_id]}]
        return self.ec2.describe_vpc_endpoints(Filters=of_vpc)["VpcEndpoints"]

    def routes(self, subnet_id):
        of_subnet = [{"Name": "association.subnet-id", "Values": [subnet_id]}]
        tables = self.ec2.describe_route_tables(Filters=of_subnet)["RouteTables"]
        return {route.get("DestinationCidrBlock"): route for route in tables[0]["Routes"]}

    def security_group(self, group_id):
        return self.ec2.describe_security_groups(GroupIds=[group_id])["SecurityGroups"][0]


@pytest.fixture
def deploy(local, run_deploy, tmp_path):
    def call(network, image=PUBLIC_IMAGE):
        text = STACK_FILE.format(network=json.dumps(network), image=image)
        return Deployed(local, run_deploy, tmp_path, text)

    return call


@pytest.fixture(scope="module")
def public(local, run_deploy, tmp_path_factory):
    """One in mode ``public``, at which several tests look."""
    text = STACK_FILE.format(network='{"mode": "public"}', image=PUBLIC_IMAGE)
    return Deployed(local, run_deploy, tmp_path_factory.mktemp("project"), text)


def test_public_instances_have_public_ips_and_a_route_to_the_internet(public):
    network = public.outputs.network
    for subnet in public.ec2.describe_subnets(SubnetIds=network.subnet_ids)["Subnets"]:
        assert subnet["MapPublicIpOnLaunch"]
        default = public.routes(subnet["SubnetId"])["0.0.0.0/0"]
        assert default["GatewayId"].startswith("igw-")
    group = public.security_group(network.security_group_ids[0])
    assert group["IpPermissions"] == []


@pytest.mark.deployments
def test_endpoints_reach_ecs_without_the_internet(deploy):
    deployed = deploy({"mode": "endpoints"}, image=PRIVATE_IMAGE)
    network = deployed.outputs.network

    subnets = deployed.ec2.describe_subnets(SubnetIds=network.subnet_ids)["Subnets"]
    assert len({subnet["AvailabilityZone"] for subnet in subnets}) >= 2
    assert not any(subnet["MapPublicIpOnLaunch"] for subnet in subnets)
    for subnet in subnets:
        assert "0.0.0.0/0" not in deployed.routes(subnet["SubnetId"])

    by_kind = {"Interface": [], "Gateway": []}
    for endpoint in deployed.endpoints():
        by_kind[endpoint["VpcEndpointType"]].append(endpoint)
    services = {
        each["ServiceName"].removeprefix("com.amazonaws.us-east-1.")
        for each in by_kind["Interface"]
    }
    assert services == INTERFACE_ENDPOINTS
    assert all(each["PrivateDnsEnabled"] for each in by_kind["Interface"])
    assert [each["ServiceName"] for each in by_kind["Gateway"]] == ["com.amazonaws.us-east-1.s3"]
    (s3,) = by_kind["Gateway"]
    let_through = {each["Sid"] for each in json.loads(s3["PolicyDocument"])["Statement"]}
    assert let_through == {"OwnBuckets", "ImageLayersAndPackages"}

    instances = deployed.security_group(network.security_group_ids[0])
    assert instances["IpPermissions"] == []
    assert {rule["FromPort"] for rule in instances["IpPermissionsEgress"]} == {443}
    egress = instances["IpPermissionsEgress"]
    assert not any(rule["IpRanges"] for rule in egress)
    assert sum(len(rule["PrefixListIds"]) for rule in egress) == 1  # S3: the image layers
    (target,) = [pair["GroupId"] for rule in egress for pair in rule["UserIdGroupPairs"]]
    endpoint_group = deployed.security_group(target)
    (incoming,) = endpoint_group["IpPermissions"]
    assert (incoming["FromPort"], incoming["ToPort"]) == (443, 443)
    assert [each["GroupId"] for each in incoming["UserIdGroupPairs"]] == [instances["GroupId"]]


@pytest.mark.deployments
def test_without_its_endpoints_a_job_waits_and_the_doctor_names_the_network(
    deploy, local, monkeypatch
):
    """The pain of the article about Terraform: Batch itself gives no reason."""
    deployed = deploy({"mode": "endpoints"}, image=PRIVATE_IMAGE)
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    batch = batchsdk.connect(outputs=deployed.outputs.to_mapping())
    batch.submit("hello", parameters={"Target": "a"}).wait()
    gone = [each["VpcEndpointId"] for each in deployed.endpoints()]
    assert len(gone) == 7
    deployed.ec2.delete_vpc_endpoints(VpcEndpointIds=gone)
    job = batch.submit("hello", parameters={"Target": "b"})
    with pytest.raises(batchsdk.WaitTimeoutError):
        job.wait(timeout=3)
    described = job.describe()
    assert (described.status, described.status_reason) == ("RUNNABLE", None)
    diagnosis = job.diagnose()
    assert {each.cause for each in diagnosis.findings} == {batchsdk.Cause.NOT_IN_CLUSTER}
    assert "lacks the endpoints ecs, ecs-agent, ecs-telemetry" in diagnosis.text
    assert "batch-platform:network.endpoints" in diagnosis.text
    job.cancel("the test is over")


@pytest.mark.deployments
def test_nat_instances_go_out_through_a_gateway(deploy):
    deployed = deploy({"mode": "nat"})
    for subnet_id in deployed.outputs.network.subnet_ids:
        default = deployed.routes(subnet_id)["0.0.0.0/0"]
        assert default["NatGatewayId"].startswith("nat-")


@pytest.mark.deployments
def test_an_existing_network_is_used_if_it_reaches_ecs_and_refused_if_not(deploy, local):
    ec2 = client_of(local, "ec2")
    subnet = ec2.describe_subnets()["Subnets"][0]  # of the default VPC
    group = ec2.describe_security_groups(Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}])[
        "SecurityGroups"
    ][0]
    network = {
        "mode": "existing",
        "vpcId": subnet["VpcId"],
        "subnetIds": [subnet["SubnetId"]],
        "securityGroupIds": [group["GroupId"]],
    }
    main_table = ec2.describe_route_tables(
        Filters=[{"Name": "vpc-id", "Values": [subnet["VpcId"]]}]
    )["RouteTables"][0]
    vpcs = len(ec2.describe_vpcs()["Vpcs"])

    refused = deploy(network).answer
    assert refused.returncode == 1
    for cure in ("public", "endpoint", "NAT"):
        assert cure in refused.stderr
    assert "Traceback" not in refused.stderr

    gateway = ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=subnet["VpcId"])
    ec2.create_route(
        RouteTableId=main_table["RouteTableId"],
        DestinationCidrBlock="0.0.0.0/0",
        GatewayId=gateway,
    )
    everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
    ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=everything)
    refused = deploy(network).answer
    assert refused.returncode == 1
    assert f"{group['GroupId']} let no TCP 443 out to the internet" in refused.stderr
    ec2.authorize_security_group_egress(GroupId=group["GroupId"], IpPermissions=everything)

    deployed = deploy(network)
    outputs = deployed.outputs
    assert f"every subnet is in {subnet['AvailabilityZone']}" in deployed.answer.stderr
    assert outputs.network.subnet_ids == (subnet["SubnetId"],)
    assert len(ec2.describe_vpcs()["Vpcs"]) == vpcs


@pytest.mark.parametrize(
    ("network", "words"),
    [
        ({"mode": "public", "mapPublicIpOnLaunch": False}, "mapPublicIpOnLaunch"),
        pytest.param(
            {"mode": "endpoints", "endpoints": ["logs"]},
            "ecs-agent",
            marks=pytest.mark.deployments,
        ),
        pytest.param({"mode": "public", "speed": "high"}, "speed", marks=pytest.mark.deployments),
    ],
)
def test_a_wrong_config_creates_nothing(deploy, local, network, words):
    def everything():
        ec2 = client_of(local, "ec2")
        iam = client_of(local, "iam")
        logs = client_of(local, "logs")
        return [
            ec2.describe_vpcs()["Vpcs"],
            ec2.describe_security_groups()["SecurityGroups"],
            iam.list_roles()["Roles"],
            logs.describe_log_groups()["logGroups"],
        ]

    before = everything()
    refused = deploy(network).answer
    assert refused.returncode == 1
    assert words in refused.stderr
    assert ":3: " in refused.stderr  # the line in the stack's file
    assert "Traceback" not in refused.stderr
    assert everything() == before


def test_the_deployed_stack_runs_a_job_as_its_consumers_do(public, local, monkeypatch):
    outputs = public.outputs
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    batch = batchsdk.connect(ssm=f"/batch/{outputs.environment}")
    assert batch.outputs == outputs
    job = batch.submit("hello", parameters={"Target": "from SSM"})
    assert job.wait().log_group == outputs.log_group.name
    assert job.logs().text == "from SSM"


def boundary_of_the_docs():
    """The permissions boundary that docs/configuration.md says to be enough."""
    page = (PROJECT / "docs" / "configuration.md").read_text(encoding="utf-8")
    return json.loads(
        page.partition("every role with this boundary")[2].split("```json")[1].split("```")[0]
    )


@pytest.mark.deployments
def test_the_doctor_judges_the_roles_of_a_deployed_stack(deploy, local, monkeypatch):
    deployed = deploy({"mode": "public"})
    for name, value in local.environ.items():
        monkeypatch.setenv(name, value)
    batch = batchsdk.connect(ssm=f"/batch/{deployed.outputs.environment}")

    def diagnosed():
        (found,) = batch.diagnose()
        assert found.unchecked == ()
        return found

    assert diagnosed().is_healthy
    iam = client_of(local, "iam")
    profile = deployed.resources["instanceRole"].rpartition("/")[2]
    (role,) = iam.get_instance_profile(InstanceProfileName=profile)["InstanceProfile"]["Roles"]
    document = boundary_of_the_docs()
    limits = iam.create_policy(PolicyName=f"limits-{profile}", PolicyDocument=json.dumps(document))[
        "Policy"
    ]["Arn"]
    iam.put_role_permissions_boundary(RoleName=role["RoleName"], PermissionsBoundary=limits)
    assert diagnosed().is_healthy
    document["Statement"].append({"Effect": "Deny", "Action": "ecs:Poll", "Resource": "*"})
    iam.create_policy_version(
        PolicyArn=limits, PolicyDocument=json.dumps(document), SetAsDefault=True
    )
    (finding,) = diagnosed().findings
    assert finding.cause is batchsdk.Cause.NOT_IN_CLUSTER
    assert (
        f"the permissions boundary limits-{profile} of instance role {role['RoleName']} "
        "does not allow ecs:Poll ("
    ) in finding.evidence
    iam.delete_role_permissions_boundary(RoleName=role["RoleName"])
    (name,) = iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]
    policy = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)["PolicyDocument"]
    policy["Statement"] = [each for each in policy["Statement"] if each["Sid"] != "JoinClusters"]
    iam.put_role_policy(
        RoleName=role["RoleName"], PolicyName=name, PolicyDocument=json.dumps(policy)
    )
    (finding,) = diagnosed().findings
    assert (
        f"instance role {role['RoleName']} may not do ecs:RegisterContainerInstance, "
        "ecs:SubmitTaskStateChange ("
    ) in finding.evidence


@pytest.mark.deployments
def test_an_encrypted_value_is_refused_before_anything_is_created(local, run_deploy, tmp_path):
    text = STACK_FILE.format(network='{"mode": "public"}', image=PUBLIC_IMAGE)
    text += '    two: {image: a, memory: 4, environment: {TOKEN: {secure: "v1:abc"}}}\n'
    answer = Deployed(local, run_deploy, tmp_path, text).answer
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert ":10: batch-platform:jobDefinitions.two.environment.TOKEN: the value is" in answer.stderr
    assert " + " not in answer.stderr
