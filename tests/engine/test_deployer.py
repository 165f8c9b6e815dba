"""A stack is deployed, edited and destroyed by who has the deployer's policy alone."""

from __future__ import annotations

import dataclasses

import pytest

from batch_platform.iam.deployer import deployer, given_roles
from batch_platform.plan import assumed_plan
from batch_platform.settings import read_stack_file, validate_stack_file
from localaws.provider import ProviderServer
from tests import example_environments as examples
from tests.localaws.principals import ACCOUNT, Principals

pytestmark = [pytest.mark.engine, pytest.mark.engine_suite, pytest.mark.timeout(400)]

EDITS = {
    "retentionInDays: 365": "retentionInDays: 180",
    "maxVcpus: 512": "maxVcpus: 256",
    "type: EC2\n      instanceTypes: [c6i, r6i]": "type: SPOT\n      instanceTypes: [c6i]",
    "memory: 4096": "memory: 2048",
    'cost-center: "4711"': "team: data",
}
"""In place, by an infrastructure update, by a new revision; and tags of everything."""


@pytest.fixture
def stack(new_stack, local):
    """An example with most that a config can say, for a user with the policy of its deployer."""
    made = new_stack()
    made.text = examples.text("prod-isolated")
    file = examples.FOLDER / "Pulumi.prod-isolated.yaml"
    stack_file = dataclasses.replace(read_stack_file(file), stack=made.name)
    plan = assumed_plan(validate_stack_file(stack_file))
    policy = deployer(plan, account_id=ACCOUNT, given=given_roles(stack_file.values))
    user = Principals(local).user(*policy["Statement"])
    keys = {name: value for name, value in user.environ.items() if value}
    connection = dataclasses.replace(
        local.connection,
        access_key_id=keys["AWS_ACCESS_KEY_ID"],
        secret_access_key=keys["AWS_SECRET_ACCESS_KEY"],
    )
    local.enforce_iam = True
    with ProviderServer(connection) as provider:
        made.environ = {**made.environ, **keys, **provider.environ}
        yield made
    local.enforce_iam = False


def test_who_has_the_policy_deploys_edits_and_destroys(stack):
    stack.up()
    for old, new in EDITS.items():
        assert old in stack.text
        stack.text = stack.text.replace(old, new)
    stack.up()
    stack.destroy()
    assert stack.resources() == []
