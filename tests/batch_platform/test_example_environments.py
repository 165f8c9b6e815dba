"""Each example environment, as the engine would get it."""

from __future__ import annotations

import pytest

from tests import example_environments as examples
from tests.batch_platform.recorded_run import RunProgram


def test_there_are_those_that_people_have() -> None:
    assert set(examples.NAMES) == {
        "dev-spot",
        "prod-isolated",
        "fargate",
        "gpu",
        "hpc",
        "teams",
        "existing-vpc",
    }


@pytest.mark.sampled(4)
@pytest.mark.parametrize("preview", [True, False], ids=["preview", "up"])
@pytest.mark.parametrize("name", examples.NAMES)
def test_an_example_is_planned_whole(run_program: RunProgram, name: str, preview: bool) -> None:
    run = run_program(examples.text(name), stack=name, answers=examples.NETWORK, preview=preview)
    assert run.refused == []
    assert run.every("JobQueue")
    made_network = bool(run.every("Vpc"))
    assert made_network == (name != examples.EXISTING_VPC)
