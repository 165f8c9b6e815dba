"""Submit, follow and understand AWS Batch jobs.

::

    import batchsdk

    batch = batchsdk.connect("dev")
    job = batch.submit("hello", parameters={"Target": "Hello, Tokyo!"})
    job.wait()
    print(job.logs().text)

Importing this package imports neither boto3 nor the command line's libraries.
"""

from batchsdk.client import Batch
from batchsdk.clock import Clock, SystemClock
from batchsdk.connection import connect
from batchsdk.contract import ContractError, StackOutputs
from batchsdk.dependencies import SEQUENTIAL, Dependency, n_to_n
from batchsdk.detail import ArrayProperties, JobAttempt, JobDetail, JobSummary
from batchsdk.diagnosis import Cause, Diagnosis, Finding, QueueDiagnosis, Unchecked, Verdict
from batchsdk.errors import (
    AccessDeniedError,
    BatchSdkError,
    ConnectionSettingsError,
    CredentialsError,
    EndpointUnreachableError,
    InvalidArgumentError,
    InvalidSubmissionError,
    JobError,
    JobFailedError,
    JobLostError,
    LogsUnavailableError,
    Problem,
    RegionError,
    RequestRefusedError,
    ServiceError,
    ServiceFailureError,
    StackOutputsError,
    SubmissionUnknownError,
    ThrottledError,
    UsageError,
    WaitTimeoutError,
)
from batchsdk.failure_kinds import FailedChild, Failure, FailureKind
from batchsdk.job import Job, StopResult
from batchsdk.log_reading import LogEvent, LogFilter
from batchsdk.logs import JobLogs
from batchsdk.prices import Estimate, PriceTable
from batchsdk.retry import Retry, RetryOn, RetryRule
from batchsdk.states import JobStatus, StopEffect
from batchsdk.submission import PreparedSubmission, Submission
from batchsdk.transport import Transport
from batchsdk.usage import Usage, UsageReport, UsageRow
from batchsdk.waiting import Polling

__version__ = "0.1.0"

__all__ = [
    "SEQUENTIAL",
    "AccessDeniedError",
    "ArrayProperties",
    "Batch",
    "BatchSdkError",
    "Cause",
    "Clock",
    "ConnectionSettingsError",
    "ContractError",
    "CredentialsError",
    "Dependency",
    "Diagnosis",
    "EndpointUnreachableError",
    "Estimate",
    "FailedChild",
    "Failure",
    "FailureKind",
    "Finding",
    "InvalidArgumentError",
    "InvalidSubmissionError",
    "Job",
    "JobAttempt",
    "JobDetail",
    "JobError",
    "JobFailedError",
    "JobLogs",
    "JobLostError",
    "JobStatus",
    "JobSummary",
    "LogEvent",
    "LogFilter",
    "LogsUnavailableError",
    "Polling",
    "PreparedSubmission",
    "PriceTable",
    "Problem",
    "QueueDiagnosis",
    "RegionError",
    "RequestRefusedError",
    "Retry",
    "RetryOn",
    "RetryRule",
    "ServiceError",
    "ServiceFailureError",
    "StackOutputs",
    "StackOutputsError",
    "StopEffect",
    "StopResult",
    "Submission",
    "SubmissionUnknownError",
    "SystemClock",
    "ThrottledError",
    "Transport",
    "Unchecked",
    "Usage",
    "UsageError",
    "UsageReport",
    "UsageRow",
    "Verdict",
    "WaitTimeoutError",
    "__version__",
    "connect",
    "n_to_n",
]
