"""Resources made by the handlers on the local AWS, with their states kept as an engine does."""

from __future__ import annotations

import json
import uuid

from pulumi import _types

from localaws.resources.table import RESOURCE_TYPES


class Resource:
    """One resource, with its state kept as an engine keeps it."""

    def __init__(self, clients, token, inputs):
        self.type, self.clients = RESOURCE_TYPES[token], clients
        self.inputs = {**self.type.defaults, **inputs}
        self.id, outputs = self.type.create(clients, self.inputs)
        self.state = {**self.inputs, **outputs}

    def update(self, **changes):
        """Update in place; an input that is set to ``None`` is taken out."""
        changed = {**self.inputs, **changes}
        inputs = {key: value for key, value in changed.items() if value is not None}
        outputs = self.type.update(self.clients, self.id, self.state, inputs)
        self.inputs, self.state = inputs, {**inputs, **outputs}

    def read(self, identifier=None):
        return self.type.read(self.clients, identifier or self.state["id"])

    def delete(self):
        self.type.delete(self.clients, self.id, self.state)

    def differences(self, found):
        """Return what differs between the state and what was read, but for other words."""
        names = (set(self.state) | set(found)) - self.type.unread
        return {
            name: (self.state.get(name), found.get(name))
            for name in names
            if self.state.get(name) != found.get(name)
            and not self._same(name, found.get(name), self.state.get(name))
        }

    def differences_after_import(self, found):
        """Return the inputs that an update would change if ``found`` had been imported."""
        known = set(_types.input_type_types(self.type.arguments))
        imported = {key: value for key, value in found.items() if key in known}
        names = (set(imported) | set(self.inputs)) - self.type.unread
        return {
            name: (imported.get(name), self.inputs.get(name))
            for name in names
            if imported.get(name) != self.inputs.get(name)
            and not (name not in self.inputs and name in self.type.computed)
            and not self._same(name, imported.get(name), self.inputs.get(name))
        }

    def _same(self, name, found, wanted):
        given = found is not None and wanted is not None and self.type.unchanged
        return bool(given and self.type.unchanged(name, found, wanted))


class Makes:
    """Makes resources with names of their own, and deletes them in the end, last first."""

    def __init__(self, clients):
        self.clients = clients
        self.made = []

    def __call__(self, token, **inputs):
        made = Resource(self.clients, token, inputs)
        self.made.append(made)
        return made

    def name(self, what):
        return f"{what}-{uuid.uuid4().hex[:8]}"

    def clean(self):
        for resource in reversed(self.made):
            resource.delete()

    def vpc(self):
        return self("aws:ec2/vpc:Vpc", cidrBlock="10.0.0.0/16")

    def subnet(self, vpc, block="10.0.0.0/24"):
        return self(
            "aws:ec2/subnet:Subnet",
            vpcId=vpc.id,
            cidrBlock=block,
            availabilityZone="us-east-1a",
        )

    def security_group(self, vpc):
        return self("aws:ec2/securityGroup:SecurityGroup", name=self.name("group"), vpcId=vpc.id)

    def internet_gateway(self, vpc):
        return self("aws:ec2/internetGateway:InternetGateway", vpcId=vpc.id)

    def role(self, service="ec2.amazonaws.com"):
        return self("aws:iam/role:Role", name=self.name("role"), assumeRolePolicy=trust(service))

    def environment(self, **inputs):
        inputs = {
            "name": self.name("environment"),
            "type": "MANAGED",
            "computeResources": compute_resources(),
            **inputs,
        }
        return self("aws:batch/computeEnvironment:ComputeEnvironment", **inputs)

    def queue(self, *environments, **inputs):
        orders = [
            {"order": order, "computeEnvironment": each.state["arn"]}
            for order, each in enumerate(environments, 1)
        ]
        inputs = {
            "name": self.name("queue"),
            "state": "ENABLED",
            "priority": 1,
            "computeEnvironmentOrders": orders,
            **inputs,
        }
        return self("aws:batch/jobQueue:JobQueue", **inputs)

    def definition(self, **inputs):
        inputs = {
            "name": self.name("definition"),
            "type": "container",
            "containerProperties": container(),
            **inputs,
        }
        return self("aws:batch/jobDefinition:JobDefinition", **inputs)


def trust(service):
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"Service": service},
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def container(**properties):
    requirements = [{"type": "VCPU", "value": "1"}, {"type": "MEMORY", "value": "100"}]
    return json.dumps(
        {"image": "busybox", "command": ["true"], "resourceRequirements": requirements} | properties
    )


def compute_resources(**resources):
    return {
        "type": "EC2",
        "allocationStrategy": "BEST_FIT_PROGRESSIVE",
        "minVcpus": 0,
        "maxVcpus": 16,
        "instanceTypes": ["c5.large", "m5.large"],
        "instanceRole": "arn:aws:iam::123456789012:instance-profile/any",
        "subnets": ["subnet-2", "subnet-1"],
        "securityGroupIds": ["sg-12345678"],
        "ec2Configurations": [{"imageType": "ECS_AL2023"}],
        **resources,
    }
