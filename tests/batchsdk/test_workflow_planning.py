"""Plans of workflows, and what is next: against a model of what Batch does with dependencies."""

from __future__ import annotations

import random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from batchsdk.states import JobStatus
from batchsdk.submit.submission import Submission
from batchsdk.workflow import barriers
from batchsdk.workflow.planning import EdgeKind, Part, Plan, PlannedJob, make_plan
from batchsdk.workflow.progress import JobState, progress
from batchsdk.workflow.steps import Condition, Step, StepStatus, WorkflowDefinition, failed

SINGLE = [Part()]


def step(name: str, **more: Any) -> Step:
    return Step(name=name, submission=Submission(job_definition="hello"), **more)


def workflow(*steps: Step) -> WorkflowDefinition:
    return WorkflowDefinition(name="wf", steps=steps)


def plan_of(definition: WorkflowDefinition, *, barrier: bool = True, **parts: Any) -> Plan:
    shapes = {each.name: parts.get(each.name, SINGLE) for each in definition.steps}
    return make_plan(definition, shapes, can_make_barriers=barrier)


def jobs_of(plan: Plan) -> dict[str, PlannedJob]:
    return {job.key: job for job in plan.jobs}


@settings(deadline=None)
@given(st.integers(1, 3000), st.integers(1, 20))
def test_barriers_bring_any_number_down_with_as_few_as_can_be(count, budget):
    keys = [f"job{number}" for number in range(count)]
    left, made = barriers.reduce(keys, budget)
    assert len(left) <= budget
    assert all(2 <= len(each.members) <= 20 for each in made)
    inside = {each.key: each.members for each in made}

    def leaves(key: str) -> list[str]:
        return [leaf for each in inside.get(key, ()) for leaf in leaves(each)] or [key]

    assert sorted(leaf for key in left for leaf in leaves(key)) == sorted(keys)
    assert len(made) == max(0, -(-(count - budget) // 19))


def test_a_fan_in_goes_through_barriers_that_fan_outs_share():
    many = [step(f"s{number}") for number in range(30)]
    names = tuple(each.name for each in many)
    plan = plan_of(workflow(*many, step("a", after=names), step("b", after=names)))
    waiting = [job for job in plan.jobs if job.step is None]
    assert len(waiting) == 1
    assert len(waiting[0].depends_on) == 11
    jobs = jobs_of(plan)
    assert len(jobs["a"].depends_on) == 20
    assert jobs["a"].depends_on == jobs["b"].depends_on
    assert {edge.kind for edge in plan.edges} == {EdgeKind.BARRIER}
    assert not plan.deferred


def test_without_a_barrier_definition_the_client_keeps_the_edges():
    many = [step(f"s{number}") for number in range(21)]
    plan = plan_of(
        workflow(*many, step("a", after=tuple(each.name for each in many))), barrier=False
    )
    assert jobs_of(plan)["a"].depends_on == ()
    assert {edge.kind for edge in plan.edges} == {EdgeKind.CLIENT}
    assert "21 jobs are more than 20" in plan.deferred["a"]


def test_edges_that_others_imply_are_left_out_before_anything_else():
    chain = [step("s0"), *(step(f"s{n}", after=(f"s{n - 1}",)) for n in range(1, 25))]
    last = step("last", after=tuple(each.name for each in chain))
    plan = plan_of(workflow(*chain, last), barrier=False)
    assert jobs_of(plan)["last"].depends_on == (("s24", None),)
    assert not plan.deferred


def test_arrays_are_paired_part_by_part_and_others_are_not():
    parts = [Part(size=10_000, indices=(0,)), Part(size=5, indices=(1,))]
    definition = workflow(
        step("a", over=()), step("b", over=(), n_to_n=("a",)), step("c", over=(), n_to_n=("b",))
    )
    plan = plan_of(definition, a=parts, b=parts, c=[Part(size=10_005)])
    jobs = jobs_of(plan)
    assert jobs["b.0"].depends_on == (("a.0", "N_TO_N"),)
    assert jobs["b.1"].depends_on == (("a.1", "N_TO_N"),)
    assert jobs["c"].depends_on == (("b.0", None), ("b.1", None))


def test_the_parts_of_a_sequential_array_follow_one_another():
    plan = plan_of(
        workflow(step("a", sequential=True)), a=[Part(size=10_000), Part(size=2), Part()]
    )
    assert [(job.sequential, job.depends_on) for job in plan.jobs] == [
        (True, ()),
        (True, (("a.0", None),)),
        (False, (("a.1", None),)),
    ]


def test_what_comes_after_a_step_of_the_client_is_sent_with_it():
    definition = workflow(
        step("a"), step("b", after_any=("a",)), step("c", after=("b",)), step("d", after=("a",))
    )
    plan = plan_of(definition)
    assert plan.deferred == {
        "b": "waits for the end of a (whatever becomes of it)",
        "c": "comes after b",
    }
    assert jobs_of(plan)["c"].depends_on == (("b", None),)
    at_first = progress(definition, plan, {})
    assert [job.key for job in at_first.submit] == ["a", "d"]
    broken = {key: JobState(status=JobStatus.FAILED) for key in ("a", "d")}
    then = progress(definition, plan, broken)
    assert [job.key for job in then.submit] == ["b", "c"]
    assert then.steps["d"] is StepStatus.UPSTREAM_FAILED


def test_conditions_decide_and_what_comes_after_a_skipped_step_is_skipped():
    definition = workflow(
        step("check"),
        step("repair", when=(failed("check"),)),
        step("after_repair", after=("repair",)),
        step("report", after_any=("after_repair",)),
        step("on_three", when=(Condition(step="check", exit_codes=(3,)),)),
    )
    plan = plan_of(definition)

    def after(status: JobStatus, code: int) -> dict[str, str]:
        jobs = {"check": JobState(status=status, exit_code=code)}
        return dict(progress(definition, plan, jobs).steps)

    good = after(JobStatus.SUCCEEDED, 0)
    assert good == {
        "check": "SUCCEEDED",
        "repair": "SKIPPED",
        "after_repair": "SKIPPED",
        "report": "SUBMITTED",
        "on_three": "SKIPPED",
    }
    assert after(JobStatus.FAILED, 3)["on_three"] == "SUBMITTED"
    assert after(JobStatus.FAILED, 4)["on_three"] == "SKIPPED"
    assert after(JobStatus.FAILED, 4)["repair"] == "SUBMITTED"


GRAPHS = {"count": st.integers(1, 40), "seed": st.integers(0, 2**32)}
"""Small to print, unlike what they stand for."""


def random_workflow(count: int, seed: int) -> tuple[WorkflowDefinition, dict[str, list[Part]]]:
    """Make a workflow that keeps its rules, with many edges of every kind."""
    chance = random.Random(seed)
    steps: list[Step] = []
    parts: dict[str, list[Part]] = {}

    def some(most: int) -> list[str]:
        earlier = [each.name for each in steps]
        return chance.sample(earlier, chance.randint(0, min(most, len(earlier))))

    for number in range(count):
        name = f"s{number}"
        after = some(40 if chance.random() < 0.3 else 3)
        any_ = [each for each in (some(2) if chance.random() < 0.2 else []) if each not in after]
        when = []
        for each in some(1) if chance.random() < 0.15 else []:
            wanted = chance.choice([StepStatus.SUCCEEDED, StepStatus.FAILED])
            status = StepStatus.SUCCEEDED if each in after else wanted
            when.append(Condition(step=each, status=status))
        parts[name] = [Part() for _ in range(chance.choice([1, 1, 1, 2, 25]))]
        steps.append(step(name, after=tuple(after), after_any=tuple(any_), when=tuple(when)))
    chance.shuffle(steps)
    return workflow(*steps), parts


class Service:
    """What Batch does with dependencies: in a random order, with random failures."""

    def __init__(self, chance: random.Random, failures: float) -> None:
        self.chance = chance
        self.failures = failures
        self.jobs: dict[str, PlannedJob] = {}
        self.status: dict[str, JobStatus] = {}
        self.ran: list[str] = []

    def submit(self, job: PlannedJob) -> None:
        assert job.key not in self.jobs, "submitted twice"
        assert len(job.depends_on) <= 20
        assert all(key in self.jobs for key, _ in job.depends_on), "depends on no job"
        self.jobs[job.key] = job
        self.status[job.key] = JobStatus.PENDING

    def tick(self) -> None:
        """End one job that can end."""
        for key in self.chance.sample(list(self.jobs), len(self.jobs)):
            if self.status[key].is_terminal:
                continue
            before = [self.status[each] for each, _ in self.jobs[key].depends_on]
            if JobStatus.FAILED in before:
                self.status[key] = JobStatus.FAILED
                return
            if all(each is JobStatus.SUCCEEDED for each in before):
                self.ran.append(key)
                fails = self.jobs[key].step is not None and self.chance.random() < self.failures
                self.status[key] = JobStatus.FAILED if fails else JobStatus.SUCCEEDED
                return


def run_to_its_end(
    definition: WorkflowDefinition, plan: Plan, service: Service
) -> dict[str, StepStatus]:
    """Do what a client does, until every step has ended."""
    ended: dict[str, StepStatus] = {}
    while True:
        jobs = {key: JobState(status=status) for key, status in service.status.items()}
        now = progress(definition, plan, jobs)
        assert all(now.steps[name] is status for name, status in ended.items()), "an end changed"
        ended = {name: status for name, status in now.steps.items() if status.has_ended}
        for job in now.submit:
            service.submit(job)
        if now.has_ended:
            return ended
        for _ in range(service.chance.randint(1, 5)):
            service.tick()


@settings(deadline=None)
@given(**GRAPHS, barrier=st.booleans(), failures=st.sampled_from([0.0, 0.1, 0.5]))
def test_any_workflow_ends_in_a_legal_order_whatever_fails(count, seed, barrier, failures):
    definition, parts = random_workflow(count, seed)
    plan = make_plan(definition, parts, can_make_barriers=barrier)
    service = Service(random.Random(seed), failures)
    ended = run_to_its_end(definition, plan, service)
    position = {key: place for place, key in enumerate(service.ran)}
    keys = {
        each.name: [job.key for job in plan.jobs if job.step == each.name]
        for each in definition.steps
    }
    for each in definition.steps:
        status = ended[each.name]
        before = [ended[name] for name in each.needs_success_of]
        started = [position[key] for key in keys[each.name] if key in position]
        if started:
            assert set(before) <= {StepStatus.SUCCEEDED}
            for name in each.needs_success_of:
                assert max(position[key] for key in keys[name]) < min(started)
            for condition in each.when:
                found = ended[condition.step]
                assert found is not StepStatus.SKIPPED
                assert found.is_failure == (condition.status is StepStatus.FAILED)
        if status is StepStatus.SUCCEEDED:
            assert len(started) == len(keys[each.name])
        if status is StepStatus.UPSTREAM_FAILED:
            assert not started
            assert any(other.is_failure for other in before)
        if failures == 0 and not each.when and StepStatus.SKIPPED not in before:
            assert status is StepStatus.SUCCEEDED


@settings(deadline=None)
@given(**GRAPHS, barrier=st.booleans())
def test_a_plan_without_what_is_done_refers_to_none_of_it(count, seed, barrier):
    definition, parts = random_workflow(count, seed)
    whole = make_plan(definition, parts, can_make_barriers=barrier)
    names = [each.name for each in definition.steps]
    chance = random.Random(seed)
    wanted = set(chance.sample(names, chance.randint(0, len(names))))
    done = {
        name for name in names if name in wanted and set(definition.step(name).before) <= wanted
    }
    plan = make_plan(definition, parts, can_make_barriers=barrier, done=done)
    left = {job.key for job in plan.jobs}
    assert {job.step for job in plan.jobs} - {None} == set(names) - done
    for job in plan.jobs:
        assert len(job.depends_on) <= 20
        assert {key for key, _ in job.depends_on} <= left
    assert len(plan.jobs) <= len(whole.jobs)
