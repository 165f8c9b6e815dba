"""The Price List API and Spot prices of the local AWS, and the instances that its ECS describes."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from botocore.exceptions import ClientError

from tests.aws_clients import client_of

LINUX = {
    "regionCode": "eu-west-1",
    "operatingSystem": "linux",  # TERM_MATCH minds no case
    "tenancy": "Shared",
}


@pytest.fixture
def pricing(local):
    return client_of(local, "pricing")


def filters(**wanted):
    return [{"Type": "TERM_MATCH", "Field": key, "Value": each} for key, each in wanted.items()]


def test_products_have_the_shape_of_the_price_list_api(pricing):
    pages = pricing.get_paginator("get_products").paginate(
        ServiceCode="AmazonEC2", Filters=filters(**LINUX)
    )
    listed = [[json.loads(each) for each in page["PriceList"]] for page in pages]
    assert [len(each) for each in listed[:-1]] == [100] * (len(listed) - 1)
    assert len(listed) > 1
    found = {
        each["product"]["attributes"]["instanceType"]: each for page in listed for each in page
    }
    assert len(found) == sum(map(len, listed))
    large = found["m5.large"]
    attributes = large["product"]["attributes"]
    assert (attributes["vcpu"], attributes["memory"]) == ("2", "8 GiB")
    ((dimension,),) = (
        term["priceDimensions"].values() for term in large["terms"]["OnDemand"].values()
    )
    assert (dimension["unit"], dimension["pricePerUnit"].keys()) == ("Hrs", {"USD"})
    assert "example price of the local AWS" in dimension["description"]
    assert found["g4dn.xlarge"]["product"]["attributes"]["gpu"] == "1"


def test_filters_leave_out(pricing):
    def types(**more):
        answer = pricing.get_products(ServiceCode="AmazonEC2", Filters=filters(**LINUX, **more))
        return [
            json.loads(each)["product"]["attributes"]["instanceType"]
            for each in answer["PriceList"]
        ]

    assert types(instanceType="m5.large") == ["m5.large"]
    assert types(instanceType="m5.large", preInstalledSw="SQL Std") == []
    assert types(instanceType="x9.huge") == types(noSuchField="a") == []
    nowhere = filters(regionCode="eu-nowhere-1")
    assert pricing.get_products(ServiceCode="AmazonEC2", Filters=nowhere)["PriceList"] == []


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        ({"ServiceCode": "AmazonEC3"}, "NotFoundException"),
        ({"ServiceCode": "AmazonEC2", "FormatVersion": "aws_v2"}, "InvalidParameterException"),
        ({"ServiceCode": "AmazonEC2", "NextToken": "x"}, "InvalidNextTokenException"),
        ({"ServiceCode": "AmazonEC2", "NextToken": "100000"}, "InvalidNextTokenException"),
        (
            {
                "ServiceCode": "AmazonEC2",
                "Filters": [{"Type": "CONTAINS", "Field": "memory", "Value": "8"}],
            },
            "InvalidParameterException",
        ),
    ],
)
def test_what_aws_refuses_is_refused(request_, code, pricing):
    with pytest.raises(ClientError) as caught:
        pricing.get_products(**request_)
    assert caught.value.response["Error"]["Code"] == code


def test_operations_that_are_not_here_are_refused(pricing):
    with pytest.raises(ClientError) as caught:
        pricing.describe_services()
    assert caught.value.response["Error"]["Code"] == "UnknownOperationException"


def test_spot_prices_are_of_today_and_below_on_demand(local, pricing):
    ec2 = client_of(local, "ec2")
    asked = {"StartTime": datetime.now(UTC), "ProductDescriptions": ["Linux/UNIX"]}
    found = ec2.describe_spot_price_history(**asked, InstanceTypes=["m5.large"])["SpotPriceHistory"]
    zones = {each["ZoneName"] for each in ec2.describe_availability_zones()["AvailabilityZones"]}
    assert len(found) > 1
    assert {each["AvailabilityZone"] for each in found} <= zones
    assert all(datetime.now(UTC) - each["Timestamp"] < timedelta(minutes=1) for each in found)
    wanted = filters(regionCode="us-east-1", instanceType="m5.large")
    (product,) = pricing.get_products(ServiceCode="AmazonEC2", Filters=wanted)["PriceList"]
    assert f'"{float(found[0]["SpotPrice"]) / 0.4:.10f}"' in product
    windows = asked | {"ProductDescriptions": ["Windows"]}
    assert ec2.describe_spot_price_history(**windows)["SpotPriceHistory"] == []
    page = ec2.describe_spot_price_history(**asked, MaxResults=5)
    assert len(page["SpotPriceHistory"]) == 5
    assert page["NextToken"]


def test_ecs_describes_the_instance_of_a_job_that_runs(local, cluster):
    ecs = client_of(local, "ecs")
    definition = cluster.register(["sleep", "60"])
    job_id = cluster.submit(definition)
    described = cluster.until(job_id, "RUNNING")
    arn = described["container"]["containerInstanceArn"]
    name = arn.split("/")[1]
    assert ecs.list_container_instances(cluster=name)["containerInstanceArns"] == [arn]
    gone = f"{arn[:-4]}0000"
    answer = ecs.describe_container_instances(cluster=name, containerInstances=[arn, gone])
    (instance,) = answer["containerInstances"]
    attributes = {each["name"]: each.get("value") for each in instance["attributes"]}
    assert attributes["ecs.instance-type"] == "c4.large"
    assert attributes["ecs.availability-zone"].startswith("us-east-1")
    assert (instance["runningTasksCount"], instance["status"]) == (1, "ACTIVE")
    assert [each["reason"] for each in answer["failures"]] == ["MISSING"]
    cluster.batch.terminate_job(jobId=job_id, reason="seen")
