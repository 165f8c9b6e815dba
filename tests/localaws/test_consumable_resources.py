"""Consumable resources of the local Batch: what jobs need of them, hold and use up."""

from __future__ import annotations

import pickle
from io import BytesIO

import pytest

from localaws.batch.delays import StateDelays
from localaws.batch.errors import ClientException
from localaws.persistence import restricted_pickle
from tests.batch_requests import refusal, size, unique
from tests.conftest import BUSYBOX

pytestmark = pytest.mark.sampled(3)

HOUR = 3600


def needs(**quantities):
    """Return the properties of a definition, or the override of a submission."""
    return {
        "consumableResourceList": [
            {"consumableResource": name, "quantity": quantity}
            for name, quantity in quantities.items()
        ]
    }


def override(**quantities):
    return {"consumableResourcePropertiesOverride": needs(**quantities)}


@pytest.fixture
def licences(ready):
    """Return Batch with two licences, which jobs give back."""
    create(ready, "licences", 2)
    return ready


def create(batch, name, quantity, kind="REPLENISHABLE"):
    batch.call(
        "CreateConsumableResource",
        consumableResourceName=name,
        totalQuantity=quantity,
        resourceType=kind,
    )


def update(batch, operation, quantity, name="licences", **more):
    return batch.call(
        "UpdateConsumableResource",
        consumableResource=name,
        operation=operation,
        quantity=quantity,
        **more,
    )


def counts(batch, name="licences"):
    """Return what there is in all, what is in use and what is free."""
    told = batch.call("DescribeConsumableResource", consumableResource=name)
    return told["totalQuantity"], told["inUseQuantity"], told["availableQuantity"]


def launched(batch):
    return [name for name, _ in batch.launched]


def test_a_resource_is_made_found_changed_and_deleted(cluster):
    batch, name = cluster.batch, unique()
    made = batch.create_consumable_resource(
        consumableResourceName=name, totalQuantity=3, tags={"team": "a"}
    )
    arn = f"arn:aws:batch:us-east-1:123456789012:consumable-resource/{name}"
    assert made["consumableResourceArn"] == arn
    told = batch.describe_consumable_resource(consumableResource=arn)
    assert told["resourceType"] == "REPLENISHABLE"
    assert (told["totalQuantity"], told["inUseQuantity"], told["availableQuantity"]) == (3, 0, 3)
    assert told["tags"] == {"team": "a"}

    changed = batch.update_consumable_resource(consumableResource=name, operation="ADD", quantity=4)
    assert changed["totalQuantity"] == 7
    only = [{"name": "CONSUMABLE_RESOURCE_NAME", "values": [f"{name[:-1].upper()}*"]}]
    (listed,) = batch.list_consumable_resources(filters=only)["consumableResources"]
    assert (listed["consumableResourceArn"], listed["totalQuantity"]) == (arn, 7)

    batch.tag_resource(resourceArn=arn, tags={"cost": "b"})
    assert batch.list_tags_for_resource(resourceArn=arn)["tags"] == {"team": "a", "cost": "b"}
    batch.delete_consumable_resource(consumableResource=name)
    told = refusal(batch.describe_consumable_resource, consumableResource=name)
    assert told == f"Consumable resource {name} does not exist"


@pytest.mark.parametrize(
    ("request_", "tells"),
    [
        ({"consumableResourceName": "licences"}, "already exists"),
        ({"consumableResourceName": "a b"}, "up to 128 letters"),
        ({"totalQuantity": -1}, "totalQuantity must be non-negative, got -1"),
        ({"totalQuantity": None}, "totalQuantity is required"),
        ({"resourceType": "RENEWABLE"}, "REPLENISHABLE or NON_REPLENISHABLE, got RENEWABLE"),
        ({"tags": {str(number): "x" for number in range(51)}}, "at most 50 tags"),
    ],
)
def test_what_no_resource_may_be(licences, request_, tells):
    given = {"consumableResourceName": "other", "totalQuantity": 1, **request_}
    given = {key: value for key, value in given.items() if value is not None}
    with pytest.raises(ClientException, match=tells):
        licences.call("CreateConsumableResource", **given)


@pytest.mark.parametrize(
    ("request_", "tells"),
    [
        ({"operation": "HALVE"}, "operation must be SET, ADD, REMOVE; got HALVE"),
        ({"operation": "REMOVE", "quantity": 3}, "totalQuantity must be non-negative, got -1"),
        ({"quantity": -1}, "quantity must be non-negative"),
        ({"quantity": None}, "quantity is required"),
        ({"consumableResource": "other"}, "other does not exist"),
    ],
)
def test_what_no_update_may_say(licences, request_, tells):
    given = {"consumableResource": "licences", "operation": "ADD", "quantity": 1, **request_}
    given = {key: value for key, value in given.items() if value is not None}
    with pytest.raises(ClientException, match=tells):
        licences.call("UpdateConsumableResource", **given)
    assert counts(licences) == (2, 0, 2)


def test_an_update_with_its_client_token_is_made_once_in_eight_hours(licences):
    for _ in range(2):
        assert update(licences, "ADD", 1, clientToken="a")["totalQuantity"] == 3
    update(licences, "ADD", 2, clientToken="a")  # another request
    update(licences, "REMOVE", 1, clientToken="b")
    assert counts(licences) == (4, 0, 4)
    licences.advance(8 * HOUR)
    update(licences, "ADD", 1, clientToken="a")
    assert counts(licences) == (5, 0, 5)
    for _ in range(2):
        update(licences, "ADD", 1)
    assert counts(licences) == (7, 0, 7)


def test_a_job_waits_at_the_head_of_its_queue_until_enough_is_given_back(licences):
    licences.submit("first", **override(licences=1))
    waiting = licences.submit("second", **override(licences=2))
    licences.submit("behind")
    assert launched(licences) == ["first"]
    assert counts(licences) == (2, 1, 1)
    job = licences.job(waiting)
    assert (job["status"], job.get("statusReason")) == ("RUNNABLE", None)
    assert job["consumableResourceProperties"] == needs(licences=2)

    licences.finish(0)
    assert launched(licences) == ["first", "second", "behind"]
    assert counts(licences) == (2, 2, 0)
    licences.finish(1, exit_code=1)
    assert counts(licences) == (2, 0, 2)


def test_a_job_that_waits_starts_when_the_quantity_is_raised(licences):
    licences.submit("large", **override(licences=5))
    assert launched(licences) == []
    update(licences, "SET", 5)
    assert launched(licences) == ["large"]


def test_what_is_not_replenishable_is_used_up(ready):
    create(ready, "tokens", 3, "NON_REPLENISHABLE")
    for name in ("first", "second"):
        ready.submit(name, **override(tokens=2))
    assert counts(ready, "tokens") == (3, 2, 1)
    ready.finish(0)
    assert counts(ready, "tokens") == (1, 0, 1)
    assert launched(ready) == ["first"]
    update(ready, "ADD", 1, "tokens")
    assert launched(ready) == ["first", "second"]


def test_a_lower_quantity_is_reached_as_jobs_end(licences):
    for name in ("first", "second"):
        licences.submit(name, **override(licences=1))
    assert update(licences, "SET", 1)["totalQuantity"] == 2
    licences.submit("third", **override(licences=1))
    licences.finish(0)
    assert counts(licences) == (1, 1, 0)
    assert launched(licences) == ["first", "second"]
    licences.finish(1)
    assert launched(licences) == ["first", "second", "third"]


def test_a_job_that_is_retried_must_get_what_it_needs_again(licences):
    licences.submit("tries", **override(licences=2), retryStrategy={"attempts": 2})
    licences.submit("other", **override(licences=2))
    licences.finish(0, exit_code=1)
    assert launched(licences) == ["tries", "other"]
    assert counts(licences) == (2, 2, 0)
    licences.finish(1)
    assert launched(licences) == ["tries", "other", "tries"]
    licences.finish(2)
    assert counts(licences) == (2, 0, 2)


def test_a_job_that_is_terminated_before_it_runs_lets_go(batch_with):
    batch = batch_with(StateDelays(starting=10))
    batch.queue(batch.environment())
    create(batch, "licences", 2)
    job_id = batch.submit(**override(licences=2))
    assert batch.job(job_id)["status"] == "STARTING"
    assert counts(batch) == (2, 2, 0)
    batch.call("TerminateJob", jobId=job_id, reason="enough")
    assert counts(batch) == (2, 0, 2)


def test_each_child_of_an_array_needs_its_own(licences):
    array = licences.submit("array", **override(licences=1), arrayProperties={"size": 3})
    assert len(licences.launched) == 2
    assert counts(licences) == (2, 2, 0)
    licences.finish(0)
    assert len(licences.launched) == 3
    (listed, *others) = licences.call(
        "ListJobsByConsumableResource",
        consumableResource="licences",
        filters=[{"name": "JOB_STATUS", "values": ["SUCCEEDED"]}],
    )["jobs"]
    assert (listed["jobArn"].rpartition("/")[2], others) == (f"{array}:0", [])


def test_nodes_need_what_their_ranges_say_all_or_none(licences):
    container = {"image": BUSYBOX, "command": ["true"], **size("1", "64")}
    create(licences, "seats", 9)
    definition = licences.call(
        "RegisterJobDefinition",
        jobDefinitionName="nodes",
        type="multinode",
        nodeProperties={
            "numNodes": 3,
            "mainNode": 0,
            "nodeRangeProperties": [
                {"targetNodes": "0:", "container": container},
                {
                    "targetNodes": "1:",
                    "container": container,
                    "consumableResourceProperties": needs(licences=1, seats=2),
                },
            ],
        },
    )["jobDefinitionArn"]

    def submit(**more):
        licences.call(
            "SubmitJob", jobName="nodes", jobQueue="queue", jobDefinition=definition, **more
        )

    submit()
    assert counts(licences) == (2, 2, 0)
    assert counts(licences, "seats") == (9, 4, 5)
    own = {"targetNodes": "2", **override(licences=3)}
    submit(nodeOverrides={"nodePropertyOverrides": [own]})
    assert len(licences.launched) == 1  # the main node, and the others once it runs
    update(licences, "SET", 6)
    assert len(licences.launched) == 2
    assert counts(licences) == (6, 6, 0)
    with pytest.raises(ClientException, match=r"that of its nodeOverrides"):
        submit(**override(licences=1))


def test_a_submission_changes_the_quantities_of_its_definition(cluster):
    batch, one, other = cluster.batch, unique(), unique()
    for name in (one, other):
        batch.create_consumable_resource(consumableResourceName=name, totalQuantity=5)
    definition = cluster.register(["true"], consumableResourceProperties=needs(**{one: 1}))
    (described,) = batch.describe_job_definitions(jobDefinitionName=definition)["jobDefinitions"]
    assert described["consumableResourceProperties"] == needs(**{one: 1})

    job = cluster.until(
        cluster.submit(definition, **override(**{one: 3, other: 2})), "SUCCEEDED", "FAILED"
    )
    assert job["consumableResourceProperties"] == needs(**{one: 3, other: 2})
    (listed,) = batch.list_jobs_by_consumable_resource(
        consumableResource=other, filters=[{"name": "JOB_NAME", "values": ["JO*"]}]
    )["jobs"]
    assert (listed["jobArn"], listed["quantity"]) == (job["jobArn"], 2)
    assert listed["jobStatus"] == "SUCCEEDED"


@pytest.mark.parametrize(
    ("needed", "tells"),
    [
        (needs(licences=0), "must be at least 1, got 0"),
        (needs(**{f"r{number}": 1 for number in range(6)}), "at most 5 items, got 6"),
        ({"consumableResourceList": [{"quantity": 1}]}, "consumableResource is required"),
        (
            {"consumableResourceList": [{"consumableResource": "licences"}] * 2},
            "names a consumable resource twice",
        ),
    ],
)
def test_what_no_definition_and_no_submission_may_need(licences, needed, tells):
    with pytest.raises(ClientException, match=tells):
        licences.submit(consumableResourcePropertiesOverride=needed)
    container = {"image": BUSYBOX, "command": ["true"], **size("1", "64")}
    definition = {"jobDefinitionName": "needy", "type": "container"}
    with pytest.raises(ClientException, match=tells):
        licences.call(
            "RegisterJobDefinition",
            **definition,
            containerProperties=container,
            consumableResourceProperties=needed,
        )


def test_a_job_cannot_need_what_there_is_not(licences):
    elsewhere = "arn:aws:batch:us-east-1:210987654321:consumable-resource/licences"
    for name in ("seats", elsewhere):
        with pytest.raises(ClientException, match=f"{name} does not exist"):
            licences.submit(**override(**{name: 1}))


def test_a_resource_made_again_is_the_same_to_who_waits_and_another_to_who_holds(licences):
    licences.submit("holds", **override(licences=2))
    licences.submit("waits", **override(licences=2))
    licences.call("DeleteConsumableResource", consumableResource="licences")
    create(licences, "licences", 1)
    licences.finish(0)
    assert counts(licences) == (1, 0, 1)
    assert launched(licences) == ["holds"]
    update(licences, "ADD", 1)
    assert launched(licences) == ["holds", "waits"]


def test_what_a_data_directory_keeps_has_them_all(licences):
    licences.submit("holds", **override(licences=2))
    waiting = licences.submit("waits", **override(licences=1))
    kept = restricted_pickle.load(BytesIO(pickle.dumps(licences.scheduler)))
    resource = kept.state.consumable_resources["licences"]
    assert (resource.total, resource.available) == (2, 0)
    assert kept.state.jobs[waiting].needed_resources == {"licences": 1}

    (task_id,) = kept.state.running
    kept.exited(task_id, None, None, licences.now, status_reason="Host EC2 (instance) terminated.")
    (launch,) = kept.advance(licences.now)
    assert (launch.job.name, resource.available) == ("waits", 1)


def test_unknown_filters_are_refused(licences):
    filters = [{"name": "JOB_QUEUE", "values": ["x"]}]
    with pytest.raises(ClientException, match="Unknown filter JOB_QUEUE"):
        licences.call("ListConsumableResources", filters=filters)
    with pytest.raises(ClientException, match="Unknown filter JOB_QUEUE"):
        licences.call(
            "ListJobsByConsumableResource", consumableResource="licences", filters=filters
        )
    status = [{"name": "JOB_STATUS", "values": ["WAITING"]}]
    with pytest.raises(ClientException, match="JOB_STATUS must be"):
        licences.call("ListJobsByConsumableResource", consumableResource="licences", filters=status)
