"""The launch template of instances: what is in it, and what it does to its environment."""

from __future__ import annotations

import base64
import json
import subprocess
from collections.abc import Sequence
from email import message_from_string
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from batch_platform.changes.compare import changes
from batch_platform.changes.rules import Action
from batch_platform.changes.snapshot import of_settings
from batch_platform.changes.state import of_state
from batch_platform.compute_environments.user_data import Part, archive
from batch_platform.plan import assumed_plan
from batch_platform.policy.instances import volumes_encrypted
from batch_platform.program.command import summary
from batch_platform.settings import parse_stack_file, validate_stack_file
from tests.batch_platform.generated_configs import stack_file
from tests.batch_platform.program_config import config
from tests.batch_platform.recorded_policies import violations
from tests.batch_platform.recorded_run import Answer, Run, RunProgram
from tests.batch_platform.stack_exports import deployment
from tests.batch_platform.stack_files import CE, changed, load, refusals

TEMPLATE: dict[str, Any] = {
    "rootVolume": {"volumeSize": 100, "iops": 4000, "throughput": 250},
    "ecsAgent": {"ECS_RESERVED_MEMORY": "256", "ECS_IMAGE_PULL_BEHAVIOR": "prefer-cached"},
    "instanceStore": {"mountPath": "/scratch"},
    "efsMounts": [
        {"fileSystemId": "fs-0a1b", "mountPath": "/mnt/all"},
        {"fileSystemId": "fs-0a1b", "mountPath": "/mnt/own", "accessPointId": "fsap-0c2d"},
    ],
    "userData": [
        {"content": "#!/bin/bash\necho mine\n"},
        {"contentType": "text/cloud-config", "content": "package_update: true\n"},
    ],
}


@pytest.fixture
def run_with(run_program: RunProgram) -> Any:
    """Run the program with one environment whose launch template has these keys."""

    def run(
        template: dict[str, Any] | None = None,
        *,
        network: str = "{mode: nat}",
        answers: Sequence[Answer] = (),
    ) -> Run:
        keys = {"type": "EC2"} | ({"launchTemplate": template} if template else {})
        text = config(network).replace("{type: EC2}", json.dumps(keys))
        return run_program(text, answers=answers)

    return run


def archive_of(run: Run) -> list[Message]:
    text = base64.b64decode(run.only("LaunchTemplate").inputs["userData"]).decode("ascii")
    message = message_from_string(text)
    assert message.get_content_type() == "multipart/mixed"
    return [part for part in message.walk() if not part.is_multipart()]


def text_of(part: Message) -> str:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode("ascii")


def test_every_environment_of_instances_has_imdsv2_and_an_encrypted_root(run_with: Any) -> None:
    template = run_with().only("LaunchTemplate").inputs
    assert template["metadataOptions"] == {
        "httpEndpoint": "enabled",
        "httpTokens": "required",
        "httpPutResponseHopLimit": 1,
    }
    (root,) = template["blockDeviceMappings"]
    assert root["deviceName"] == "/dev/xvda"
    assert root["ebs"] == {
        "encrypted": "true",
        "deleteOnTermination": "true",
        "volumeType": "gp3",
        "volumeSize": 30,
    }
    assert "userData" not in template
    assert "imageId" not in template
    (volumes,) = template["tagSpecifications"]
    assert volumes["resourceType"] == "volume"
    assert volumes["tags"]["batch-platform:environment"] == "test"


def test_size_and_speed_of_the_root_volume(run_with: Any) -> None:
    (root,) = run_with(TEMPLATE).only("LaunchTemplate").inputs["blockDeviceMappings"]
    assert (root["ebs"]["volumeSize"], root["ebs"]["iops"], root["ebs"]["throughput"]) == (
        100,
        4000,
        250,
    )


DATA: dict[str, Any] = {"deviceName": "/dev/sdf", "volumeSize": 200}


def data(*volumes: dict[str, Any]) -> dict[str, Any]:
    return {"dataVolumes": list(volumes)}


MISTAKEN_VOLUMES: list[tuple[list[dict[str, Any]], str]] = [
    ([{**DATA, "deviceName": "/dev/sda"}], "deviceName: '/dev/sda' is not a device name that EC2"),
    ([{**DATA, "deviceName": "/dev/xvda"}], "deviceName: '/dev/xvda' is not a device name that"),
    ([{"volumeSize": 8}], "dataVolumes[0].deviceName: missing"),
    ([{"deviceName": "/dev/sdf"}], "[0].volumeSize: missing: a volume without a snapshot needs"),
    ([DATA, {**DATA, "deviceName": "/dev/xvdf"}], "[1].deviceName: '/dev/xvdf' is the device of"),
    ([{**DATA, "volumeType": "st1", "volumeSize": 100}], "100 is below 125 GiB, the least of st1"),
    ([{**DATA, "volumeType": "sc1", "iops": 100}], "iops: 100: a volume of sc1 takes no iops"),
    ([{**DATA, "volumeSize": 65_537}], "volumeSize: 65537 is above 65536 GiB, the most of gp3"),
    ([{**DATA, "volumeSize": 0}], "volumeSize: 0 is below 1 GiB, the least of gp3"),
    ([{**DATA, "snapshotId": "vol-1"}], "snapshotId: 'vol-1' is not the id of a snapshot"),
    (
        [{**DATA, "snapshotId": "snap-1", "kmsKeyId": "arn:aws:kms:us-east-1:123456789012:key/a"}],
        "[0].kmsKeyId: snap-1 decides the key: EC2 takes none for a volume from a snapshot",
    ),
    ([{**DATA, "mountPath": "/usr"}], "mountPath: '/usr' is not a folder that can be mounted"),
    (
        [{**DATA, "mountPath": "/a"}, {**DATA, "deviceName": "/dev/sdg", "mountPath": "/a"}],
        "dataVolumes[1].mountPath: '/a' is used by another of the list; fix: choose another folder",
    ),
    ([{**DATA, "deviceName": f"/dev/sd{letter}"} for letter in "bcdefghijklmnopqrstuv"],
     "has 21 items; fix: give at most 20"),
]  # fmt: skip


def test_further_volumes_are_encrypted_and_go_with_their_instance(run_with: Any) -> None:
    fast = {**DATA, "volumeType": "io2", "iops": 5000}
    of_snapshot = {"deviceName": "/dev/sdg", "snapshotId": "snap-0a1b"}
    run = run_with(data(fast, of_snapshot))
    _, first, second = run.only("LaunchTemplate").inputs["blockDeviceMappings"]
    assert first == {
        "deviceName": "/dev/sdf",
        "ebs": {
            "encrypted": "true",
            "deleteOnTermination": "true",
            "volumeType": "io2",
            "volumeSize": 200,
            "iops": 5000,
        },
    }
    # EC2 takes no word on the encryption of a volume from a snapshot: it has the snapshot's.
    assert second["ebs"] == {
        "deleteOnTermination": "true",
        "snapshotId": "snap-0a1b",
        "volumeType": "gp3",
    }
    assert "userData" not in run.only("LaunchTemplate").inputs
    assert violations([volumes_encrypted], run.resources) == {}


@pytest.mark.parametrize(
    ("snapshot", "said"),
    [
        ({"encrypted": False, "volumeSize": 8}, "snapshotId: snap-0a1b is not encrypted, and a vo"),
        ({"encrypted": True, "volumeSize": 300}, "volumeSize: 200 is below 300 GiB, the size of"),
        ("couldn't find resource", "snapshotId: snap-0a1b does not exist; fix: name a snapshot of"),
    ],
)
def test_a_snapshot_that_makes_no_encrypted_volume_is_refused(
    snapshot: dict[str, Any] | str, said: str, run_program: RunProgram
) -> None:
    volume = {**DATA, "snapshotId": "snap-0a1b"}
    wanted = changed(f"{CE}/launchTemplate", data(volume))
    run = run_program(stack_file(wanted), answers=[("getSnapshot", {}, snapshot)])
    assert run.resources == []
    (line,) = run.refused
    assert f"launchTemplate.dataVolumes[0].{said}" in line


@pytest.mark.parametrize("has_file_system", [False, True])
def test_a_volume_is_mounted_and_only_an_empty_one_is_formatted(
    has_file_system: bool, run_with: Any, tmp_path: Path
) -> None:
    """Run the part with commands that only tell how they were called; /dev/null for the disk."""
    template = data({**DATA, "mountPath": "/data"}, {**DATA, "deviceName": "/dev/sdg"})
    (part,) = archive_of(run_with(template))
    script = text_of(part).replace("test -b", "test -e").replace("/dev/sdf", "/dev/null")
    assert "sdg" not in script
    answers = {"blkid": "exit 0" if has_file_system else "exit 2", "findmnt": "echo xfs"}
    commands = ("mkdir", "mount", "mkfs.xfs", "xfs_growfs", "chmod", "systemctl", *answers)
    for name in commands:
        command = tmp_path / name
        told = f'echo "{name} $@" >> {tmp_path}/called'
        command.write_text(f"#!/bin/bash\n{told}\n{answers.get(name, '')}\n")
        command.chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run(["bash", "-c", script], env=path, check=True)
    called = (tmp_path / "called").read_text().splitlines()
    mounted = "mount -o noatime /dev/null /data"
    if has_file_system:
        findmnt = "findmnt --noheadings --output FSTYPE /data"
        assert called[2:] == [mounted, findmnt, "xfs_growfs /data"]
    else:
        assert called[2:] == ["mkfs.xfs /dev/null", mounted, "chmod 1777 /data"]


def cores(instance_type: str, vcpus: int) -> str:
    """Return a config with one thread for each core, and a job."""
    config_of = changed(f"{CE}/instanceTypes", [instance_type])
    config_of["batch-platform:computeEnvironments"]["default"]["launchTemplate"] = {
        "threadsPerCore": 1
    }
    config_of["batch-platform:jobDefinitions"]["hello"]["vcpus"] = vcpus
    return stack_file(config_of)


def test_one_thread_for_each_core_halves_the_vcpus_of_the_instance(run_program: RunProgram) -> None:
    run = run_program(cores("c5.4xlarge", 8))
    template = run.only("LaunchTemplate", "test-default").inputs
    assert template["cpuOptions"] == {"coreCount": 8, "threadsPerCore": 1}
    assert "cpuOptions" not in run.only("LaunchTemplate", "test-spot").inputs
    told = run.outputs["computeEnvironments"]["default"]["largestInstance"]
    assert (told["vcpus"], told["memory"]) == (8, 32768)
    (line,) = run_program(cores("c5.4xlarge", 9)).refused
    assert "in default, vCPUs: asked 9, at most 8 can be had" in line


def test_the_cores_of_a_newer_type_are_asked_of_aws(run_program: RunProgram) -> None:
    (line,) = run_program(cores("c99.large", 1)).refused
    assert "threadsPerCore: c99.large is not among the instance types known here, and EC2" in line

    told = {
        "defaultVcpus": 2,
        "defaultCores": 1,
        "validThreadsPerCores": [1, 2],
        "memorySize": 4096,
        "gpuses": [],
        "supportedArchitectures": ["x86_64"],
    }
    offered = ("getInstanceTypes", {}, {"instanceTypes": ["c99.large"]})
    run = run_program(cores("c99.large", 1), answers=[offered, ("getInstanceType", {}, told)])
    template = run.only("LaunchTemplate", "test-default").inputs
    assert template["cpuOptions"] == {"coreCount": 1, "threadsPerCore": 1}

    answers = [offered, ("getInstanceType", {}, told | {"validThreadsPerCores": [1]})]
    (line,) = run_program(cores("c99.large", 1), answers=answers).refused
    assert "c99.large is bare metal, or has one thread for each core anyway" in line


@pytest.mark.parametrize(
    ("types", "said"),
    [
        (["c5"], "threadsPerCore: EC2 takes it with the number of cores, which differs among the"),
        (
            ["c5.large", "c5.xlarge"],
            "differs among the types of c5.large, c5.xlarge; fix: name one",
        ),
        (["c5.metal"], "threadsPerCore: c5.metal is bare metal, or has one thread for each core"),
        (["m7g.large"], "threadsPerCore: m7g.large is bare metal, or has one thread for each core"),
    ],
)
def test_threads_of_types_that_leave_no_choice(tmp_path: Path, types: list[str], said: str) -> None:
    environment = {"type": "EC2", "instanceTypes": types, "launchTemplate": {"threadsPerCore": 1}}
    (line,) = refusals(changed(CE, environment), tmp_path)
    assert said in line


def test_pain_09_launch_template_drift(run_with: Any) -> None:
    """The version is the number that the template has now, as text: never ``$Latest``."""
    run = run_with(TEMPLATE)
    resources = run.only("ComputeEnvironment").inputs["computeResources"]
    assert resources["launchTemplate"] == {
        "launchTemplateId": "LaunchTemplate/test-default",
        "version": "7",
    }


def test_pain_11_user_data_must_be_mime_multipart(run_with: Any) -> None:
    run = run_with(TEMPLATE)
    parts = archive_of(run)
    assert [part.get_content_type() for part in parts] == [
        "text/x-shellscript",
        "text/x-shellscript",
        "text/x-shellscript",
        "text/x-shellscript",
        "text/cloud-config",
    ]
    agent, store, efs, mine, cloud = map(text_of, parts)
    assert "echo ECS_RESERVED_MEMORY=256 >> /etc/ecs/ecs.config\n" in agent
    assert "mount -o noatime" in store
    assert "/scratch" in store
    assert "mount -t efs -o tls fs-0a1b:/ /mnt/all\n" in efs
    assert "mount -t efs -o tls,accesspoint=fsap-0c2d fs-0a1b:/ /mnt/own\n" in efs
    assert (mine, cloud) == ("#!/bin/bash\necho mine\n", "package_update: true\n")
    # Another text would be another version, and an infrastructure update at every deployment.
    assert run_with(TEMPLATE).only("LaunchTemplate").inputs == run.only("LaunchTemplate").inputs


def test_the_scripts_are_bash(run_with: Any, tmp_path: Path) -> None:
    for number, part in enumerate(archive_of(run_with(TEMPLATE))[:4]):
        script = tmp_path / f"{number}.sh"
        script.write_text(text_of(part))
        subprocess.run(["bash", "-n", str(script)], check=True)


def test_a_failed_part_keeps_the_instance_out_of_the_cluster(run_with: Any, tmp_path: Path) -> None:
    """Run the part of EFS with commands that only tell how they were called."""
    script = text_of(archive_of(run_with({"efsMounts": TEMPLATE["efsMounts"][:1]}))[0])
    for name, code in (("dnf", 0), ("mkdir", 0), ("mount", 1), ("systemctl", 0)):
        command = tmp_path / name
        command.write_text(f'#!/bin/bash\necho "{name} $@" >> {tmp_path}/called\nexit {code}\n')
        command.chmod(0o755)
    done = subprocess.run(
        ["bash", "-c", script],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin"},
        check=False,
    )
    assert done.returncode != 0
    assert (tmp_path / "called").read_text().splitlines()[-3:] == [
        "mount -t efs -o tls fs-0a1b:/ /mnt/all",
        "systemctl mask ecs",
        "systemctl stop --no-block ecs",
    ]


def test_all_but_root_are_kept_from_the_instance_metadata(run_with: Any, tmp_path: Path) -> None:
    """Run the part with a firewall that only tells how it was called, before all other parts."""
    first, *others = archive_of(run_with({"blockImds": True, **TEMPLATE}))
    assert not any("169.254.169.254" in text_of(part) for part in others)
    script = text_of(first).replace("/etc/ecs/ecs.config", str(tmp_path / "ecs.config"))
    (tmp_path / "iptables").write_text(f'#!/bin/bash\necho "$@" > {tmp_path}/called\n')
    (tmp_path / "iptables").chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    subprocess.run(["bash", "-c", script], env=path, check=True)
    assert (tmp_path / "called").read_text().split() == [
        *("--insert", "OUTPUT", "--destination", "169.254.169.254"),
        *("--match", "owner", "!", "--uid-owner", "root", "--jump", "REJECT"),
    ]
    assert (tmp_path / "ecs.config").read_text() == "ECS_AWSVPC_BLOCK_IMDS=true\n"
    assert "userData" not in run_with({"blockImds": False}).only("LaunchTemplate").inputs


def test_jobs_of_root_are_warned_of_where_the_metadata_is_blocked(
    run_program: RunProgram, tmp_path: Path
) -> None:
    config_of = changed(f"{CE}/launchTemplate", {"blockImds": True})
    sized = {"image": "a", "memory": 100}
    nodes = {"numNodes": 1, "mainNode": 0, "nodeRangeProperties": [
        {"targetNodes": "0", "container": {"image": "a", "resourceRequirements": [
            {"type": "MEMORY", "value": "100"}, {"type": "VCPU", "value": "1"}]}}]}  # fmt: skip
    config_of["batch-platform:jobDefinitions"] = {
        "root": sized,
        "named": {**sized, "user": "root"},
        "other": {**sized, "user": "1000:1000"},
        "nodes": {"nodeProperties": nodes},
    }
    config_of["batch-platform:network"] = {"mode": "nat"}
    said = summary(assumed_plan(load(config_of, tmp_path)))
    told = [line.split(maxsplit=1)[1] for line in said if " warning " in line]
    run = run_program(stack_file(config_of))
    assert told == run.warnings
    assert [each.partition(":")[0] for each in told] == ["jobDefinitions.root",
                                                         "jobDefinitions.named"]  # fmt: skip
    assert "blockImds of computeEnvironments.default" in told[0]
    assert run_program(stack_file(changed(CE, {"type": "EC2"}))).warnings == []


def test_efs_is_let_out_within_the_vpc_and_only_where_it_is_mounted(run_with: Any) -> None:
    def rules_for_nfs(run: Run) -> list[tuple[Any, Any]]:
        rules = run.every("SecurityGroupEgressRule")
        return [(r.inputs["cidrIpv4"], r.inputs["toPort"]) for r in rules if "efs" in r.name]

    assert rules_for_nfs(run_with(TEMPLATE)) == [("10.0.0.0/16", 2049)]
    assert rules_for_nfs(run_with()) == []


def test_a_state_from_before_launch_templates_is_replaced(run_with: Any) -> None:
    run = run_with()
    run.resources.remove(run.only("LaunchTemplate"))
    del run.only("ComputeEnvironment").inputs["computeResources"]["launchTemplate"]
    wanted = parse_stack_file(config("{mode: nat}"), Path("Pulumi.test.yaml"))
    new = of_settings(validate_stack_file(wanted), "config")
    old = of_state(json.loads(deployment(run))["deployment"], "state", "test")
    (environment,) = [change for change in changes(old, new) if change.key == "default"][:1]
    assert [edit.rule.name for edit in environment.edits] == ["launch-template"]
    assert environment.action is Action.REPLACE


NEWEST = {"defaultVersion": 2, "latestVersion": 3, "metadataOptions": [{"httpTokens": "required"}]}
"""A launch template of another team, as the provider tells of it."""


def multipart() -> str:
    parts = archive([Part("text/x-shellscript", "#!/bin/sh\n")])
    return base64.b64encode((parts or "").encode()).decode()


@pytest.mark.parametrize(
    ("template", "version"),
    [
        ({"launchTemplateId": "lt-1"}, "2"),
        ({"launchTemplateId": "lt-1", "version": "$Latest"}, "3"),
        ({"launchTemplateName": "mine", "version": 1}, "1"),
    ],
)
def test_a_template_of_another_team_is_used_by_the_number_of_its_version(
    run_with: Any, template: dict[str, Any], version: str
) -> None:
    """AWS Batch would read ``$Default`` again in an infrastructure update alone."""
    told = NEWEST | {"userData": multipart()}
    by = {"id": "lt-1"} if "launchTemplateId" in template else {"name": "mine"}
    run = run_with(template, answers=[("getLaunchTemplate", by, told)])
    assert run.every("LaunchTemplate") == []
    resources = run.only("ComputeEnvironment").inputs["computeResources"]
    assert resources["launchTemplate"] == {**template, "version": version}
    unchecked = f"the content of version {version} of"
    assert [unchecked in each for each in run.warnings] == [True] * (version != "3")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (None, "launchTemplateId: lt-1 does not exist in ap-northeast-1"),
        ({"latestVersion": 1}, "version: 3, and lt-1 has 1 version(s); fix: write one that it has"),
        (
            {"networkInterfaces": [{}]},
            "launchTemplateId: lt-1: it has network interfaces, and AWS Batch takes either these",
        ),
        (
            {"userData": base64.b64encode(b"#!/bin/sh\n").decode()},
            "launchTemplateId: lt-1: its user data is no MIME multipart archive",
        ),
    ],
)
def test_a_template_of_another_team_that_aws_batch_could_not_use_is_refused(
    run_with: Any, told: dict[str, Any] | None, said: str
) -> None:
    wanted = {"launchTemplateId": "lt-1", "version": 3}
    answer = "no matching EC2 Launch Template found" if told is None else NEWEST | told
    run = run_with(wanted, answers=[("getLaunchTemplate", {}, answer)])
    assert run.resources == []
    (line,) = run.refused
    assert said in line


@pytest.mark.sampled(3)
@pytest.mark.parametrize(
    ("told", "said"),
    [
        ({"instanceType": "c5.large"}, "the instance type in it has no effect: instanceTypes of"),
        ({"iamInstanceProfiles": [{}]}, "the instance profile in it has no effect"),
        ({"vpcSecurityGroupIds": ["sg-1"]}, "the security groups in it has no effect"),
        ({"imageId": "ami-1"}, "the AMI in it has no effect: write it as imageIdOverride"),
        ({"metadataOptions": []}, "it does not require IMDSv2"),
        ({"keyName": "ops"}, None),
    ],
)
def test_what_a_template_of_another_team_has_in_vain_is_warned_of(
    run_with: Any, told: dict[str, Any], said: str | None
) -> None:
    wanted = {"launchTemplateId": "lt-1", "version": "$Latest"}
    run = run_with(wanted, answers=[("getLaunchTemplate", {}, NEWEST | told)])
    assert run.refused == []
    assert [said in each for each in run.warnings if said] == [True] * (said is not None)


def test_a_version_that_only_aws_knows_is_no_edit(run_with: Any) -> None:
    """Against a state, which has the number: the deployment tells whether it is another."""
    given = {"launchTemplateId": "lt-1"}
    run = run_with(given)
    keys = json.dumps({"type": "EC2", "launchTemplate": given})
    text = config("{mode: nat}").replace("{type: EC2}", keys)
    wanted = parse_stack_file(text, Path("Pulumi.test.yaml"))
    new = of_settings(validate_stack_file(wanted), "config")
    old = of_state(json.loads(deployment(run))["deployment"], "state", "test")
    assert [change.edits for change in changes(old, new) if change.key == "default"][:1] == [()]


@pytest.mark.parametrize(
    ("template", "said"),
    [
        (
            {"instanceStore": {"mountPath": "/a"}, **data({**DATA, "mountPath": "/a"})},
            "dataVolumes[0].mountPath: '/a' is used by instanceStore",
        ),
        (
            {
                **data({**DATA, "mountPath": "/a"}),
                "efsMounts": [{"fileSystemId": "fs-1", "mountPath": "/a"}],
            },
            "efsMounts[0].mountPath: '/a' is used by dataVolumes",
        ),
        (
            {"rootVolume": {"deviceName": "/dev/sdf"}, **data({**DATA, "deviceName": "/dev/xvdf"})},
            "dataVolumes[0].deviceName: '/dev/xvdf' is the device of rootVolume",
        ),
        ({"rootVolume": {"volumeSize": 29}}, "rootVolume.volumeSize: 29 is below 30"),
        ({"rootVolume": {"volumeType": "st1"}}, "volumeType: 'st1' is not one of gp3, gp2, io1"),
        (
            {"rootVolume": {"volumeType": "gp2", "volumeSize": 20_000}},
            "volumeSize: 20000 is above 16384 GiB, the most of gp2",
        ),
        ({"rootVolume": {"volumeType": "io2"}}, "iops: missing: a volume of io2 needs it"),
        ({"rootVolume": {"iops": 100}}, "iops: 100 is not between 3000 and 80000"),
        ({"rootVolume": {"volumeType": "gp2", "iops": 100}}, "a volume of gp2 takes no iops"),
        (
            {"rootVolume": {"volumeType": "io1", "iops": 100, "throughput": 125}},
            "throughput: 125: a volume of io1 takes no throughput",
        ),
        ({"rootVolume": {"throughput": 2001}}, "throughput: 2001 is above 2000"),
        (
            {"rootVolume": {"volumeSize": 31, "iops": 15501}},
            "iops: 15501 is above 15500, the most of 31 GiB of gp3 (500 for each GiB)",
        ),
        (
            {"rootVolume": {"volumeType": "io1", "volumeSize": 100, "iops": 5001}},
            "iops: 5001 is above 5000, the most of 100 GiB of io1",
        ),
        (
            {"rootVolume": {"volumeType": "io2", "volumeSize": 100, "iops": 100001}},
            "iops: 100001 is above 100000, the most of 100 GiB of io2",
        ),
        (
            {"rootVolume": {"throughput": 751}},
            "751 is above 750 MiB/s, the most with 3000 iops (0.25 for each); fix: write less, or",
        ),
        ({"rootVolume": {"kmsKeyId": "alias/mine"}}, "'alias/mine' is not the ARN of a KMS key"),
        ({"rootVolume": {"encrypted": False}}, "encrypted: every volume is encrypted; fix: remov"),
        ({"rootVolume": {"volumeType": "sc1"}}, "volumeType: 'sc1' is not one of gp3, gp2, io1"),
        *((data(*volumes), said) for volumes, said in MISTAKEN_VOLUMES),
        ({"ecsAgent": {"ECS_CLUSTER": "x"}}, "ECS_CLUSTER: AWS Batch itself sets the cluster"),
        ({"ecsAgent": {"PATH": "x"}}, "'PATH' is not a setting of the ECS agent"),
        ({"ecsAgent": {"ECS_A": "x\ny"}}, "ecsAgent.ECS_A: 'x\\ny' is not one line of ASCII"),
        ({"instanceStore": {"mountPath": "/var/lib/docker"}}, "is not a folder that can be"),
        ({"instanceStore": {"mountPath": "scratch; reboot"}}, "is not a folder that can be"),
        (
            {"efsMounts": [{"fileSystemId": "efs-1", "mountPath": "/mnt/a"}]},
            "efsMounts[0].fileSystemId: 'efs-1' is not an id of EFS; fix: write e.g. fs-0123abcd",
        ),
        (
            {
                "instanceStore": {"mountPath": "/mnt/a"},
                "efsMounts": [{"fileSystemId": "fs-1", "mountPath": "/mnt/a"}],
            },
            "efsMounts[0].mountPath: '/mnt/a' is used by instanceStore",
        ),
        ({"threadsPerCore": 2}, "launchTemplate.threadsPerCore: 2 is not one of 1"),
        ({"userData": [{"content": "echo hi"}]}, "content: a script begins with #!"),
        ({"userData": [{"content": "#!/bin/sh\né"}]}, "userData[0].content: the text is not ASCII"),
        ({"userData": [{"content": "#!" + "x" * 12_287}]}, "12289 bytes, and there is room for"),
        ({"userData": [{"contentType": "text/html", "content": "x"}]}, "is not one of text/x-"),
        ({"imageId": "ami-1"}, "launchTemplate.imageId: unknown key"),
        (
            {"launchTemplateId": "mine"},
            "launchTemplateId: 'mine' is not the id of a launch template",
        ),
        ({"launchTemplateName": "a b"}, "launchTemplateName: 'a b' is not the name of a launch"),
        ({"version": 1}, "version: it is of a template that another team made, and none is named"),
        (
            {"launchTemplateId": "lt-1", "version": "2"},
            "version: '2' is not a version; fix: write a number without quotes, $Default or",
        ),
        (
            {"launchTemplateId": "lt-1", "launchTemplateName": "mine"},
            "launchTemplateName: it is given beside launchTemplateId, and AWS Batch takes one",
        ),
        (
            {"launchTemplateName": "mine", "blockImds": True},
            "blockImds: it is given beside launchTemplateName, and is about a template that the",
        ),
    ],
)
def test_a_mistake_in_a_launch_template(
    tmp_path: Path, template: dict[str, Any], said: str
) -> None:
    lines = refusals(changed(f"{CE}/launchTemplate", template), tmp_path)
    assert any(said in line for line in lines), lines
