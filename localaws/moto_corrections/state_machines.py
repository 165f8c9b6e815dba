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
from collections.abc import Callable, Mapping
from typing import Any

import boto3
import botocore.session
from botocore import xform_name
from botocore.client import BaseClient
from botocore.config import Config
from botocore.model import OperationModel

CredentialsOf = Callable[[str, str], Mapping[str, Any]]
"""Takes the ARN of a role and a region; returns a session's credentials, as the ECS agent has them.
"""
_PARSER = "moto.stepfunctions.parser."
_TASKS = f"{_PARSER}asl.component.state.exec.state_task.service"
_PATIENCE_SECONDS = 60
_INDEFINITE = re.compile(r"(\.\*|\[\*\]|\[\?\(.*\)\])[^\[\]]*$")
"""A wildcard or a filter, after which no element is picked out by its index."""


def correct(endpoint_url: str, credentials_of: CredentialsOf) -> None:
    """Have executions call ``endpoint_url``. Imports the interpreter, which takes a second.

    Raises:
        ImportError: antlr4-python3-runtime is not installed.
    """
    # Only here: most servers are never asked for state machines.
    importlib.import_module("moto.stepfunctions.parser.models")
    from jsonpath_ng.ext.parser import parse  # noqa: PLC0415
    from moto.stepfunctions.parser.asl.utils import json_path  # noqa: PLC0415

    def client_for(region: str, service: str, state_credentials: Any = None) -> BaseClient:
        credentials = credentials_of(state_credentials.role_arn, region)
        config = Config(
            parameter_validation=False,  # of a request that a state machine has made
            retries={"max_attempts": 0},
            read_timeout=_PATIENCE_SECONDS,
        )
        client: BaseClient = boto3.client(  # type: ignore[call-overload]
            service,
            region_name=region,
            endpoint_url=endpoint_url,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["Token"],
            config=config,
        )
        return client

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
