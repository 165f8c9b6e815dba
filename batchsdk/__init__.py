"""Submit, follow and understand AWS Batch jobs.

::

    import batchsdk

    batch = batchsdk.connect("dev")
    job = batch.submit("hello", parameters={"Target": "Hello, Tokyo!"})
    job.wait()
    print(job.logs().text)

Importing this package imports nothing else of it: a public name is imported when it is first used
(PEP 562), and boto3 with the first call of AWS. A program that only checks its arguments pays for
neither.
"""

TYPE_CHECKING = False  # type checkers take it as true; `typing` costs more than all of this module
if TYPE_CHECKING:
    from batchsdk.aws.transport import Transport
    from batchsdk.client import Batch
    from batchsdk.clock import Clock, SystemClock
    from batchsdk.connection.connecting import connect
    from batchsdk.contract import ContractError, StackOutputs
    from batchsdk.diagnosis import Cause, Diagnosis, Finding, QueueDiagnosis, Unchecked, Verdict
    from batchsdk.errors import (
        AccessDeniedError,
        BatchSdkError,
        ConnectionSettingsError,
        CredentialsError,
        CredentialsRefreshError,
        EndpointUnreachableError,
        FunctionError,
        FunctionVersionError,
        InvalidArgumentError,
        InvalidSubmissionError,
        JobError,
        JobFailedError,
        JobLostError,
        JobsFailedError,
        LedgerError,
        LogsUnavailableError,
        Problem,
        RegionError,
        RequestRefusedError,
        RunCancelledError,
        RunConflictError,
        RunForgottenError,
        RunnableTimeoutError,
        ServiceError,
        ServiceFailureError,
        StackOutputsError,
        SubmissionUnknownError,
        ThrottledError,
        TransientError,
        UsageError,
        WaitTimeoutError,
        WrongAccountError,
    )
    from batchsdk.failure_kinds import FailedChild, Failure, FailureKind
    from batchsdk.functions.decorating import Function
    from batchsdk.functions.dispatching import CallCounts
    from batchsdk.functions.executor import FunctionExecutor
    from batchsdk.functions.outcomes import RemoteTraceback
    from batchsdk.insight.activity import Activity, Overview, QueueActivity
    from batchsdk.insight.estimate import Estimate
    from batchsdk.insight.price_list import FargatePrice, InstancePrice, PriceList
    from batchsdk.insight.prices import PriceTable
    from batchsdk.insight.report.model import Report
    from batchsdk.insight.usage import Usage, UsageReport, UsageRow
    from batchsdk.jobs.detail import ArrayProperties, JobAttempt, JobDetail, JobSummary
    from batchsdk.jobs.futures import DoneAndNotDone, as_completed, wait
    from batchsdk.jobs.job import Job
    from batchsdk.jobs.stopping import StopResult
    from batchsdk.jobs.waiting import Outcome
    from batchsdk.jobs.watcher import Polling
    from batchsdk.logs.following import JobLogs
    from batchsdk.logs.reading import LogEvent, LogFilter
    from batchsdk.runs.ledger import Entry, EntryState, Ledger
    from batchsdk.runs.listing import RunSummary
    from batchsdk.runs.run import Run
    from batchsdk.states import JobStatus, StopEffect
    from batchsdk.submit.dependencies import SEQUENTIAL, Dependency, n_to_n
    from batchsdk.submit.escalation import Escalate
    from batchsdk.submit.many import SubmitManyError
    from batchsdk.submit.overrides import Override
    from batchsdk.submit.retry import Retry, RetryOn, RetryRule
    from batchsdk.submit.submission import PreparedSubmission, Submission
    from batchsdk.sweep_task import Task, TaskError, task
    from batchsdk.sweeps.results import SweepFailedError, SweepResult
    from batchsdk.sweeps.sweep import PreparedSweep, Sweep
    from batchsdk.workflow.builder import Workflow
    from batchsdk.workflow.digest import FailedStep, RunDigest
    from batchsdk.workflow.errors import InvalidWorkflowError, WorkflowFailedError
    from batchsdk.workflow.planning import EdgeKind, Plan, PlannedEdge, PlannedJob
    from batchsdk.workflow.record import CachedPoints, CachedResult
    from batchsdk.workflow.run import WorkflowRun
    from batchsdk.workflow.stepfunctions.exporting import StateMachine
    from batchsdk.workflow.steps import (
        Condition,
        Step,
        StepStatus,
        exit_code,
        failed,
        succeeded,
    )

__version__ = "0.2.0"

__all__ = [
    "SEQUENTIAL",
    "AccessDeniedError",
    "Activity",
    "ArrayProperties",
    "Batch",
    "BatchSdkError",
    "CachedPoints",
    "CachedResult",
    "CallCounts",
    "Cause",
    "Clock",
    "Condition",
    "ConnectionSettingsError",
    "ContractError",
    "CredentialsError",
    "CredentialsRefreshError",
    "Dependency",
    "Diagnosis",
    "DoneAndNotDone",
    "EdgeKind",
    "EndpointUnreachableError",
    "Entry",
    "EntryState",
    "Escalate",
    "Estimate",
    "FailedChild",
    "FailedStep",
    "Failure",
    "FailureKind",
    "FargatePrice",
    "Finding",
    "Function",
    "FunctionError",
    "FunctionExecutor",
    "FunctionVersionError",
    "InstancePrice",
    "InvalidArgumentError",
    "InvalidSubmissionError",
    "InvalidWorkflowError",
    "Job",
    "JobAttempt",
    "JobDetail",
    "JobError",
    "JobFailedError",
    "JobLogs",
    "JobLostError",
    "JobStatus",
    "JobSummary",
    "JobsFailedError",
    "Ledger",
    "LedgerError",
    "LogEvent",
    "LogFilter",
    "LogsUnavailableError",
    "Outcome",
    "Override",
    "Overview",
    "Plan",
    "PlannedEdge",
    "PlannedJob",
    "Polling",
    "PreparedSubmission",
    "PreparedSweep",
    "PriceList",
    "PriceTable",
    "Problem",
    "QueueActivity",
    "QueueDiagnosis",
    "RegionError",
    "RemoteTraceback",
    "Report",
    "RequestRefusedError",
    "Retry",
    "RetryOn",
    "RetryRule",
    "Run",
    "RunCancelledError",
    "RunConflictError",
    "RunDigest",
    "RunForgottenError",
    "RunSummary",
    "RunnableTimeoutError",
    "ServiceError",
    "ServiceFailureError",
    "StackOutputs",
    "StackOutputsError",
    "StateMachine",
    "Step",
    "StepStatus",
    "StopEffect",
    "StopResult",
    "Submission",
    "SubmissionUnknownError",
    "SubmitManyError",
    "Sweep",
    "SweepFailedError",
    "SweepResult",
    "SystemClock",
    "Task",
    "TaskError",
    "ThrottledError",
    "TransientError",
    "Transport",
    "Unchecked",
    "Usage",
    "UsageError",
    "UsageReport",
    "UsageRow",
    "Verdict",
    "WaitTimeoutError",
    "Workflow",
    "WorkflowFailedError",
    "WorkflowRun",
    "WrongAccountError",
    "__version__",
    "as_completed",
    "connect",
    "exit_code",
    "failed",
    "n_to_n",
    "succeeded",
    "task",
    "wait",
]

if not TYPE_CHECKING:  # a type checker would take a module's __getattr__ to have every name
    _NAMES_OF = {
        "insight.activity": ("Activity", "Overview", "QueueActivity"),
        "client": ("Batch",),
        "clock": ("Clock", "SystemClock"),
        "connection.connecting": ("connect",),
        "contract": ("ContractError", "StackOutputs"),
        "submit.dependencies": ("Dependency", "SEQUENTIAL", "n_to_n"),
        "jobs.detail": ("ArrayProperties", "JobAttempt", "JobDetail", "JobSummary"),
        "diagnosis": ("Cause", "Diagnosis", "Finding", "QueueDiagnosis", "Unchecked", "Verdict"),
        "errors": (
            "AccessDeniedError",
            "BatchSdkError",
            "ConnectionSettingsError",
            "CredentialsError",
            "CredentialsRefreshError",
            "EndpointUnreachableError",
            "FunctionError",
            "FunctionVersionError",
            "InvalidArgumentError",
            "InvalidSubmissionError",
            "JobError",
            "JobFailedError",
            "JobLostError",
            "JobsFailedError",
            "LedgerError",
            "LogsUnavailableError",
            "Problem",
            "RegionError",
            "RequestRefusedError",
            "RunCancelledError",
            "RunConflictError",
            "RunForgottenError",
            "RunnableTimeoutError",
            "ServiceError",
            "ServiceFailureError",
            "StackOutputsError",
            "SubmissionUnknownError",
            "ThrottledError",
            "TransientError",
            "UsageError",
            "WaitTimeoutError",
            "WrongAccountError",
        ),
        "submit.escalation": ("Escalate",),
        "submit.many": ("SubmitManyError",),
        "failure_kinds": ("FailedChild", "Failure", "FailureKind"),
        "functions.decorating": ("Function",),
        "functions.dispatching": ("CallCounts",),
        "functions.executor": ("FunctionExecutor",),
        "functions.outcomes": ("RemoteTraceback",),
        "jobs.futures": ("DoneAndNotDone", "as_completed", "wait"),
        "jobs.job": ("Job",),
        "runs.ledger": ("Entry", "EntryState", "Ledger"),
        "logs.reading": ("LogEvent", "LogFilter"),
        "logs.following": ("JobLogs",),
        "insight.report.model": ("Report",),
        "insight.estimate": ("Estimate",),
        "insight.price_list": ("FargatePrice", "InstancePrice", "PriceList"),
        "insight.prices": ("PriceTable",),
        "jobs.waiting": ("Outcome",),
        "submit.overrides": ("Override",),
        "submit.retry": ("Retry", "RetryOn", "RetryRule"),
        "runs.run": ("Run",),
        "runs.listing": ("RunSummary",),
        "states": ("JobStatus", "StopEffect"),
        "jobs.stopping": ("StopResult",),
        "submit.submission": ("PreparedSubmission", "Submission"),
        "sweeps.sweep": ("PreparedSweep", "Sweep"),
        "sweeps.results": ("SweepFailedError", "SweepResult"),
        "sweep_task": ("Task", "TaskError", "task"),
        "aws.transport": ("Transport",),
        "insight.usage": ("Usage", "UsageReport", "UsageRow"),
        "jobs.watcher": ("Polling",),
        "workflow.builder": ("Workflow",),
        "workflow.digest": ("FailedStep", "RunDigest"),
        "workflow.errors": ("InvalidWorkflowError", "WorkflowFailedError"),
        "workflow.planning": ("EdgeKind", "Plan", "PlannedEdge", "PlannedJob"),
        "workflow.record": ("CachedPoints", "CachedResult"),
        "workflow.run": ("WorkflowRun",),
        "workflow.stepfunctions.exporting": ("StateMachine",),
        "workflow.steps": (
            "Condition",
            "Step",
            "StepStatus",
            "exit_code",
            "failed",
            "succeeded",
        ),
    }
    """Module -> the public names in it. The imports above say the same to type checkers."""

    _MODULE_OF = {name: module for module, names in _NAMES_OF.items() for name in names}

    def __getattr__(name: str) -> object:
        """Import a public name when it is first used."""
        if name not in _MODULE_OF:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}", name=name)
        from importlib import import_module  # noqa: PLC0415  # not needed by the import itself

        value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
        globals()[name] = value
        return value

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
