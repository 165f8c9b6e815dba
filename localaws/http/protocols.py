"""Errors in the protocol that the client of a request reads.

Source: the error sections of the AWS protocols in the Smithy specification (restJson1, awsJson1,
restXml, awsQuery, ec2Query, rpcv2Cbor), and "Error responses" in the API reference of Amazon S3.
"""

from __future__ import annotations

import functools
import json
import uuid
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs
from xml.sax.saxutils import escape

from botocore.exceptions import UnknownServiceError
from moto.core.utils import get_service_model

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from localaws.http.refusals import Code, RefusedError

S3_SIGNING_NAMES = frozenset({"s3", "s3express", "s3-outposts", "s3-object-lambda"})
FORM = "application/x-www-form-urlencoded"
_LONGEST_SHORT_TEXT = 255
_LONGEST_TEXT = 0xFFFF


class Protocol(StrEnum):
    """How a client of AWS speaks; the values of botocore's models."""

    S3 = "s3"
    REST_XML = "rest-xml"
    QUERY = "query"
    EC2 = "ec2"
    JSON = "json"
    REST_JSON = "rest-json"
    CBOR = "smithy-rpc-v2-cbor"


class Answer(NamedTuple):
    """An answer of HTTP, as WSGI has it."""

    status: str
    headers: list[tuple[str, str]]
    body: bytes

    def send(self, start_response: StartResponse) -> list[bytes]:
        """Answer so."""
        start_response(self.status, self.headers)
        return [self.body]


def protocol_of(environ: WSGIEnvironment, service: str) -> Protocol:
    """Return the protocol of a request.

    Args:
        environ: of WSGI.
        service: signing name; empty where the request does not say it.
    """
    content_type = environ.get("CONTENT_TYPE", "")
    if service in S3_SIGNING_NAMES:
        return Protocol.S3
    if environ.get("HTTP_SMITHY_PROTOCOL") == "rpc-v2-cbor":
        return Protocol.CBOR
    if "HTTP_X_AMZ_TARGET" in environ:
        return Protocol.JSON
    if content_type.startswith(FORM) or "Action" in parse_qs(environ.get("QUERY_STRING", "")):
        return Protocol.EC2 if service == "ec2" else Protocol.QUERY
    if service:
        return _modelled(service)
    is_json = "json" in content_type or environ["REQUEST_METHOD"] == "POST"
    return Protocol.REST_JSON if is_json and "multipart" not in content_type else Protocol.S3


def error_answer(
    environ: WSGIEnvironment, service: str, code: Code, message: str, **details: str
) -> Answer:
    """Return an error in the protocol of its client.

    Args:
        environ: of the request.
        service: signing name; empty where the request does not say it.
        code: the error.
        message: for people.
        details: further elements of an error of S3.
    """
    protocol = protocol_of(environ, service)
    headers = [("x-amzn-RequestId", str(uuid.uuid4()))]
    status = code.status
    if protocol is Protocol.CBOR:
        content_type, body = "application/cbor", _cbor({"__type": code.name, "message": message})
        headers.append(("smithy-protocol", "rpc-v2-cbor"))
    elif protocol in (Protocol.JSON, Protocol.REST_JSON):
        content_type = environ.get("CONTENT_TYPE", "") if protocol is Protocol.JSON else ""
        content_type = content_type or "application/json"
        body = json.dumps({"__type": code.name, "message": message}).encode()
        headers.append(("x-amzn-ErrorType", code.name))
    else:
        content_type, body = "text/xml", _xml(protocol, code.name, message, details)
    headers += [("Content-Type", content_type), ("Content-Length", str(len(body)))]
    return Answer(f"{status} {HTTPStatus(status).phrase}", headers, body)


def refusal_answer(environ: WSGIEnvironment, service: str, refusal: RefusedError) -> Answer:
    """Return the answer to a request that may not come in."""
    protocol = protocol_of(environ, service)
    codes = refusal.codes
    if protocol is Protocol.S3:
        code = codes.s3
    elif protocol is Protocol.EC2:
        code = codes.ec2
    elif protocol in (Protocol.QUERY, Protocol.REST_XML):
        code = codes.query
    else:
        code = codes.json
    if protocol is Protocol.JSON and code.status == HTTPStatus.FORBIDDEN:
        code = code._replace(status=HTTPStatus.BAD_REQUEST)  # as DynamoDB's "Error handling" says
    return error_answer(environ, service, code, str(refusal), **refusal.details)


@functools.cache
def _modelled(service: str) -> Protocol:
    """Return the protocol that botocore's model of a service says."""
    try:
        model = get_service_model(service)
    except UnknownServiceError:
        return Protocol.REST_JSON
    return Protocol(model.metadata["protocol"])


def _xml(protocol: Protocol, code: str, message: str, details: dict[str, str]) -> bytes:
    error = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
    request_id = f"<RequestId>{uuid.uuid4()}</RequestId>"
    if protocol is Protocol.S3:
        more = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in details.items())
        document = f"<Error>{error}{more}{request_id}</Error>"
    elif protocol is Protocol.EC2:
        errors = f"<Errors><Error>{error}</Error></Errors>"
        document = f"<Response>{errors}{request_id.replace('RequestId', 'RequestID')}</Response>"
    else:
        document = f"<ErrorResponse><Error>{error}</Error>{request_id}</ErrorResponse>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{document}'.encode()


def _cbor(texts: dict[str, str]) -> bytes:
    """Return a map of texts in CBOR (RFC 8949), of at most 23 pairs."""
    pairs = (_cbor_text(name) + _cbor_text(text) for name, text in texts.items())
    return bytes([0xA0 | len(texts)]) + b"".join(pairs)


def _cbor_text(text: str) -> bytes:
    encoded = text.encode()[:_LONGEST_TEXT]
    if len(encoded) <= _LONGEST_SHORT_TEXT:
        return b"\x78" + len(encoded).to_bytes(1, "big") + encoded
    return b"\x79" + len(encoded).to_bytes(2, "big") + encoded
