"""A workflow of a file, to be run like any other."""

from __future__ import annotations

from batchsdk.session import Session
from batchsdk.workflow.builder import Workflow
from batchsdk.workflow.source import Source
from batchsdk.workflow.yaml_file import WorkflowFile


class FileWorkflow(Workflow):
    """A workflow that was read from a file. Made by ``Batch.load_workflow``."""

    def __init__(self, session: Session, file: WorkflowFile) -> None:
        read = file.definition
        super().__init__(
            session,
            read.name,
            parameters=read.parameters,
            barrier=read.barrier,
            storage=read.storage,
            on_failure=read.on_failure,
            on_end=read.on_end,
            cache=read.cache,
        )
        self._steps += read.steps
        self._file = file

    @property
    def _source(self) -> Source:
        file = self._file
        return Source(
            definition=self.definition,
            problems=(*file.problems, *self._problems),
            located=file.located,
        )
