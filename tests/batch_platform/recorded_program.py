"""Runs the Pulumi program in this process under mocks, and prints what it did as JSON.

A fork for each run: the SDK keeps its state in globals and opens event loops on threads, and
importing it and the program's modules takes seconds. One line of JSON comes in for each run, one
goes out.
"""

from __future__ import annotations

import asyncio
import gc
import importlib
import json
import logging
import os
import re
import runpy
import sys
import traceback
import typing
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pulumi
import pulumi.runtime
import pulumi_aws
from google.protobuf import json_format
from pulumi import _types
from pulumi.runtime import mocks as pulumi_mocks
from pulumi.runtime import resource as pulumi_resource
from pulumi.runtime import stack as pulumi_stack
from pulumi.runtime.proto import source_pb2

from batch_platform.instances.known import by_family
from batch_platform.settings import SettingsError, api_shapes, loading, read_stack_file

ROOT = Path(__file__).parents[2]

UNKNOWN = "(unknown)"

TEMPLATE = {
    "defaultVersion": 2,
    "latestVersion": 3,
    "metadataOptions": [{"httpTokens": "required"}],
}
"""A launch template of another team."""

TAG = "batch-platform:environment"

ACCOUNT = "123456789012"
NEWEST_IMAGES = {
    f"/aws/service/ecs/optimized-ami/amazon-linux-2023/{variant}recommended/image_id": image
    for variant, image in {"": "ami-a1", "arm64/": "ami-a2", "gpu/": "ami-a3"}.items()
}
ZONES = ["ap-northeast-1d", "ap-northeast-1a", "ap-northeast-1c"]


ALWAYS: dict[str, dict[str, Any]] = {
    "getAvailabilityZones": {"names": ZONES},
    "getCallerIdentity": {"accountId": ACCOUNT},
    "getLaunchTemplate": TEMPLATE,
    "getSnapshot": {"encrypted": True, "volumeSize": 8},
    "getVpcEndpointService": {"availabilityZones": ZONES},
}
"""Answers that are the same for all arguments, by function."""


class RecordingMonitor(pulumi_mocks.MockMonitor):
    """Keeps what the mocks are not told: dependencies, parents, options."""

    def __init__(self, mocks: pulumi_mocks.Mocks) -> None:
        super().__init__(mocks)
        self.recorded: list[dict[str, Any]] = []

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802  # gRPC's name
        response = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK's
        if request.type != "pulumi:pulumi:Stack":
            self.recorded.append(
                {
                    "typ": request.type,
                    "name": request.name,
                    "inputs": pulumi.runtime.rpc.deserialize_properties(request.object),
                    "urn": response.urn,
                    "dependencies": sorted(request.dependencies),
                    "property_dependencies": {
                        key: sorted(each.urns) for key, each in request.propertyDependencies.items()
                    },
                    "parent": request.parent,
                    "custom": request.custom,
                    "delete_before_replace": request.deleteBeforeReplace,
                    "ignore_changes": list(request.ignoreChanges),
                    "replacement_trigger": json_format.MessageToDict(request.replacement_trigger),
                    "component_outputs": {},
                }
            )
        return response

    def RegisterResourceOutputs(self, request: Any) -> Any:  # noqa: N802  # gRPC's name
        for one in self.recorded:
            if one["urn"] == request.urn:
                given = pulumi.runtime.rpc.deserialize_properties(request.outputs)
                one["component_outputs"] = given
        return super().RegisterResourceOutputs(request)  # type: ignore[no-untyped-call]  # the SDK's


class Answers(pulumi_mocks.Mocks):
    """Invents outputs for resources, and answers invokes from a list."""

    def __init__(
        self,
        answers: list[tuple[str, dict[str, Any], dict[str, Any] | str]],
        *,
        stack: str,
        preview: bool,
        there: list[str],
    ) -> None:
        self.answers = answers
        self.stack = stack
        self.own_cidr = ""
        self.preview = preview
        self.there = [
            {"resourceArn": f"arn:compute-environment/{stack}-{key}-1a2b3c4", "tags": {TAG: stack}}
            for key in there
        ]
        self.invokes: list[tuple[str, dict[str, Any]]] = []

    def new_resource(self, args: pulumi_mocks.MockResourceArgs) -> tuple[str, dict[str, Any]]:
        if args.typ == "pulumi:index:Stash":  # the engine's own, which a preview makes too
            return args.name, {**args.inputs, "output": args.inputs["input"]}
        if not args.custom or self.preview:  # in a preview AWS has decided nothing yet
            return "", args.inputs
        kind = args.typ.rpartition(":")[2]
        name = args.inputs.get("name", f"{args.name}-1a2b3c4")
        outputs = {**args.inputs, "name": name, "arn": f"arn:{kind}/{name}"}
        if kind == "JobDefinition":
            outputs |= {"arn": f"arn:{kind}/{name}:1", "revision": 1}
        if kind == "ComputeEnvironment":
            outputs["ecsClusterArn"] = f"arn:cluster/AWSBatch-{name}"
        if args.inputs.get("assignGeneratedIpv6CidrBlock"):
            outputs["ipv6CidrBlock"] = "2600:1f14:0:aa00::/56"
        if kind == "LaunchTemplate":
            outputs["latestVersion"] = 7
        if kind == "VpcEndpoint" and args.inputs["vpcEndpointType"] == "Gateway":
            outputs["prefixListId"] = "pl-s3"
        return f"{kind}/{args.name}", outputs

    def call(self, args: pulumi_mocks.MockCallArgs) -> tuple[Any, Any]:
        kind = args.token.rpartition(":")[2]
        self.invokes.append((args.token, args.args))
        for wanted, given, answer in self.answers:
            if wanted == kind and given.items() <= args.args.items():
                return ({}, [("", answer)]) if isinstance(answer, str) else (answer, [])
        if kind in ALWAYS:
            return ALWAYS[kind], []
        if kind == "getResources":
            return {"resourceTagMappingLists": self.there}, []
        if kind == "getParameter":
            return {"insecureValue": NEWEST_IMAGES[args.args["name"]]}, []
        if (kind, args.args.get("id")) == ("getVpc", "vpc-own"):
            tags = {"batch-platform:environment": self.stack}
            return {"cidrBlock": self.own_cidr, "tags": tags}, []
        return {}, [("", f"no matching EC2 {kind.removeprefix('get')} found")]


class Warnings(logging.Handler):
    """Keeps what the program warns of."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.texts: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(record.getMessage())


def disabled_in(config: dict[str, str]) -> list[str]:
    """Return the compute environments that are DISABLED: an earlier update has made them."""
    environments = json.loads(config.get("batch-platform:computeEnvironments", "{}"))
    return [key for key, each in environments.items() if "DISABLED" in str(each)]


def record(asked: dict[str, Any]) -> dict[str, Any]:
    """Run the program and return what it registered, invoked, exported, refused or warned of."""
    directory, stack = Path(asked["directory"]), asked["stack"]
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    preview = asked["preview"]
    config = read_stack_file(directory / f"Pulumi.{stack}.yaml").pulumi_config()
    overrides = {key: json.dumps(value) for key, value in asked["overrides"].items()}
    mocks = Answers(
        asked["answers"], preview=preview, there=disabled_in(config | overrides), stack=stack
    )
    monitor = RecordingMonitor(mocks)
    logger, warnings = logging.Logger("engine"), Warnings()
    logger.addHandler(warnings)
    pulumi.runtime.set_mocks(
        mocks,
        project="batch-platform",
        stack=stack,
        monitor=monitor,
        preview=preview,
        logger=logger,
    )
    network = json.loads((config | overrides)["batch-platform:network"])
    mocks.own_cidr = network.get("cidr", "10.0.0.0/16")
    pulumi.runtime.set_all_config(config | overrides, secret_keys=asked["secret_keys"])
    refused: list[str] = []
    try:
        runpy.run_path(str(directory / "__main__.py"), run_name="__main__")
    except SettingsError as error:
        refused = list(error.lines)
    loop.run_until_complete(pulumi_stack.wait_for_rpcs())
    root: Any = pulumi.runtime.get_root_resource()
    exported = pulumi.Output.from_input(root.outputs)
    return {
        "resources": monitor.recorded,
        "invokes": mocks.invokes,
        "outputs": loop.run_until_complete(exported.future()) or {},  # unknown in a preview
        "refused": refused,
        "warnings": warnings.texts,
    }


def _unknown(value: object) -> str:
    if not isinstance(value, pulumi.output.Unknown):
        raise TypeError(f"{value!r} is no JSON")
    return UNKNOWN


def main() -> None:
    """Serve requests until stdin ends."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            gc.disable()  # it ends before it has made much
            try:
                answer = json.dumps(record(json.loads(line)), default=_unknown)
            except BaseException:
                answer = json.dumps({"crashed": traceback.format_exc()})
            sys.stdout.write(answer + "\n")
            sys.stdout.flush()
            os._exit(0)
        os.waitpid(child, 0)


def _used_of_the_sdk() -> Iterator[type]:
    """Yield each class ``aws.<module>.<name>`` of the program's modules, and its arguments'.

    To look up a function loads its module, too.
    """
    used: set[tuple[str, str]] = set()
    for path in (ROOT / "batch_platform").rglob("*.py"):
        used |= {*re.findall(r"\baws\.(\w+)\.(\w+)", path.read_text(encoding="utf-8"))}
    for module, name in sorted(used):
        for each in (name, f"{name}Args"):
            found = getattr(getattr(pulumi_aws, module, None), each, None)
            if isinstance(found, type):
                yield found


def _nested(hint: object) -> Iterator[type]:
    """Yield the SDK's input and output types in a hint, such as ``Optional[Sequence[...]]``."""
    if isinstance(hint, type) and (_types.is_input_type(hint) or _types.is_output_type(hint)):
        yield hint
    for inner in typing.get_args(hint):
        yield from _nested(inner)


def import_what_is_slow() -> None:
    """Load the program's modules, and the SDK's, with the hints of its types.

    The SDK puts both off until one is used, which would be in each fork anew.
    """
    importlib.import_module("batch_platform.program.running")
    by_family()
    api_shapes.shape_of()
    for kind in loading._KINDS:
        loading._adapter(kind)
    seen: set[type] = set()
    todo = list(_used_of_the_sdk())
    while todo:
        kind = todo.pop()
        if kind not in seen:
            seen.add(kind)
            for hint in _types._types_from_py_properties(kind).values():
                todo += _nested(hint)
    # A collection in a child would look at, and so copy, all that was imported here.
    gc.collect()
    gc.freeze()


def leave_out_what_nobody_reads() -> None:
    """Spare each resource its stack trace, and the engine's debug log: a fifth of a run."""
    pulumi_resource._get_stack_trace = source_pb2.StackTrace
    pulumi.log.debug = lambda *_arguments, **_more: None


if __name__ == "__main__":
    import_what_is_slow()
    leave_out_what_nobody_reads()
    main()
