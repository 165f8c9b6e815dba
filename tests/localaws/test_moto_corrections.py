"""Where moto does otherwise than AWS, the local AWS does as AWS."""

from __future__ import annotations

import json
import uuid

import pytest
from botocore.exceptions import ClientError

from localaws.moto_corrections import state_machines
from tests.aws_clients import client_of
from tests.conftest import eventually


@pytest.fixture
def ec2(local):
    return client_of(local, "ec2")


@pytest.fixture
def group(ec2):
    """A security group in a VPC of its own."""
    vpc = ec2.create_vpc(CidrBlock="10.78.0.0/16")["Vpc"]["VpcId"]
    group = ec2.create_security_group(GroupName="g", Description="d", VpcId=vpc)["GroupId"]
    yield group
    ec2.delete_security_group(GroupId=group)
    ec2.delete_vpc(VpcId=vpc)


def rule_of(ec2, rule_id):
    (found,) = ec2.describe_security_group_rules(SecurityGroupRuleIds=[rule_id])[
        "SecurityGroupRules"
    ]
    return found


def tags_of(found):
    return {each["Key"]: each["Value"] for each in found["Tags"]}


def test_tags_of_a_launch_template_are_its_own(ec2):
    name, tags = f"t{uuid.uuid4().hex[:6]}", [{"Key": "team", "Value": "a"}]
    of_instances = {"ResourceType": "instance", "Tags": [{"Key": "b", "Value": "c"}]}
    made = ec2.create_launch_template(
        LaunchTemplateName=name,
        LaunchTemplateData={"TagSpecifications": [of_instances]},
        TagSpecifications=[{"ResourceType": "launch-template", "Tags": tags}],
    )["LaunchTemplate"]
    identifier = made["LaunchTemplateId"]
    assert tags_of(made) == {"team": "a"}
    (version,) = ec2.describe_launch_template_versions(LaunchTemplateId=identifier)[
        "LaunchTemplateVersions"
    ]
    assert version["LaunchTemplateData"]["TagSpecifications"] == [of_instances]
    ec2.create_tags(Resources=[identifier], Tags=[{"Key": "new", "Value": "1"}])
    ec2.delete_tags(Resources=[identifier], Tags=[{"Key": "team"}])
    (found,) = ec2.describe_launch_templates(LaunchTemplateIds=[identifier])["LaunchTemplates"]
    assert tags_of(found) == {"new": "1"}
    ec2.delete_launch_template(LaunchTemplateId=identifier)


def test_a_launch_template_that_launches_nothing_tagged_says_so(ec2):
    name = f"t{uuid.uuid4().hex[:6]}"
    ec2.create_launch_template(
        LaunchTemplateName=name,
        LaunchTemplateData={"InstanceType": "c5.large"},
        TagSpecifications=[
            {"ResourceType": "launch-template", "Tags": [{"Key": "team", "Value": "a"}]}
        ],
    )
    (version,) = ec2.describe_launch_template_versions(LaunchTemplateName=name)[
        "LaunchTemplateVersions"
    ]
    assert "TagSpecifications" not in version["LaunchTemplateData"]
    ec2.delete_launch_template(LaunchTemplateName=name)


@pytest.mark.parametrize("way", ["ingress", "egress"])
@pytest.mark.parametrize("peer", ["cidr", "cidr6", "group", "prefix list"])
def test_every_rule_has_its_description_until_it_is_replaced(ec2, group, way, peer):
    (listed,) = ec2.describe_prefix_lists()["PrefixLists"][:1]
    told = {"Description": "first"}
    form, modified = {
        "cidr": ({"IpRanges": [{"CidrIp": "10.0.0.0/8", **told}]}, {"CidrIpv4": "10.0.0.0/9"}),
        "cidr6": ({"Ipv6Ranges": [{"CidrIpv6": "fd00::/8", **told}]}, {"CidrIpv6": "fd00::/9"}),
        "group": (
            {"UserIdGroupPairs": [{"GroupId": group, **told}]},
            {"ReferencedGroupId": group},
        ),
        "prefix list": (
            {"PrefixListIds": [{"PrefixListId": listed["PrefixListId"], **told}]},
            {"PrefixListId": listed["PrefixListId"]},
        ),
    }[peer]
    ports = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 81}
    (made,) = getattr(ec2, f"authorize_security_group_{way}")(
        GroupId=group, IpPermissions=[{**ports, **form}]
    )["SecurityGroupRules"]
    rule = made["SecurityGroupRuleId"]
    assert rule_of(ec2, rule)["Description"] == "first"

    def modify(**changed):
        ec2.modify_security_group_rules(
            GroupId=group,
            SecurityGroupRules=[
                {"SecurityGroupRuleId": rule, "SecurityGroupRule": {**ports, **changed}}
            ],
        )
        return rule_of(ec2, rule)

    assert modify(**modified, Description="second")["Description"] == "second"
    found = modify(**modified)
    assert not found.get("Description")
    (key,) = modified
    peer_of = found.get(key) or found["ReferencedGroupInfo"]["GroupId"]
    assert peer_of == modified[key]
    # No description is what makes it this rule.
    getattr(ec2, f"revoke_security_group_{way}")(GroupId=group, SecurityGroupRuleIds=[rule])


def test_a_rule_is_revoked_whatever_its_description(ec2, group):
    pair = {"GroupId": group}
    form = {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}
    described = {**form, "UserIdGroupPairs": [{**pair, "Description": "x"}]}
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[described])
    plain = {**form, "UserIdGroupPairs": [pair]}
    ec2.revoke_security_group_ingress(GroupId=group, IpPermissions=[plain])
    rules = ec2.describe_security_group_rules(Filters=[{"Name": "group-id", "Values": [group]}])
    assert [each for each in rules["SecurityGroupRules"] if not each["IsEgress"]] == []


def test_private_names_of_an_endpoint_are_switched(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.79.0.0/16")["Vpc"]["VpcId"]
    for name in ("EnableDnsSupport", "EnableDnsHostnames"):
        ec2.modify_vpc_attribute(VpcId=vpc, **{name: {"Value": True}})
    endpoint = ec2.create_vpc_endpoint(
        VpcId=vpc,
        ServiceName="com.amazonaws.us-east-1.ecs",
        VpcEndpointType="Interface",
        PrivateDnsEnabled=False,
    )["VpcEndpoint"]["VpcEndpointId"]
    for is_private in (True, False):
        ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PrivateDnsEnabled=is_private)
        (found,) = ec2.describe_vpc_endpoints(VpcEndpointIds=[endpoint])["VpcEndpoints"]
        assert found["PrivateDnsEnabled"] is is_private
    ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint])
    ec2.delete_vpc(VpcId=vpc)


def test_private_names_need_both_dns_attributes_of_the_vpc(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.81.0.0/16")["Vpc"]["VpcId"]
    endpoint = {
        "VpcId": vpc,
        "ServiceName": "com.amazonaws.us-east-1.ecs",
        "VpcEndpointType": "Interface",
    }
    with pytest.raises(ClientError, match="requires both enableDnsSupport and enableDnsHostnames"):
        ec2.create_vpc_endpoint(**endpoint)
    made = ec2.create_vpc_endpoint(**endpoint, PrivateDnsEnabled=False)["VpcEndpoint"]
    with pytest.raises(ClientError, match=f"set to true for {vpc}"):
        ec2.modify_vpc_endpoint(VpcEndpointId=made["VpcEndpointId"], PrivateDnsEnabled=True)
    ec2.delete_vpc_endpoints(VpcEndpointIds=[made["VpcEndpointId"]])
    ec2.delete_vpc(VpcId=vpc)


def test_services_of_endpoints_are_told(ec2):
    answer = ec2.describe_vpc_endpoint_services(
        ServiceNames=["com.amazonaws.us-east-1.ecs", "com.amazonaws.us-east-1.cloudformation"]
    )
    assert len(answer["ServiceDetails"]) == 2
    every = ec2.describe_vpc_endpoint_services()["ServiceNames"]
    assert {f"com.amazonaws.us-east-1.{name}" for name in ("s3", "ecr.dkr", "logs")} <= {*every}


def test_a_role_keeps_its_description_until_another_is_given(local):
    iam, name = client_of(local, "iam"), f"t{uuid.uuid4().hex[:6]}"
    iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}", Description="first")
    iam.update_role(RoleName=name, MaxSessionDuration=7200)
    assert iam.get_role(RoleName=name)["Role"]["Description"] == "first"
    iam.update_role(RoleName=name, Description="second")
    assert iam.get_role(RoleName=name)["Role"]["Description"] == "second"
    iam.delete_role(RoleName=name)


def test_dhcp_options_have_the_tags_of_their_creation(ec2):
    made = ec2.create_dhcp_options(
        DhcpConfigurations=[{"Key": "domain-name", "Values": ["example.com"]}],
        TagSpecifications=[
            {"ResourceType": "dhcp-options", "Tags": [{"Key": "team", "Value": "a"}]}
        ],
    )["DhcpOptions"]
    assert tags_of(made) == {"team": "a"}
    (found,) = ec2.describe_dhcp_options(DhcpOptionsIds=[made["DhcpOptionsId"]])["DhcpOptions"]
    assert tags_of(found) == {"team": "a"}
    ec2.delete_dhcp_options(DhcpOptionsId=made["DhcpOptionsId"])


def test_instance_types_are_found_by_wildcard(ec2):
    def offered(*patterns):
        filters = [{"Name": "instance-type", "Values": [*patterns]}]
        answer = ec2.describe_instance_type_offerings(Filters=filters)
        return {each["InstanceType"] for each in answer["InstanceTypeOfferings"]}

    assert {"c5.large", "c5.4xlarge"} <= offered("c5.*")
    assert {each.partition(".")[0] for each in offered("c5.*")} == {"c5"}
    assert offered("c5.large", "no.such") == {"c5.large"}


def test_a_placement_group_is_made_once_and_found_by_name_and_tag(ec2):
    name = f"g{uuid.uuid4().hex[:6]}"
    tags = [{"ResourceType": "placement-group", "Tags": [{"Key": "own", "Value": name}]}]
    made = ec2.create_placement_group(GroupName=name, Strategy="partition", TagSpecifications=tags)[
        "PlacementGroup"
    ]
    assert (made["State"], made["PartitionCount"]) == ("available", 2)
    with pytest.raises(ClientError, match=r"InvalidPlacementGroup\.Duplicate"):
        ec2.create_placement_group(GroupName=name, Strategy="cluster")

    def found(**which):
        answer = ec2.describe_placement_groups(**which)["PlacementGroups"]
        return [each["GroupName"] for each in answer]

    assert found(GroupNames=[name]) == found(GroupIds=[made["GroupId"]]) == [name]
    assert found(Filters=[{"Name": "tag:own", "Values": [name]}]) == [name]
    assert found(Filters=[{"Name": "tag:own", "Values": ["other"]}]) == []
    ec2.delete_placement_group(GroupName=name)
    with pytest.raises(ClientError, match=r"InvalidPlacementGroup\.Unknown"):
        found(GroupNames=[name])


def test_a_redrive_policy_has_no_blanks(local):
    sqs, name = client_of(local, "sqs"), f"t{uuid.uuid4().hex[:6]}"
    dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]
    policy = {"deadLetterTargetArn": arn["QueueArn"], "maxReceiveCount": 5}
    queue = sqs.create_queue(QueueName=name, Attributes={"RedrivePolicy": json.dumps(policy)})
    url = queue["QueueUrl"]
    found = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])["Attributes"]
    assert found["RedrivePolicy"] == json.dumps(policy, separators=(",", ":"))
    for each in (url, dead):
        sqs.delete_queue(QueueUrl=each)


def test_the_account_is_in_vpcs_alone_with_a_default_vpc(ec2):
    (default,) = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    found = {
        each["AttributeName"]: [value["AttributeValue"] for value in each["AttributeValues"]]
        for each in ec2.describe_account_attributes()["AccountAttributes"]
    }
    assert found["supported-platforms"] == ["VPC"]
    assert found["default-vpc"] == [default["VpcId"]]


def test_a_deleted_nat_gateway_lets_go_of_its_address(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.77.0.0/16")["Vpc"]["VpcId"]
    subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.77.0.0/24")["Subnet"]["SubnetId"]
    address = ec2.allocate_address(Domain="vpc")["AllocationId"]
    gateways = []
    for _ in range(2):
        made = ec2.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
        gateways.append(made["NatGatewayId"])
        (found,) = ec2.describe_addresses(AllocationIds=[address])["Addresses"]
        assert found["AssociationId"]
        ec2.delete_nat_gateway(NatGatewayId=made["NatGatewayId"])
        (found,) = ec2.describe_addresses(AllocationIds=[address])["Addresses"]
        assert not found.get("AssociationId")
    for gateway in gateways:
        ec2.delete_nat_gateway(NatGatewayId=gateway)  # again: it stays deleted
    ec2.release_address(AllocationId=address)


def test_subnets_are_found_by_their_ipv6_blocks(ec2):
    vpc = ec2.create_vpc(CidrBlock="10.79.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]
    (whole,) = vpc["Ipv6CidrBlockAssociationSet"]
    block = whole["Ipv6CidrBlock"].replace("00::/56", "07::/64")
    made = ec2.create_subnet(VpcId=vpc["VpcId"], CidrBlock="10.79.0.0/24", Ipv6CidrBlock=block)[
        "Subnet"
    ]
    (association,) = made["Ipv6CidrBlockAssociationSet"]
    assert association["Ipv6CidrBlockState"]["State"] == "associated"

    def found(name, value):
        filters = [{"Name": f"ipv6-cidr-block-association.{name}", "Values": [value]}]
        return [each["SubnetId"] for each in ec2.describe_subnets(Filters=filters)["Subnets"]]

    assert found("association-id", association["AssociationId"]) == [made["SubnetId"]]
    assert found("ipv6-cidr-block", block) == [made["SubnetId"]]
    assert found("association-id", "subnet-cidr-assoc-0") == []
    ec2.delete_subnet(SubnetId=made["SubnetId"])
    ec2.delete_vpc(VpcId=vpc["VpcId"])


def test_a_bucket_that_denies_requests_without_tls_can_be_used(local):
    s3, name = client_of(local, "s3"), f"closed-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    deny = {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": "s3:*",
        "Resource": [f"arn:aws:s3:::{name}", f"arn:aws:s3:::{name}/*"],
    }

    def put_policy(**more):
        document = {"Version": "2012-10-17", "Statement": [{**deny, **more}]}
        s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))

    put_policy(Condition={"Bool": {"aws:SecureTransport": "false"}})
    s3.put_object(Bucket=name, Key="a", Body=b"1")
    deleted = s3.delete_objects(Bucket=name, Delete={"Objects": [{"Key": "a"}]})
    assert [each["Key"] for each in deleted["Deleted"]] == ["a"]
    put_policy()
    with pytest.raises(ClientError, match=r"AccessDenied|403"):
        s3.put_object(Bucket=name, Key="a", Body=b"1")


def test_paths_with_a_filter_or_a_wildcard_give_arrays(local):
    states = client_of(local, "stepfunctions")
    paths = {
        "none": "$.all[?(@.is == 'c')].n",
        "one": "$.all[?(@.is == 'b')].n",
        "two": "$.all[?(@.is == 'a')].n",
        "missing": "$.all[*].of.x",
        "single": "$.few[*].n",
    }
    template = {f"{name}.$": path for name, path in paths.items()}
    state = {"Type": "Pass", "Parameters": template, "End": True}
    machine = {"StartAt": "it", "States": {"it": state}}
    arn = states.create_state_machine(
        name=f"m{uuid.uuid4().hex[:6]}",
        definition=json.dumps(machine),
        roleArn="arn:aws:iam::123456789012:role/service",
    )["stateMachineArn"]
    given = {
        "all": [{"is": "a", "n": 1}, {"is": "b", "n": 2}, {"is": "a", "n": 3}],
        "few": [{"n": 4}],
    }
    execution = states.start_execution(stateMachineArn=arn, input=json.dumps(given))
    answer = eventually(
        lambda: describe_ended(states, execution["executionArn"]), lambda: "it goes on"
    )
    assert json.loads(answer["output"]) == {
        "none": [],
        "one": [2],
        "two": [1, 3],
        "missing": [],
        "single": [4],
    }
    states.delete_state_machine(stateMachineArn=arn)


def test_executions_end_with_the_local_aws_that_they_call(local):
    states = client_of(local, "stepfunctions")
    state = {"Type": "Wait", "Seconds": 3600, "End": True}
    arn = states.create_state_machine(
        name=f"m{uuid.uuid4().hex[:6]}",
        definition=json.dumps({"StartAt": "it", "States": {"it": state}}),
        roleArn="arn:aws:iam::123456789012:role/service",
    )["stateMachineArn"]
    execution = states.start_execution(stateMachineArn=arn, input="{}")["executionArn"]
    assert describe_ended(states, execution) is None
    state_machines.stop_executions()
    ended = eventually(lambda: describe_ended(states, execution), lambda: "it goes on")
    assert ended["status"] == "ABORTED"
    states.delete_state_machine(stateMachineArn=arn)


def describe_ended(states, arn):
    found = states.describe_execution(executionArn=arn)
    return None if found["status"] == "RUNNING" else found
