"""Batch over HTTP: finds the operation, checks the request against AWS's model, answers JSON."""

from __future__ import annotations

import json
import logging
import re
import uuid
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, unquote

import botocore.session
from botocore.validate import ParamValidator

from localaws.batch.errors import BatchServiceError, ClientException, ServerException
from localaws.batch.operations import OPERATIONS
from localaws.batch.operations.context import Context
from localaws.batch.request_checks import violations

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment
    from botocore.model import OperationModel

    from localaws.batch.engine import Engine

logger = logging.getLogger(__name__)


class BatchApplication:
    """The WSGI application for requests that are signed for the service ``batch``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        model = botocore.session.get_session().get_service_model("batch")
        self._routes = [
            (operation.http["method"], _route(operation.http["requestUri"]), operation)
            for operation in map(model.operation_model, model.operation_names)
        ]

    def answer(
        self, environ: WSGIEnvironment, start_response: StartResponse, account_id: str, region: str
    ) -> Iterable[bytes]:
        """Answer one request of ``account_id`` in ``region``."""
        try:
            status, body = 200, self._perform(environ, account_id, region)
            headers = []
        except BatchServiceError as error:
            status, body = error.http_status, {"message": error.message}
            headers = [("x-amzn-ErrorType", error.code)]
        except Exception:
            logger.exception("%s failed", environ.get("PATH_INFO"))
            status, body = 500, {"message": "Internal error of the local Batch; see its log"}
            headers = [("x-amzn-ErrorType", ServerException.code)]
        payload = json.dumps(body).encode()
        headers += [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(payload))),
            ("x-amzn-RequestId", str(uuid.uuid4())),
        ]
        start_response(f"{status} {'OK' if status == 200 else 'Error'}", headers)  # noqa: PLR2004
        return [payload]

    def _perform(self, environ: WSGIEnvironment, account_id: str, region: str) -> dict[str, Any]:
        operation, path_members = self._match(environ)
        if operation.name not in OPERATIONS:
            raise ClientException(f"{operation.name} is not supported by the local Batch yet")
        request = {**_body(environ), **path_members}
        if operation.input_shape is not None:
            report = ParamValidator().validate(request, operation.input_shape)
            if report.has_errors():
                raise ClientException(report.generate_report())
            for violation in violations(operation.input_shape, request):
                raise ClientException(violation)
        with self._engine.lock:
            state, scheduler = self._engine.region(account_id, region)
            context = Context(state, scheduler, self._engine.now())
            answer = OPERATIONS[operation.name](context, request)
        self._engine.wake()
        return answer

    def _match(self, environ: WSGIEnvironment) -> tuple[OperationModel, dict[str, Any]]:
        # PATH_INFO is already unquoted, and ARNs hold slashes: take the path as it was sent.
        path = (environ.get("RAW_URI") or environ["PATH_INFO"]).partition("?")[0]
        for method, pattern, operation in self._routes:
            if method == environ["REQUEST_METHOD"] and (found := pattern.fullmatch(path)):
                members: dict[str, Any] = {
                    key: unquote(value) for key, value in found.groupdict().items()
                }
                if operation.name == "UntagResource":
                    members["tagKeys"] = parse_qs(environ.get("QUERY_STRING", "")).get(
                        "tagKeys", []
                    )
                return operation, members
        raise ClientException(f"No such operation: {environ['REQUEST_METHOD']} {path}")


def _route(request_uri: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>.+)", request_uri))


def _body(environ: WSGIEnvironment) -> Mapping[str, Any]:
    length = int(environ.get("CONTENT_LENGTH") or 0)
    raw = environ["wsgi.input"].read(length) if length else b""
    try:
        body = json.loads(raw or b"{}")
    except (ValueError, RecursionError):  # the latter: nested deeper than any request
        raise ClientException("The request's body is not JSON") from None
    if not isinstance(body, dict):
        raise ClientException("The request's body is not a JSON object")
    return body
