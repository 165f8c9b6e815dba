"""The provider functions (invokes) that the program calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import ClientError

from localaws.resources.clients import Clients
from localaws.resources.reading import unless_gone
from localaws.resources.s3_bucket import S3_BUCKET
from localaws.resources.vpc_endpoint import GATEWAY


def get_caller_identity(clients: Clients, _: Mapping[str, Any]) -> dict[str, Any]:
    """Tell the account and identity behind the access key."""
    identity = clients("sts").get_caller_identity()
    return {
        "accountId": identity["Account"],
        "arn": identity["Arn"],
        "id": identity["Account"],
        "userId": identity["UserId"],
    }


def get_availability_zones(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """List the region's zones."""
    zones = clients("ec2").describe_availability_zones(**_filters(arguments))["AvailabilityZones"]
    return {
        "id": clients.region,
        "names": [zone["ZoneName"] for zone in zones],
        "zoneIds": [zone["ZoneId"] for zone in zones],
        "groupNames": sorted({zone.get("GroupName", clients.region) for zone in zones}),
    }


def get_bucket(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a bucket, wherever it is.

    Raises:
        ValueError: it is not there, in the provider's words.
    """
    name = arguments["bucket"]
    found = S3_BUCKET.read(clients, name)
    if found is None:
        raise ValueError(f"reading S3 Bucket ({name}): couldn't find resource")
    return {**found, "id": name, "region": clients.region}


def get_instance_types(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """List the names of the instance types that match; none is no error."""
    pages = clients("ec2").get_paginator("describe_instance_types").paginate(**_filters(arguments))
    names = [each["InstanceType"] for page in pages for each in page["InstanceTypes"]]
    return {"id": clients.region, "instanceTypes": names}


def get_instance_type(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one instance type."""
    name = arguments["instanceType"]
    (found,) = clients("ec2").describe_instance_types(InstanceTypes=[name])["InstanceTypes"]
    return {
        "id": name,
        "instanceType": name,
        "defaultVcpus": found["VCpuInfo"]["DefaultVCpus"],
        "memorySize": found["MemoryInfo"]["SizeInMiB"],
        "defaultCores": found["VCpuInfo"]["DefaultCores"],
        "validThreadsPerCores": found["VCpuInfo"].get("ValidThreadsPerCore", []),
        "efaSupported": found["NetworkInfo"]["EfaSupported"],
        "efaMaximumInterfaces": found["NetworkInfo"].get("EfaInfo", {}).get("MaximumEfaInterfaces"),
        "supportedPlacementStrategies": found["PlacementGroupInfo"]["SupportedStrategies"],
        "supportedArchitectures": found["ProcessorInfo"]["SupportedArchitectures"],
        "gpuses": [
            {
                "count": gpu["Count"],
                "manufacturer": gpu["Manufacturer"],
                "memorySize": gpu["MemoryInfo"]["SizeInMiB"],
                "name": gpu["Name"],
            }
            for gpu in found.get("GpuInfo", {}).get("Gpus", ())
        ],
    }


def get_snapshot(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one snapshot of an EBS volume.

    Raises:
        LookupError: there is none, with the words of the real provider.
    """
    wanted = arguments["snapshotIds"]
    answer = unless_gone(clients("ec2").describe_snapshots, SnapshotIds=wanted)
    if not answer or not answer["Snapshots"]:
        raise LookupError("Your query returned no results. Please change your search criteria")
    (found,) = answer["Snapshots"]
    return {
        "id": found["SnapshotId"],
        "snapshotId": found["SnapshotId"],
        "encrypted": found["Encrypted"],
        "state": found["State"],
        "volumeSize": found["VolumeSize"],
    }


def get_launch_template(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Describe a launch template with the content of its newest version (TF data source).

    Raises:
        LookupError: there is none, with the words of the real provider.
    """
    ec2 = clients("ec2")
    by = {"id": "LaunchTemplateIds", "name": "LaunchTemplateNames"}
    named = {by[key]: [arguments[key]] for key in by if arguments.get(key)}
    try:
        (template,) = ec2.describe_launch_templates(**named)["LaunchTemplates"]
    except ClientError as error:
        if "NotFound" not in error.response["Error"]["Code"]:
            raise
        raise LookupError("no matching EC2 Launch Template found") from error
    (newest,) = ec2.describe_launch_template_versions(
        LaunchTemplateId=template["LaunchTemplateId"], Versions=["$Latest"]
    )["LaunchTemplateVersions"]
    data = newest["LaunchTemplateData"]
    options = data.get("MetadataOptions")
    return {
        "id": template["LaunchTemplateId"],
        "name": template["LaunchTemplateName"],
        "defaultVersion": template["DefaultVersionNumber"],
        "latestVersion": template["LatestVersionNumber"],
        "disableApiTermination": data.get("DisableApiTermination", False),
        "iamInstanceProfiles": [data["IamInstanceProfile"]] if "IamInstanceProfile" in data else [],
        "imageId": data.get("ImageId", ""),
        "instanceMarketOptions": [{}] if "InstanceMarketOptions" in data else [],
        "instanceRequirements": [{}] if "InstanceRequirements" in data else [],
        "instanceType": data.get("InstanceType", ""),
        "keyName": data.get("KeyName", ""),
        "metadataOptions": [{"httpTokens": options.get("HttpTokens", "")}] if options else [],
        "networkInterfaces": [{} for _ in data.get("NetworkInterfaces", ())],
        "userData": data.get("UserData", ""),
        "vpcSecurityGroupIds": data.get("SecurityGroupIds", []),
    }


def get_instance_type_offerings(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """List which instance types are where; none is no error."""
    pages = (
        clients("ec2")
        .get_paginator("describe_instance_type_offerings")
        .paginate(LocationType=arguments.get("locationType", "region"), **_filters(arguments))
    )
    found = [each for page in pages for each in page["InstanceTypeOfferings"]]
    return {
        "id": clients.region,
        "instanceTypes": [each["InstanceType"] for each in found],
        "locations": [each["Location"] for each in found],
        "locationTypes": [each["LocationType"] for each in found],
    }


def get_vpc_endpoint_service(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one service that a VPC endpoint may lead to.

    Raises:
        LookupError: there is none, with the words of the real provider.
    """
    ec2, name = clients("ec2"), arguments["serviceName"]
    kind = {"Name": "service-type", "Values": [arguments["serviceType"]]}
    try:
        found = ec2.describe_vpc_endpoint_services(ServiceNames=[name], Filters=[kind])
    except ec2.exceptions.ClientError as error:
        if error.response["Error"]["Code"] != "InvalidServiceName":
            raise
        found = {"ServiceDetails": []}
    if not found["ServiceDetails"]:
        raise LookupError("no matching EC2 VPC Endpoint Service found")
    (service,) = found["ServiceDetails"]
    return {
        "id": service["ServiceId"],
        "acceptanceRequired": service["AcceptanceRequired"],
        "availabilityZones": service["AvailabilityZones"],
        "owner": service["Owner"],
        "serviceId": service["ServiceId"],
        "serviceName": name,
        "serviceType": arguments["serviceType"],
    }


def get_subnets(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """List the ids of the subnets that match; none is no error."""
    subnets = clients("ec2").describe_subnets(**_filters(arguments))["Subnets"]
    return {"id": clients.region, "ids": [each["SubnetId"] for each in subnets]}


def get_subnet(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one subnet."""
    subnet = clients("ec2").describe_subnets(SubnetIds=[arguments["id"]])["Subnets"][0]
    return {
        "id": subnet["SubnetId"],
        "arn": subnet["SubnetArn"],
        "availabilityZone": subnet["AvailabilityZone"],
        "cidrBlock": subnet["CidrBlock"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
        "tags": {tag["Key"]: tag["Value"] for tag in subnet.get("Tags", ())},
        "vpcId": subnet["VpcId"],
    }


def get_route_table(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Find the one route table of a subnet or VPC.

    Raises:
        LookupError: none matches, with the words of the real provider.
    """
    wanted = {"subnetId": "association.subnet-id", "vpcId": "vpc-id"}
    filters = [
        {"Name": name, "Values": [arguments[key]]}
        for key, name in wanted.items()
        if arguments.get(key)
    ]
    filters += _filters(arguments).get("Filters", [])
    tables = clients("ec2").describe_route_tables(Filters=filters)["RouteTables"]
    if not tables:
        raise LookupError(
            "query returned no results. Please change your search criteria and try again"
        )
    return {
        "id": tables[0]["RouteTableId"],
        "routeTableId": tables[0]["RouteTableId"],
        "vpcId": tables[0]["VpcId"],
        "routes": [_route(route) for route in tables[0]["Routes"]],
    }


def get_vpc_endpoint(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Find the VPC's endpoint for a service.

    Raises:
        LookupError: there is none, with the words of the real provider.
    """
    filters = [
        {"Name": "vpc-id", "Values": [arguments["vpcId"]]},
        {"Name": "service-name", "Values": [arguments["serviceName"]]},
    ]
    # moto does not filter by state.
    endpoints = [
        each
        for each in clients("ec2").describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
        if each["State"] == arguments.get("state", each["State"])
    ]
    if not endpoints:
        raise LookupError("no matching EC2 VPC Endpoint found")
    if len(endpoints) > 1:
        raise LookupError("multiple EC2 VPC Endpoints matched; use additional constraints")
    (endpoint,) = endpoints
    return {
        "id": endpoint["VpcEndpointId"],
        "privateDnsEnabled": bool(endpoint.get("PrivateDnsEnabled")),
        "routeTableIds": endpoint.get("RouteTableIds", []),
        "securityGroupIds": [each["GroupId"] for each in endpoint.get("Groups") or ()],
        "serviceName": arguments["serviceName"],
        "state": endpoint["State"],
        "vpcEndpointType": endpoint.get("VpcEndpointType", GATEWAY),
        "vpcId": arguments["vpcId"],
    }


def get_vpc(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one VPC."""
    ec2, identifier = clients("ec2"), arguments["id"]
    vpc = ec2.describe_vpcs(VpcIds=[identifier])["Vpcs"][0]
    attributes = {
        name: ec2.describe_vpc_attribute(VpcId=identifier, Attribute=name)[
            name[0].upper() + name[1:]
        ]
        for name in ("enableDnsHostnames", "enableDnsSupport")
    }
    return {
        "id": identifier,
        "arn": clients.arn("ec2", f"vpc/{identifier}"),
        "cidrBlock": vpc["CidrBlock"],
        "tags": {tag["Key"]: tag["Value"] for tag in vpc.get("Tags", ())},
        **{name: attribute["Value"] for name, attribute in attributes.items()},
    }


def get_security_group(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one security group."""
    identifier = arguments["id"]
    group = clients("ec2").describe_security_groups(GroupIds=[identifier])["SecurityGroups"][0]
    return {
        "id": identifier,
        "arn": clients.arn("ec2", f"security-group/{identifier}"),
        "description": group["Description"],
        "name": group["GroupName"],
        "vpcId": group["VpcId"],
    }


def get_security_group_rules(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """List the ids of the rules that match; none is no error."""
    rules = clients("ec2").describe_security_group_rules(**_filters(arguments))
    ids = [rule["SecurityGroupRuleId"] for rule in rules["SecurityGroupRules"]]
    return {"id": clients.region, "ids": ids}


def get_security_group_rule(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one rule, either way."""
    identifier = arguments["securityGroupRuleId"]
    (rule,) = clients("ec2").describe_security_group_rules(SecurityGroupRuleIds=[identifier])[
        "SecurityGroupRules"
    ]
    return {
        "id": identifier,
        "arn": clients.arn("ec2", f"security-group-rule/{identifier}"),
        "cidrIpv4": rule.get("CidrIpv4"),
        "cidrIpv6": rule.get("CidrIpv6"),
        "fromPort": rule["FromPort"],
        "ipProtocol": rule["IpProtocol"],
        "isEgress": rule["IsEgress"],
        "prefixListId": rule.get("PrefixListId"),
        "referencedSecurityGroupId": rule.get("ReferencedGroupInfo", {}).get("GroupId"),
        "securityGroupId": rule["GroupId"],
        "securityGroupRuleId": identifier,
        "toPort": rule["ToPort"],
    }


def get_parameter(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Read an SSM parameter, also a public one of AWS.

    Raises:
        LookupError: there is none, with the words of the real provider.
    """
    name, ssm = arguments["name"], clients("ssm")
    try:
        found = ssm.get_parameter(Name=name, WithDecryption=arguments.get("withDecryption", True))[
            "Parameter"
        ]
    except ssm.exceptions.ParameterNotFound as error:
        raise LookupError(f"reading SSM Parameter ({name}): couldn't find resource") from error
    secret = found["Type"] == "SecureString"
    return {
        "id": name,
        "arn": found["ARN"],
        "name": name,
        "type": found["Type"],
        "value": found["Value"],
        "insecureValue": None if secret else found["Value"],
        "version": found["Version"],
    }


def get_resources(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """List what has tags; of AWS Batch's types, which are all that the program asks for."""
    batch = clients("batch")
    listings = {
        "batch:compute-environment": (
            "describe_compute_environments",
            "computeEnvironments",
            "computeEnvironmentArn",
        ),
        "batch:job-queue": ("describe_job_queues", "jobQueues", "jobQueueArn"),
    }
    found = []
    for kind in arguments["resourceTypeFilters"]:
        operation, key, arn = listings[kind]
        for page in batch.get_paginator(operation).paginate():
            found += [(each[arn], each["tags"]) for each in page[key] if each.get("tags")]
    return {
        "id": clients.region,
        "resourceTagMappingLists": [
            {"resourceArn": arn, "tags": tags, "complianceDetails": []} for arn, tags in found
        ],
    }


def _filters(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Translate a provider function's ``filters`` and ``state``."""
    filters = [
        {"Name": each["name"], "Values": each["values"]} for each in arguments.get("filters") or ()
    ]
    if arguments.get("state"):
        filters.append({"Name": "state", "Values": [arguments["state"]]})
    return {"Filters": filters} if filters else {}


def _route(route: Mapping[str, Any]) -> dict[str, Any]:
    names = {
        "cidrBlock": "DestinationCidrBlock",
        "gatewayId": "GatewayId",
        "instanceId": "InstanceId",
        "egressOnlyGatewayId": "EgressOnlyInternetGatewayId",
        "ipv6CidrBlock": "DestinationIpv6CidrBlock",
        "natGatewayId": "NatGatewayId",
        "networkInterfaceId": "NetworkInterfaceId",
        "transitGatewayId": "TransitGatewayId",
        "vpcPeeringConnectionId": "VpcPeeringConnectionId",
    }
    return {key: route.get(name, "") for key, name in names.items()}
