"""The provider functions (invokes) that the program calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from localaws.resources.clients import Clients


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


def get_subnet(clients: Clients, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Describe one subnet."""
    subnet = clients("ec2").describe_subnets(SubnetIds=[arguments["id"]])["Subnets"][0]
    return {
        "id": subnet["SubnetId"],
        "arn": subnet["SubnetArn"],
        "availabilityZone": subnet["AvailabilityZone"],
        "cidrBlock": subnet["CidrBlock"],
        "mapPublicIpOnLaunch": subnet["MapPublicIpOnLaunch"],
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
        raise LookupError("no matching EC2 Route Table found")
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
    endpoints = clients("ec2").describe_vpc_endpoints(Filters=filters)["VpcEndpoints"]
    if not endpoints:
        raise LookupError("no matching EC2 VPC Endpoint found")
    return {
        "id": endpoints[0]["VpcEndpointId"],
        "serviceName": arguments["serviceName"],
        "state": endpoints[0]["State"],
        "vpcId": arguments["vpcId"],
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
            *("describe_compute_environments", "computeEnvironments", "computeEnvironmentArn"),
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
        "natGatewayId": "NatGatewayId",
        "networkInterfaceId": "NetworkInterfaceId",
        "transitGatewayId": "TransitGatewayId",
        "vpcPeeringConnectionId": "VpcPeeringConnectionId",
    }
    return {key: route.get(name, "") for key, name in names.items()}
