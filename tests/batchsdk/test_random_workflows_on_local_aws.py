"""Random workflows on the local AWS: whatever the graph, real jobs run in a legal order."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from batchsdk import Polling, StepStatus

QUICK = Polling(shortest=0.02, longest=0.1)


@pytest.mark.every_case
@settings(
    max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(seed=st.integers(0, 2**32), barrier=st.sampled_from(["hello", None]))
def test_steps_never_start_before_what_they_come_after_has_ended(stack, tmp_path, seed, barrier):
    chance = random.Random(seed)
    wf = stack.batch.workflow("random", barrier=barrier)
    before: dict[str, list[str]] = {}
    for number in range(chance.randint(2, 25)):
        name = f"s{number}"
        known = list(before)
        after = chance.sample(known, min(len(known), chance.choice([0, 1, 2, 3, 30])))
        gates = [each for each in chance.sample(known, min(len(known), 1)) if each not in after]
        gates = gates if chance.random() < 0.2 else []
        before[name] = [*after, *gates]
        if chance.random() < 0.3:
            points = [str(point) for point in range(chance.choice([1, 2, 4, 22]))]
            wf.sweep(
                "hello",
                name=name,
                over={"Target": points},
                as_separate_jobs=chance.random() < 0.4,
                after=after,
                after_any=gates,
            )
        else:
            wf.submit("hello", name=name, after=after, after_any=gates)
    run = wf.run(ledger=tmp_path / "ledger.sqlite3")
    assert set(run.wait(300, polling=QUICK).values()) == {StepStatus.SUCCEEDED}

    jobs = list(stack.batch.list_jobs(name=f"{run.run.job_name_prefix}*"))
    barriers = [job for job in run.plan.jobs if job.step is None]
    assert len(jobs) == sum(map(len, run.jobs.values())) + len(barriers)
    details = {step: [job.describe() for job in many] for step, many in run.jobs.items()}
    for step, names in before.items():
        for detail in details[step]:
            assert len(detail.raw.get("dependsOn", ())) <= 20
            # An array itself never starts; it is created before its children can run.
            started = detail.started_at or min(
                child.started_at for child in stack.batch.job(detail.job_id).children()
            )
            for name in names:
                assert max(each.stopped_at for each in details[name]) <= started
    run.close()
