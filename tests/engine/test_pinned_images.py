"""The AMI: resolved in the preview, pinned in the state, refreshed when asked, once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from moto.ssm.models import ssm_backends

from tests.aws_clients import client_of

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite]

PARAMETER = "/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id"
NEWER, NEWEST = "ami-0000000000000aaaa", "ami-0000000000000bbbb"


@pytest.fixture
def publish(local) -> Iterator[object]:
    """Makes AWS publish another AMI; what was there comes back at the end."""
    account = client_of(local, "sts").get_caller_identity()["Account"]
    ssm = client_of(local, "ssm")
    before = ssm.get_parameter(Name=PARAMETER)["Parameter"]["Value"]
    (parameter,) = ssm_backends[account][local.connection.region]._parameters[PARAMETER]

    def call(image):
        parameter.value = image

    yield call
    parameter.value = before


@pytest.fixture(scope="module")
def stack(new_stack):
    """A stack that is up, with a strategy that allows infrastructure updates."""
    made = new_stack()
    made.up()
    yield made
    made.destroy()


def image_of(stack, local):
    """The AMI that AWS Batch has for the one compute environment."""
    name = stack.outputs()["computeEnvironments"]["default"]["name"]
    batch = client_of(local, "batch")
    (found,) = batch.describe_compute_environments(computeEnvironments=[name])[
        "computeEnvironments"
    ]
    (configuration,) = found["computeResources"]["ec2Configuration"]
    return configuration["imageIdOverride"]


def test_the_first_preview_shows_the_ami(new_stack, publish):
    publish(NEWER)
    assert f'imageIdOverride: "{NEWER}"' in new_stack().preview("--diff").output


def test_pain_10_a_newer_ami_changes_nothing_by_itself_and_a_refresh_takes_it(
    stack, local, publish
):
    environment, stash = f"ComputeEnvironment {stack.name}-default", f"{stack.name}-default-image"
    first = image_of(stack, local)

    publish(NEWER)
    assert set(stack.up().counts()) == {"same"}
    assert image_of(stack, local) == first

    # Not even with a new environment, which is replaced for another reason.
    stack.block("computeEnvironments")["default"]["allocationStrategy"] = "BEST_FIT"
    assert ("create-replacement", environment) in stack.up().changes
    assert image_of(stack, local) == first
    stack.block("computeEnvironments")["default"]["allocationStrategy"] = "BEST_FIT_PROGRESSIVE"
    stack.up()
    assert image_of(stack, local) == first

    stack.block("computeEnvironments")["default"]["imageRefresh"] = "2026-11"
    preview = stack.preview("--diff")
    assert ("update", environment) in preview.planned
    assert f'"{first}" => "{NEWER}"' in preview.output
    assert ("update", environment) in stack.up().changes
    assert image_of(stack, local) == NEWER

    # The text stays in the stack file, and refreshes no more.
    publish(NEWEST)
    assert set(stack.up().counts()) == {"same"}
    assert image_of(stack, local) == NEWER

    once = stack.up("--replace", f"**::{stash}")
    assert ("update", environment) in once.changes
    assert image_of(stack, local) == NEWEST


def test_an_ami_of_ones_own_takes_the_place_of_the_pinned_one_and_back(stack, local):
    entry = stack.block("computeEnvironments")["default"]
    entry.pop("imageRefresh", None)
    entry["imageIdOverride"] = "ami-0000000000000cccc"
    stack.up()
    assert image_of(stack, local) == "ami-0000000000000cccc"
    del entry["imageIdOverride"]
    stack.up()
    assert image_of(stack, local) not in {"ami-0000000000000cccc", NEWER, NEWEST}
