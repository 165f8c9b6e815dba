"""Why a job is not running.

A module for each kind of cause; :mod:`.examination` has their order.
"""

from batchsdk.diagnosis.examination import diagnose, diagnose_queues
from batchsdk.diagnosis.findings import (
    Cause,
    Diagnosis,
    Finding,
    QueueDiagnosis,
    Unchecked,
    Verdict,
)

__all__ = [
    "Cause",
    "Diagnosis",
    "Finding",
    "QueueDiagnosis",
    "Unchecked",
    "Verdict",
    "diagnose",
    "diagnose_queues",
]
