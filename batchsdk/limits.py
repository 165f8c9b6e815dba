"""Limits of AWS Batch, named, each with its source.

Sources: the API reference (SubmitJob, RegisterJobDefinition and their types) and the service
quotas page of the AWS Batch user guide. All but ``SWEEP_POINTS`` are AWS's, and
fixed: no quota increase changes them.
"""

from __future__ import annotations

from collections.abc import Mapping

JOB_NAME_LENGTH = 128
"""Characters of a job name (API: SubmitJob ``jobName``)."""

DEPENDENCIES = 20
"""Entries of ``dependsOn`` (API: SubmitJob; service quotas)."""

DEPENDENCY_TYPES = ("N_TO_N", "SEQUENTIAL")
"""API: ArrayJobDependency."""

ARRAY_SIZE_MIN = 2
ARRAY_SIZE_MAX = 10_000
ARRAY_SIZE = range(ARRAY_SIZE_MIN, ARRAY_SIZE_MAX + 1)
"""Children of an array job (API: ArrayProperties ``size``)."""

NODES = range(1, 1001)
"""Nodes of a multi-node parallel job (user guide: service quotas; not of arrays)."""

SWEEP_POINTS = 1_000_000
"""Points of one sweep. A limit of this library: a hundred arrays, and some hundreds of MiB here."""

TIMEOUT_SECONDS = 60
"""Least ``attemptDurationSeconds`` (API: JobTimeout)."""

MEMORY_MIB = 4
"""Least MEMORY of a container on EC2, in MiB (API: ResourceRequirement)."""

VCPUS = 1
"""Least VCPU of a container on EC2 (API: ResourceRequirement)."""
MOST_VCPUS = 10**6
"""More than any instance type has; infinity and numbers without end are above."""

RETRY_ATTEMPTS_MIN = 1
RETRY_ATTEMPTS_MAX = 10
RETRY_ATTEMPTS = range(RETRY_ATTEMPTS_MIN, RETRY_ATTEMPTS_MAX + 1)
"""API: RetryStrategy ``attempts``."""

RETRY_RULES = 5
"""Entries of ``evaluateOnExit`` (API: RetryStrategy)."""

RETRY_PATTERN_LENGTH = 512
"""Characters of a pattern (API: EvaluateOnExit)."""

TAGS = 50
"""Tags of one job (API: SubmitJob ``tags``)."""

TAG_KEY_LENGTH = 128
TAG_VALUE_LENGTH = 256
"""API: TagResource ``tags``."""

SHARE_IDENTIFIER_LENGTH = 255
"""API: SubmitJob ``shareIdentifier``."""

SCHEDULING_PRIORITY = range(10_000)
"""API: SubmitJob ``schedulingPriorityOverride``."""

OVERRIDES_LENGTH = 8192
"""Characters of the container overrides that Batch hands to ECS, ``Ref::`` already replaced.

Batch accepts a longer job and fails it when it starts: ``Container Overrides length must be at
most 8192`` (API: ECS RunTask ``overrides``).
"""

PAYLOAD_BYTES = 30 * 1024
"""Bytes of one SubmitJob request (user guide: service quotas)."""

SUBMISSIONS_PER_SECOND = 50
"""SubmitJob calls a second of one account in one region (user guide: service quotas)."""

CONCURRENCY_MIN = 1
CONCURRENCY_MAX = 64
CONCURRENCY = range(CONCURRENCY_MIN, CONCURRENCY_MAX + 1)
"""Submissions of one call that may be under way at a time. Ours: at 50 a second, 64 are enough
for answers that take more than a second."""

REASON_LENGTH = 1024
"""Characters of ``reason`` (API: CancelJob, TerminateJob)."""

DESCRIBE_JOBS = 100
"""Ids of one DescribeJobs call (API: DescribeJobs ``jobs``)."""

CONSUMABLE_RESOURCES = 5
"""Consumable resources of one job (user guide: Specify the resources needed to run a job)."""

RESERVED_ENVIRONMENT_PREFIX = "AWS_BATCH"
"""Names with this prefix are reserved for Batch (API: ContainerOverrides ``environment``)."""

ECS_RESERVED_MIB = 32
"""MiB of an instance that the ECS agent keeps for itself (user guide: compute environment memory
management). The operating system takes some more, so what a job can have is less still."""

FARGATE_MEMORY_MIB: Mapping[float, tuple[int, ...]] = {
    0.25: (512, 1024, 2048),
    0.5: tuple(range(1024, 4097, 1024)),
    1: tuple(range(2048, 8193, 1024)),
    2: tuple(range(4096, 16385, 1024)),
    4: tuple(range(8192, 30721, 1024)),
    8: tuple(range(16384, 61441, 4096)),
    16: tuple(range(32768, 122881, 8192)),
    32: (61440, 122880, 249856),
}
"""vCPUs of a Fargate job -> the MiB that go with them (API: ResourceRequirement)."""
