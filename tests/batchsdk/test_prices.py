"""Prices that AWS published: asked for, kept, and what jobs cost by them."""

from __future__ import annotations

import json
import math
from datetime import timedelta

import pytest

import batchsdk
from batchsdk import AccessDeniedError, InvalidArgumentError, ServiceFailureError, UsageError
from tests.batchsdk.fakes import START, FakeClock, FakeTransport, connect, job, stack_outputs

T0 = int(START.timestamp() * 1000)
HOUR = 3_600_000
TASK = "arn:aws:ecs:us-east-1:123456789012:task/cluster-{}/1"
INSTANCE = "arn:aws:ecs:us-east-1:123456789012:container-instance/cluster-{}/{}"


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def product(price, *, unit="Hrs", currency="USD", **attributes):
    """One entry of GetProducts, as the Price List API writes it."""
    dimension = {"unit": unit, "pricePerUnit": {currency: str(price)}}
    return json.dumps(
        {
            "product": {"attributes": attributes},
            "terms": {"OnDemand": {"A.B": {"priceDimensions": {"A.B.C": dimension}}}},
            "publicationDate": "2026-01-02T00:00:00Z",
        }
    )


def instance(name, price, vcpu, memory, **more):
    return product(price, instanceType=name, vcpu=vcpu, memory=memory, **more)


def fargate(usage_type, price):
    return product(price, unit="hours", usagetype=usage_type)


PRODUCTS = {
    "AmazonEC2": [
        instance("m6i.large", 0.1, "2", "8 GiB"),
        instance("m6i.xlarge", 0.2, "4", "16 GiB"),
        instance("c6i.large", 0.08, "2", "4 GiB"),
        instance("p4d.24xlarge", 32, "96", "1,152 GiB", gpu="8"),
        instance("u-6tb1.metal", "0.0000000000", "448", "6,144 GiB"),
    ],
    "AmazonECS": [
        fargate("USE1-Fargate-vCPU-Hours:perCPU", 0.04),
        fargate("USE1-Fargate-GB-Hours", 0.004),
        fargate("USE1-Fargate-ARM-vCPU-Hours:perCPU", 0.03),
        fargate("USE1-Fargate-ARM-GB-Hours", 0.003),
        fargate("USE1-SpotUsage-Fargate-vCPU-Hours:perCPU", 0.01),
        fargate("USE1-SpotUsage-Fargate-GB-Hours", 0.001),
        fargate("USE1-Fargate-EphemeralStorage-GB-Hours", 0.0001),
        fargate("USE1-Fargate-Windows-vCPU-Hours:perCPU", 0.09),
    ],
}
SPOT = [
    {"InstanceType": "m6i.large", "AvailabilityZone": "us-east-1a", "SpotPrice": "0.03"},
    {"InstanceType": "m6i.large", "AvailabilityZone": "us-east-1b", "SpotPrice": "0.05"},
]


@pytest.fixture
def transport():
    made = FakeTransport()
    made.reads["GetProducts"] = lambda request: {"PriceList": PRODUCTS[request["ServiceCode"]]}
    made.reads["DescribeSpotPriceHistory"] = {"SpotPriceHistory": SPOT}
    return made


def environment(name, kind, *types, managed=True):
    resources = {"type": kind, "instanceTypes": list(types)} if managed else {}
    return {
        "computeEnvironmentName": name,
        "ecsClusterArn": f"arn:aws:ecs:us-east-1:123456789012:cluster/cluster-{name}",
        "type": "MANAGED" if managed else "UNMANAGED",
        "computeResources": resources,
    }


ENVIRONMENTS = [
    environment("ec2", "EC2", "m6i", "c6i"),
    environment("one", "EC2", "m6i.xlarge"),
    environment("spot", "SPOT", "m6i"),
    environment("fargate", "FARGATE"),
    environment("cheap", "FARGATE_SPOT"),
    environment("own", "", managed=False),
]


def ran(where, on=None, *, hours=1.0, vcpus=1, mib=4096, gpus=0, **container):
    """Describe a job that ran so long in an environment, on the container instance ``on``."""
    listed = {"VCPU": vcpus, "MEMORY": mib} | ({"GPU": gpus} if gpus else {})
    arns = {"taskArn": TASK.format(where)} if where else {}
    if on:
        arns["containerInstanceArn"] = INSTANCE.format(where, on)
    times = {"startedAt": T0 - int(hours * HOUR), "stoppedAt": T0}
    return job(
        "SUCCEEDED",
        container={
            "resourceRequirements": [{"type": k, "value": str(v)} for k, v in listed.items()],
            **arns,
            **container,
        },
        createdAt=T0 - 10 * HOUR,
        attempts=[{**times, "container": arns}],
        **times,
    )


def estimate(transport, *described, clock=None):
    """Return the estimate of jobs, by prices that are kept."""
    transport.reads["DescribeComputeEnvironments"] = {"computeEnvironments": ENVIRONMENTS}
    transport.reads.setdefault("DescribeContainerInstances", _instances)
    batch = connect(transport)
    batch.update_prices()
    ids = [f"job-{number}" for number in range(len(described))]
    for job_id, each in zip(ids, described, strict=True):
        transport.script(job_id, {**each, "jobId": job_id})
    return connect(transport, clock).usage(ids).estimate


def _instances(request):
    """Every container instance is of the type that its id says; ``gone`` is gone."""
    return {
        "containerInstances": [
            {
                "containerInstanceArn": arn,
                "attributes": [{"name": "ecs.instance-type", "value": arn.rpartition("/")[2]}],
            }
            for arn in request["containerInstances"]
            if not arn.endswith("gone")
        ],
        "failures": [],
    }


def test_prices_are_asked_for_where_the_api_is_and_kept(transport):
    made = connect(transport).update_prices()
    assert made.instances.keys() == {"m6i.large", "m6i.xlarge", "c6i.large", "p4d.24xlarge"}
    large = made.instances["p4d.24xlarge"]
    assert (large.vcpus, large.gib, large.gpus, large.on_demand, large.spot) == (
        96, 1152, 8, 32, None,
    )  # fmt: skip
    assert made.instances["m6i.large"].spot == pytest.approx(0.04)
    assert {name: each.vcpu_hour for name, each in made.fargate.items()} == {
        "x86_64": 0.04,
        "arm64": 0.03,
        "spot x86_64": 0.01,
    }
    assert made.source == f"AWS Price List API, us-east-1, {START:%Y-%m-%d}"
    assert made.published_at == "2026-01-02T00:00:00Z"
    assert connect(transport).prices() == made
    assert connect(FakeTransport(), outputs=stack_outputs(region="eu-west-1")).prices() is None


@pytest.mark.parametrize(
    ("region", "endpoint"),
    [
        ("us-west-2", "us-east-1"),
        ("eu-west-3", "eu-central-1"),
        ("ap-northeast-1", "ap-south-1"),
        ("cn-north-1", "cn-northwest-1"),
        ("mx-central-1", "us-east-1"),
    ],
)
def test_the_api_is_asked_in_a_region_that_has_it(region, endpoint, transport):
    connect(transport, outputs=stack_outputs(region=region)).update_prices()
    assert set(transport.read_regions) == {
        ("GetProducts", endpoint),
        ("DescribeSpotPriceHistory", None),
    }


def test_govcloud_has_no_price_list(transport):
    outputs = stack_outputs(region="us-gov-west-1")
    with pytest.raises(UsageError, match="not in the partition of us-gov-west-1"):
        connect(transport, outputs=outputs).update_prices()
    assert transport.calls == []


@pytest.mark.parametrize(
    "products",
    [
        [],
        ["{}"],
        ["not JSON"],
        ['{"terms": {"OnDemand": []}}'],
        [instance("m6i.large", "free", "2", "8 GiB")],
        [
            instance("a.large", 1, "2", "8 GiB"),
            instance("b.large", 1, "2", "8 GiB", currency="CNY"),
        ],
        [instance("m6i.large", 0, "2", "8 GiB")],
        [instance("m6i.large", 1, "NA", "NA")],
        [product(1, unit="Quantity", instanceType="m6i.large", vcpu="2", memory="8 GiB")],
    ],
)
def test_an_answer_without_prices_is_an_error_and_keeps_what_was_there(products, transport):
    kept = connect(transport).update_prices()
    transport.reads["GetProducts"] = {"PriceList": products}
    with pytest.raises(ServiceFailureError, match="GetProducts"):
        connect(transport).update_prices()
    assert connect(transport).prices() == kept


@pytest.mark.parametrize(
    ("described", "amount", "part"),
    [
        # 0.9 * 1 + 0.1 * 4 of 0.9 * 2 + 0.1 * 8, at 0.1 an hour
        (ran("ec2", "m6i.large"), 0.1 * 1.3 / 2.6, "On-Demand"),
        (ran("ec2", "m6i.large", hours=3, vcpus=2, mib=8192), 0.3, "On-Demand"),
        (ran("ec2", "p4d.24xlarge", gpus=1), 32 * 10.3 / (72 + 86.4 + 115.2), "On-Demand"),
        (ran("spot", "m6i.large", vcpus=2, mib=8192), 0.04, "Spot"),
        (ran("one", "gone", vcpus=4, mib=16384), 0.2, "On-Demand"),
        (ran("fargate", mib=2048), 0.04 + 2 * 0.004, "Fargate"),
        (ran("cheap", vcpus=0.5, mib=1024), 0.005 + 0.001, "Fargate Spot"),
        (
            ran("fargate", mib=2048, runtimePlatform={"cpuArchitecture": "ARM64"}),
            0.03 + 2 * 0.003,
            "Fargate",
        ),
    ],
)
def test_a_job_costs_its_part_of_what_it_ran_on(described, amount, part, transport):
    found = estimate(transport, described)
    assert found.amount == pytest.approx(amount)
    assert found.parts == {part: pytest.approx(amount)}
    assert found.remarks == ()


def test_a_forgotten_instance_is_the_mean_of_what_its_environment_allows(transport):
    found = estimate(transport, ran("ec2", "gone", vcpus=2, mib=3072))
    shares = [0.1 * 2.1 / 2.6, 0.2 * 2.1 / 5.2, 0.08 * 2.1 / 2.2]
    assert found.amount == pytest.approx(sum(shares) / 3)
    (remark,) = found.remarks
    assert "forgotten by AWS; taken for them: the mean of m6i, c6i of ec2 (1)" in remark
    large = estimate(transport, ran("ec2", "gone", vcpus=4, mib=16384))
    assert large.amount == pytest.approx(0.2)  # no other type has room for it


def test_an_instance_that_was_asked_about_in_time_is_not_forgotten(transport, tmp_path):
    first = estimate(transport, ran("ec2", "m6i.large"))
    transport.reads["DescribeContainerInstances"] = {"failures": [{"reason": "MISSING"}]}
    later = estimate(transport, ran("ec2", "m6i.large"), ran("ec2", "m6i.xlarge"))
    assert later.amount > first.amount == pytest.approx(0.1 * 1.3 / 2.6)
    assert later.assumed == {"the mean of m6i, c6i of ec2": 1}
    asked = [each for name, each in transport.calls if name == "DescribeContainerInstances"]
    assert [len(each["containerInstances"]) for each in asked] == [1, 1]
    kept = tmp_path / "data" / "batchsdk" / "instances-us-east-1.json"
    for text in ("", "[1]", '{"a": 1}', "\xff"):
        kept.write_text(text, encoding="latin-1")
        assert estimate(transport, ran("ec2", "m6i.large")).assumed


@pytest.mark.parametrize(
    ("described", "what"),
    [
        (ran("ec2", "x9.huge"), "x9.huge On-Demand"),
        (ran("spot", "m6i.xlarge"), "m6i.xlarge Spot"),
        (ran("ec2", "gone", vcpus=64), "m6i, c6i On-Demand"),
        (ran("own", "m6i.large"), "own, which does not say whether it is Spot"),
        (ran("deleted", "m6i.large"), "compute environments that are not there any more"),
        (ran(None), "compute environments that are not there any more"),
        (
            ran("cheap", runtimePlatform={"cpuArchitecture": "ARM64"}),
            "Fargate Spot arm64",
        ),
        (
            ran("fargate", runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}),
            "Fargate with WINDOWS_SERVER_2022_CORE",
        ),
        (
            {**ran("ec2", "m6i.large"), "container": {}, "eksProperties": {}},
            "jobs whose resources AWS Batch does not tell",
        ),
    ],
)
def test_what_has_no_price_is_named_and_not_counted(described, what, transport):
    found = estimate(transport, described, ran("one", "m6i.xlarge", vcpus=4, mib=16384))
    assert found.unpriced == {what: 1}
    assert found.amount == pytest.approx(0.2)
    assert found.remarks == (
        f"Not in the estimate: 1 attempt(s) on what has no price: {what} (1).",
    )


def test_all_containers_of_a_job_are_charged_and_counted(transport):
    one = ran("one", "m6i.xlarge", vcpus=1, mib=4096)
    container = one.pop("container")
    several = [{**container, "name": "a"}, {**container, "name": "b", "essential": False}]
    task = {"containers": several, "taskArn": TASK.format("one")}
    found = estimate(
        transport, {**one, "container": {}, "ecsProperties": {"taskProperties": [task]}}
    )
    assert found.amount == pytest.approx(0.2 * 2.6 / 5.2)


def test_ecs_may_be_denied(transport):
    transport.reads["DescribeContainerInstances"] = AccessDeniedError(
        "no", operation="DescribeContainerInstances"
    )
    found = estimate(transport, ran("ec2", "m6i.large"), ran("fargate"))
    assert found.parts.keys() == {"On-Demand", "Fargate"}
    assert "Instances of cluster cluster-ec2 are not known: no" in found.remarks


@pytest.mark.parametrize(
    ("days", "told"),
    [(6, ""), (8, "Spot prices are 8 days old"), (31, "The prices are 31 days old")],
)
def test_old_prices_are_told(days, told, transport):
    clock = FakeClock()
    clock.seconds = timedelta(days=days).total_seconds()
    remarks = estimate(transport, ran("fargate"), clock=clock).remarks
    assert len(remarks) == (1 if told else 0)
    assert all(each.startswith(told) and "batchsdk prices update" in each for each in remarks)


def test_without_prices_there_is_no_estimate_and_ecs_is_not_asked(transport):
    transport.script("job-1", ran("ec2", "m6i.large"))
    assert connect(transport).usage(["job-1"]).estimate is None
    assert transport.count("DescribeContainerInstances") == 0


def test_a_table_of_ones_own_goes_before(transport, tmp_path):
    estimate(transport, ran("fargate"))
    table = tmp_path / "own.toml"
    table.write_text('currency = "EUR"\nsource = "own"\n[default]\nvcpuHour = 3\n')
    found = connect(transport).usage(["job-0"], prices=table).estimate
    assert (found.amount, found.currency, found.parts) == (3, "EUR", {})


@pytest.mark.parametrize(
    "change",
    [
        lambda _: "",
        lambda _: "[1]",
        lambda text: text.replace('"format": 1', '"format": 2'),
        lambda text: text.replace('"USD"', '"dollars"'),
        lambda text: text.replace('"onDemand": 0.1,', '"onDemand": -1,'),
        lambda text: text.replace('"vcpus": 2.0', '"vcpus": 0'),
        lambda text: text.replace('"spot": null', '"spot": NaN'),
        lambda text: text.replace("+00:00", ""),
    ],
)
def test_a_file_that_is_not_what_was_kept_is_refused(change, transport, tmp_path):
    connect(transport).update_prices()
    (path,) = (tmp_path / "data" / "batchsdk").iterdir()
    text = path.read_text()
    assert change(text) != text
    path.write_text(change(text))
    with pytest.raises(InvalidArgumentError, match="write it anew: batchsdk prices update"):
        connect(transport).usage(["job-1"])


def test_a_region_of_the_outputs_names_no_other_file(transport, tmp_path):
    outputs = stack_outputs(region="../../x\n/é")
    connect(transport, outputs=outputs).update_prices()
    (path,) = (tmp_path / "data" / "batchsdk").iterdir()
    assert path.name == "prices-______x___.json"


def test_a_folder_that_cannot_be_written_is_named(transport, tmp_path):
    (tmp_path / "data").write_text("")
    with pytest.raises(InvalidArgumentError, match="cannot be written: Not a directory"):
        connect(transport).update_prices()


def test_prices_and_costs_on_the_local_aws(stack):
    before = stack.run("prices", "show")
    assert (before.returncode, "run `batchsdk prices update`" in before.stderr) == (2, True)
    made = stack.run("prices", "update")
    assert made.returncode == 0, made.stderr
    assert "Fargate: arm64, x86_64" in made.stdout
    shown = stack.run("prices", "show", "c4.*", "fargate", "--output", "csv")
    rows = {row.split(",")[0]: row.split(",") for row in shown.stdout.splitlines()}
    assert {"c4.large", "fargate x86_64 vCPU"} < rows.keys()
    assert "m6i.large" not in rows
    listed = float(rows["c4.large"][4])
    assert 0 < float(rows["c4.large"][5]) < listed
    wrong = stack.run("prices", "show", "z9.*")
    assert (wrong.returncode, "no price of z9.* is kept" in wrong.stderr) == (2, True)
    assert stack.run("prices", "update", "c4.large").returncode == 2
    batch = batchsdk.connect(outputs=stack.outputs_file)
    job = batch.submit("sleep", parameters={"WaitTime": "1"})
    job.wait(300)
    used = batch.usage([job])
    part = (0.9 * 1 + 0.1 * 100 / 1024) / (0.9 * 2 + 0.1 * 3.75)
    assert used.estimate.amount == pytest.approx(listed * part * used.total.run_seconds / 3600)
    told = stack.run("usage", job.id)
    assert told.stdout.splitlines()[0].endswith("\tESTIMATE")
    assert "prices: AWS Price List API, us-east-1, 20" in told.stderr
    amount = float(told.stdout.splitlines()[1].split("\t")[-1].removesuffix(" USD"))
    assert math.isclose(amount, used.estimate.amount, rel_tol=0.1)
    page = batch.report(job.id).html
    assert "This is not a bill." in page
    assert ">Estimate<" in page
