"""Step Functions: executions call this AWS, as the role of their state machine.

moto's interpreter of state machines calls a server at port 5000 with a key that nobody has. It
gives no array where a path with a wildcard or a filter (``$.Jobs[?(@.Status == 'FAILED')]``) leads
to one value or to none: AWS does, as Jayway JsonPath does ("What is Returned When?": such a path is
indefinite). And it hands members of APIs on in PascalCase, and the answers in the API's own
form: states have them in PascalCase, whatever the API has ("Parameters in Step Functions are
expressed in PascalCase", developer guide, "AWS SDK integrations"). So it has errors of Batch, which
AWS names ``Batch.ClientException``.
"""

from __future__ import annotations

import functools
import importlib
import re
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import OperationModel

ClientOf = Callable[[str, str, str], Any]
"""Takes a service, a region and the ARN of a role; returns the role's client of the service."""
_PARSER = "moto.stepfunctions.parser."
_TASKS = f"{_PARSER}asl.component.state.exec.state_task.service"
_INDEFINITE = re.compile(r"(\.\*|\[\*\]|\[\?\(.*\)\])[^\[\]]*$")
"""A wildcard or a filter, after which no element is picked out by its index."""


def correct(client_of: ClientOf) -> None:
    """Have executions call what ``client_of`` reaches. Imports the interpreter, within a second.

    Raises:
        ImportError: antlr4-python3-runtime is not installed.
    """
    # Only here: most servers are never asked for state machines.
    importlib.import_module("moto.stepfunctions.parser.models")
    from jsonpath_ng.ext.parser import parse  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.utils import json_path  # noqa: PLC0415

    def client_for(region: str, service: str, state_credentials: Any = None) -> Any:
        return client_of(service, region, state_credentials.role_arn)

    extract = getattr(json_path.extract_json, "of_moto", json_path.extract_json)

    def extract_json(path: str, data: Any) -> Any:
        if not _INDEFINITE.search(path):
            return extract(path, data)
        return [match.value for match in parse(path).find(data)]

    extract_json.of_moto = extract  # type: ignore[attr-defined]
    for module, name in (("aws_sdk", "AwsSdk"), ("batch", "Batch")):
        tasks = importlib.import_module(f"{_TASKS}.state_task_service_{module}")
        kind = getattr(tasks, f"StateTaskService{name}")
        kind._normalise_parameters = _as_api_has_them
        kind._normalise_response = _as_states_have_them
        if module == "aws_sdk":  # errors are named after the service, as its SDK for Java has it
            tasks._SERVICE_ERROR_NAMES["batch"] = "Batch"
    _put("boto_client_for", client_for)
    _put("extract_json", extract_json)


def stop_executions() -> None:
    """End all executions: their threads would go on calling after what they are about is gone."""
    models = sys.modules.get(f"{_PARSER}models")
    if models is None:
        return  # there never was one
    now = datetime.now(UTC)
    for regions in list(models.stepfunctions_parser_backends.values()):
        for backend in list(regions.values()):
            for machine in backend.state_machines:
                for execution in machine.executions:
                    execution.stop(now, "States.Aborted", "the local AWS was emptied or stopped")


def _put(name: str, function: Any) -> None:
    """Put a function in the place of moto's in each module that has it by name."""
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith(_PARSER) and hasattr(module, name):
            setattr(module, name, function)


def _as_api_has_them(self: Any, parameters: dict[str, Any], *names: str, **named: str) -> None:
    operation = _operation(self, *names, **named)
    if operation.input_shape is not None:
        self._to_boto_request(parameters, operation.input_shape)


def _as_states_have_them(self: Any, response: Any, *names: str, **named: str) -> None:
    operation = _operation(self, *names, **named)
    if operation.output_shape is not None:
        self._from_boto_response(response, operation.output_shape)


def _operation(
    task: Any, boto_service_name: str | None = None, service_action_name: str | None = None
) -> OperationModel:
    service = task._get_boto_service_name(boto_service_name)
    return _operation_of(service, task._get_boto_service_action(service_action_name))


@functools.cache
def _operation_of(service: str, action: str) -> OperationModel:
    model = botocore.session.get_session().get_service_model(service)
    named = {xform_name(name): name for name in model.operation_names}
    return model.operation_model(named[action])
