"""Instances: launched for jobs, shared by them, dropped after them."""

from __future__ import annotations

import pytest

from localaws.batch.fleet import InstanceSize

C4_LARGE = {"vcpus": 2, "memory": 3808}  # 3840 MiB less the ECS agent's 32


def test_jobs_share_an_instance_as_long_as_they_fit(ready):
    jobs = [ready.submit() for _ in range(3)]
    first, second, third = (ready.instance(job_id) for job_id in jobs)
    assert first == second != third
    assert ready.desired_vcpus() == 4


def test_memory_fills_an_instance_too(ready):
    large, small, tiny = ready.submit(memory=3000), ready.submit(memory=900), ready.submit()
    assert ready.instance(large) != ready.instance(small)
    assert ready.instance(large) == ready.instance(tiny)


def test_gpus_fill_an_instance_too(batch):
    batch.queue(batch.environment(instanceTypes=["g4dn.xlarge"]))
    jobs = [batch.submit(gpus=1) for _ in range(2)]
    assert len({batch.instance(job_id) for job_id in jobs}) == 2


@pytest.mark.parametrize(
    ("image", "status"),
    [({}, "STARTING"), ({"imageType": "ECS_AL2023_NVIDIA"}, "STARTING"),
     ({"imageType": "ECS_AL2023"}, "RUNNABLE")],
)  # fmt: skip
def test_only_an_image_with_the_driver_registers_gpus(batch, image, status):
    images = {"ec2Configuration": [image]} if image else {}
    batch.queue(batch.environment(instanceTypes=["g4dn.xlarge"], **images))
    assert batch.job(batch.submit(gpus=1))["status"] == status


def test_an_idle_instance_is_dropped(ready):
    ready.submit()
    assert ready.desired_vcpus() == 2
    ready.finish(0)
    assert ready.desired_vcpus() == 0


def test_the_minimum_runs_without_jobs_even_when_disabled(batch):
    batch.queue(batch.environment(minvCpus=4))
    assert batch.desired_vcpus() == 4
    batch.submit(**C4_LARGE)
    assert batch.desired_vcpus() == 4
    batch.call("UpdateComputeEnvironment", computeEnvironment="environment", state="DISABLED")
    batch.finish(0)
    assert batch.desired_vcpus() == 4


def test_an_idle_instance_of_the_minimum_makes_way_for_one_that_fits(batch):
    batch.queue(batch.environment(minvCpus=2, maxvCpus=4, instanceTypes=["c4.large", "c4.xlarge"]))
    job_id = batch.submit(vcpus=4)
    assert batch.job(job_id)["status"] == "STARTING"
    assert batch.desired_vcpus() == 4


@pytest.mark.parametrize(
    ("kind", "strategy", "vcpus"),
    [
        ("EC2", "BEST_FIT", 2),
        ("EC2", "BEST_FIT_PROGRESSIVE", 4),
        ("SPOT", "BEST_FIT", 4),
        ("SPOT", "SPOT_CAPACITY_OPTIMIZED", 4),
    ],
)
def test_the_last_instance_may_exceed_the_maximum_save_with_on_demand_best_fit(
    batch, kind, strategy, vcpus
):
    role = {"spotIamFleetRole": "arn:aws:iam::123456789012:role/fleet"} if kind == "SPOT" else {}
    batch.queue(batch.environment(type=kind, allocationStrategy=strategy, maxvCpus=3, **role))
    for _ in range(8):
        batch.submit()
    assert len(batch.launched) == vcpus
    assert batch.desired_vcpus() == vcpus


@pytest.mark.parametrize(
    ("strategy", "vcpus"),
    [
        ("BEST_FIT", 2),  # the smallest that fits
        ("BEST_FIT_PROGRESSIVE", 2),
        ("BEST_FIT_PROGRESSIVE_ORDERED", 8),  # the first that fits
    ],
)
def test_the_strategy_chooses_the_instance_type(batch, strategy, vcpus):
    types = ["c4.2xlarge", "c4.large", "c4.xlarge"]
    batch.queue(batch.environment(allocationStrategy=strategy, instanceTypes=types))
    batch.submit()
    assert batch.desired_vcpus() == vcpus


def test_a_lowered_maximum_launches_nothing_more(ready):
    for _ in range(2):
        ready.submit(**C4_LARGE)
    ready.call(
        "UpdateComputeEnvironment",
        computeEnvironment="environment",
        computeResources={"maxvCpus": 2},
    )
    ready.submit(**C4_LARGE)
    assert len(ready.launched) == 2
    ready.finish(0)
    assert len(ready.launched) == 2
    ready.finish(1)
    assert len(ready.launched) == 3


def test_fargate_has_vcpus_and_no_instances(batch):
    batch.call(
        "CreateComputeEnvironment",
        computeEnvironmentName="fargate",
        type="MANAGED",
        computeResources={
            "type": "FARGATE",
            "maxvCpus": 1,
            "subnets": ["subnet-1"],
            "securityGroupIds": ["sg-1"],
        },
    )
    batch.queue("fargate")
    jobs = [batch.submit(vcpus=0.25, memory=512, platform="FARGATE") for _ in range(5)]
    assert [batch.job(job_id)["status"] for job_id in jobs] == ["STARTING"] * 4 + ["RUNNABLE"]
    assert "containerInstanceArn" not in batch.job(jobs[0])["container"]
    batch.finish(0)
    assert batch.job(jobs[4])["status"] == "STARTING"


def test_an_unmanaged_environment_has_the_instances_that_were_registered(batch):
    batch.call(
        "CreateComputeEnvironment",
        computeEnvironmentName="own",
        type="UNMANAGED",
        serviceRole="arn:aws:iam::123456789012:role/service",
    )
    batch.queue("own")
    first, second = (batch.submit(vcpus=2) for _ in range(2))
    assert batch.job(first)["status"] == "RUNNABLE"
    assert "statusReason" not in batch.job(first)  # what will be registered is not known
    fleet = batch.state.compute_environments["own"].fleet
    size = InstanceSize("c4.large", vcpus=2, memory=3000, gpus=0)
    instance = fleet.join("i-1", "arn:aws:ecs:us-east-1:1:container-instance/a/1", size)
    batch.advance()
    assert (batch.job(first)["status"], batch.job(second)["status"]) == ("STARTING", "RUNNABLE")
    assert batch.instance(first) == instance.arn
    batch.finish(0)
    assert batch.job(second)["status"] == "STARTING"
    fleet.leave(instance)
    batch.finish(1)
    assert (fleet.vcpus, fleet.busy_vcpus, fleet.instances) == (0, 0, {})


def test_a_lost_host_says_so_and_the_job_is_retried(ready):
    job_id = ready.submit(retryStrategy={"attempts": 2})
    lost = ready.launched[0][1]
    ready.start(lost)
    reason = "Host EC2 (instance i-1) terminated."
    ready.scheduler.exited(lost, None, None, ready.now, status_reason=reason)
    ready.advance()
    (attempt,) = ready.job(job_id)["attempts"]
    assert attempt["statusReason"] == reason
    assert "exitCode" not in attempt["container"]
    assert len(ready.launched) == 2
