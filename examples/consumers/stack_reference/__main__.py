"""Another Pulumi program that reads the stack's outputs by a StackReference.

It gives a Lambda function the right to submit one job definition to one queue, and nothing else.

    pulumi config set batchStack acme/batch-platform/dev
    pulumi up
"""

import json

import pulumi
import pulumi_aws as aws

from batchsdk.contract import StackOutputs  # standard library only; `pip install batchsdk`


def submit_policy(batch: StackOutputs) -> str:
    """Return the policy: SubmitJob with any revision of the definition, to the queue alone."""
    revision = batch.job_definitions["hello"].arn
    resources = [batch.job_queues["default"].arn, f"{revision.rpartition(':')[0]}:*"]
    statement = {"Effect": "Allow", "Action": "batch:SubmitJob", "Resource": resources}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


config = pulumi.Config()
stack = pulumi.StackReference(config.require("batchStack"))
# Raises ContractError if it is not a batch-platform stack, or of a version not known here.
batch = stack.outputs.apply(StackOutputs.from_mapping)

trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRole",
            "Principal": {"Service": "lambda.amazonaws.com"},
        }
    ],
}
role = aws.iam.Role("nightly-report", assume_role_policy=json.dumps(trust))
aws.iam.RolePolicy("submit", role=role.name, policy=batch.apply(submit_policy))

pulumi.export("role", role.arn)
# What the function's environment needs: names, so that it takes the newest revision.
pulumi.export("jobQueue", batch.apply(lambda outputs: outputs.job_queues["default"].name))
pulumi.export("jobDefinition", batch.apply(lambda outputs: outputs.job_definitions["hello"].name))
