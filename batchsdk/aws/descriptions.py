"""What AWS says of queues and job definitions that no outputs describe; asked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from batchsdk.aws.transport import Transport
from batchsdk.contract import ComputeEnvironment, StackOutputs
from batchsdk.contract.capacity import name_patterns
from batchsdk.contract.described_queues import outputs_of, with_instances
from batchsdk.errors import ServiceError


class Descriptions:
    """The answers of one connection, by what was asked for."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._outputs: dict[str, StackOutputs] = {}
        self._environments: dict[str, Mapping[str, Any]] = {}
        self._with_instances: dict[str, ComputeEnvironment] = {}
        self._definitions: dict[str, Sequence[Mapping[str, Any]]] = {}

    @property
    def is_empty(self) -> bool:
        """Nothing has been asked yet."""
        return not (self._outputs or self._definitions)

    def forget(self) -> None:
        """Forget all answers, so that they are asked for anew."""
        for each in (self._outputs, self._environments, self._with_instances, self._definitions):
            each.clear()

    def outputs(self, transport: Transport, queue: str) -> StackOutputs | None:
        """Return what the outputs of a stack with this queue would say; ``None`` if there is none.

        Args:
            transport: the way to AWS.
            queue: name or ARN.

        Raises:
            ServiceError: AWS refused a call or did not answer.
        """
        if queue not in self._outputs:
            found = transport.describe_job_queue(queue)
            if found is None:
                return None
            order = [
                each["computeEnvironment"] for each in found.get("computeEnvironmentOrder") or ()
            ]
            environments = transport.describe_compute_environments(order) if order else ()
            self._environments |= {each["computeEnvironmentArn"]: each for each in environments}
            self._outputs[queue] = outputs_of(found, environments)
        return self._outputs[queue]

    def with_instances(
        self, transport: Transport, environment: ComputeEnvironment
    ) -> ComputeEnvironment:
        """Return a compute environment with what its instances have (DescribeInstanceTypes).

        EC2 may be closed to the caller: then nothing is known of the instances.

        Args:
            transport: the way to AWS.
            environment: of :meth:`outputs`.
        """
        if environment.arn not in self._with_instances:
            answers: Sequence[Mapping[str, Any]] = ()
            if environment.instance_types:
                try:
                    patterns = name_patterns(environment.instance_types)
                    answers = transport.describe_instance_types(patterns)
                except ServiceError:
                    answers = ()
            described = self._environments.get(environment.arn, {})
            self._with_instances[environment.arn] = with_instances(environment, described, answers)
        return self._with_instances[environment.arn]

    def definitions(
        self, transport: Transport, identifier: str, request: Mapping[str, Any]
    ) -> Sequence[Mapping[str, Any]]:
        """Return the job definitions that a request describes.

        Args:
            transport: the way to AWS.
            identifier: what the request is for.
            request: of DescribeJobDefinitions.

        Raises:
            ServiceError: AWS refused the call or did not answer.
        """
        if identifier not in self._definitions:
            found = transport.describe_job_definitions(request)
            if not found:
                return ()
            self._definitions[identifier] = found
        return self._definitions[identifier]
