"""What the program and its consumers agree on.

The outputs of a stack, and the model of capacity by which both sides decide whether a job fits.
"""

from batchsdk.contract.stack_outputs import (
    SCHEMA_VERSION,
    UNLIMITED_VCPUS,
    ComputeEnvironment,
    Container,
    ContractError,
    JobDefinition,
    JobQueue,
    LargestInstance,
    LogGroup,
    Network,
    NodeRange,
    Role,
    Roles,
    StackOutputs,
)

__all__ = [
    "SCHEMA_VERSION",
    "UNLIMITED_VCPUS",
    "ComputeEnvironment",
    "Container",
    "ContractError",
    "JobDefinition",
    "JobQueue",
    "LargestInstance",
    "LogGroup",
    "Network",
    "NodeRange",
    "Role",
    "Roles",
    "StackOutputs",
]
