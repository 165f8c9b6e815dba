"""Which call of an API an HTTP request is: by moto's parsers and botocore's models."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError
from botocore.loaders import create_loader
from botocore.model import OperationNotFoundError
from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model
from werkzeug.exceptions import HTTPException

from localaws.iam.calls.call import Call, Lookup

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_MODELS = {
    "monitoring": "cloudwatch",
    "elasticfilesystem": "efs",
    "elasticloadbalancing": "elbv2",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
"""Signing name -> botocore's name of the service, where they differ."""
_PREFIXES = {"monitoring": "cloudwatch", "tagging": "tag"}
"""Signing name -> prefix in the names of actions, where they differ."""
_OF_CBOR = re.compile(r"/service/[^/]+/operation/(?P<operation>\w+)")
"""Path of a request in Smithy's RPC v2 CBOR; what is in its body is not looked at."""
_S3_BODIES = frozenset({"DeleteObjects"})
"""Operations of S3 whose body is looked at; others may have a gibibyte."""


def call_of(
    environ: WSGIEnvironment,
    *,
    service: str,
    region: str,
    account_id: str,
    partition: str,
    find: Lookup,
) -> Call:
    """Read a request, and leave its body to be read again.

    The operation is ``*`` where no model says which it is.

    Args:
        environ: of WSGI.
        service: signing name, e.g. ``monitoring``.
        region: that was signed.
        account_id: of the caller.
        partition: of the region.
        find: looks up ARNs.
    """
    operation, parameters = _operation(environ, service)
    return Call(
        service=_PREFIXES.get(service, service),
        operation=operation,
        parameters=parameters,
        partition=partition,
        region=region,
        account_id=account_id,
        find=find,
    )


def _operation(environ: WSGIEnvironment, service: str) -> tuple[str, dict[str, Any]]:
    name = _MODELS.get(service, service)
    request = _request(environ, with_body=service != "s3")
    found = _named(request)
    if name not in _known():
        return found or "*", {}
    uri_parameters: dict[str, Any] = {}
    try:
        if not found:
            operation, uri_parameters = get_service_router(name).match(request)
            found = str(operation.name)
        if found in _S3_BODIES:
            request = _request(environ, with_body=True)
        return found, _parameters(name, found, request, uri_parameters)
    except (HTTPException, NotImplementedError, OperationNotFoundError, BotoCoreError, ValueError):
        return found or "*", {}


def _named(request: Request) -> str:
    """Return the operation that a request names itself, in its head, its path or its form."""
    if found := _OF_CBOR.fullmatch(request.path):
        return found["operation"]
    target = request.headers.get("X-Amz-Target", "")
    if target:
        return str(target).rpartition(".")[2]
    return str(request.values.get("Action", ""))


def _parameters(
    service: str, operation: str, request: Request, uri_parameters: dict[str, Any]
) -> dict[str, Any]:
    model = get_service_model(service)
    protocol = determine_request_protocol(model, request.content_type)
    parser: Callable[..., Any] = PROTOCOL_PARSERS[protocol]
    parsed = parser(model.operation_model(operation)).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.data,
            "url_path": request.path,
            "url_params": uri_parameters,
        }
    )
    return dict(parsed)


def _request(environ: WSGIEnvironment, *, with_body: bool) -> Request:
    if not with_body:
        bare = {**environ, "wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}
        return Request(bare)
    length = int(environ.get("CONTENT_LENGTH") or 0)
    body = environ["wsgi.input"].read(length)
    environ["wsgi.input"].seek(0)
    return Request({**environ, "wsgi.input": BytesIO(body), "CONTENT_LENGTH": str(len(body))})


@functools.cache
def _known() -> frozenset[str]:
    return frozenset(create_loader().list_available_services("service-2"))
