"""moto's services: what they lack is told in the protocol of its client, and never as HTML."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from botocore.model import OperationNotFoundError
from moto.backends import list_of_moto_modules
from moto.moto_server.werkzeug_app import (
    BackendRequest,
    DomainDispatcherApplication,
    create_backend_app,
)

from localaws.http.protocols import S3_SIGNING_NAMES, Protocol, error_answer, protocol_of
from localaws.http.refusals import Code

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

logger = logging.getLogger(__name__)

NO_SERVICE = Code("UnknownServiceException", 400)
NO_OPERATION = {
    Protocol.S3: Code("NotImplemented", 501),
    Protocol.QUERY: Code("InvalidAction", 400),
    Protocol.EC2: Code("InvalidAction", 400),
}
"""What AWS calls an operation that it does not know; of other protocols, see below."""
_UNKNOWN_OPERATION = Code("UnknownOperationException", 400)


class MotoServices:
    """The WSGI application for all services but Batch."""

    def __init__(self) -> None:
        self._dispatcher = DomainDispatcherApplication(_application_of)

    def answer(
        self, environ: WSGIEnvironment, start_response: StartResponse, service: str
    ) -> Iterable[bytes]:
        """Answer one request.

        Args:
            environ: of WSGI.
            start_response: of WSGI.
            service: signing name.
        """
        application = self._application(environ, service)
        if application is None:
            text = (
                f"The local AWS does not serve {service!r}. It serves batch, and of moto "
                f"{', '.join(sorted(list_of_moto_modules()))}."
            )
            return _error(environ, start_response, service, NO_SERVICE, text)
        told = _Told(start_response)
        try:
            body: Iterable[bytes] = application(environ, told.start)
        except (NotImplementedError, OperationNotFoundError) as error:
            return _unknown_operation(environ, start_response, service, str(error))
        except Exception:
            logger.exception("%s failed", service)
            return _failure(environ, start_response, service)
        if not told.may_be_page:
            return body
        return _instead_of_page(environ, start_response, service, told, b"".join(body))

    def _application(self, environ: WSGIEnvironment, service: str) -> WSGIApplication | None:
        """Return moto's application; ``None`` where it has none."""
        dispatcher = self._dispatcher
        try:
            host = dispatcher.infer_service_region_host(environ, environ["PATH_INFO"])
            if not environ["PATH_INFO"].startswith(("/moto-api", "/latest/")) and (
                host is None or dispatcher.get_backend_for_host(host) is None
            ):
                return None
            application: WSGIApplication = dispatcher.get_application(environ)
        except (ImportError, KeyError, IndexError, ValueError):
            logger.exception("moto cannot serve %s", service)
            return None
        return application


class _S3Request(BackendRequest):
    """Its body is an object, also where its Content-Type is that of a form."""

    want_form_data_parsed = False


def _application_of(service: Any) -> Any:
    application = create_backend_app(service)
    if service == "s3":
        application.request_class = _S3Request
    return application


class _Told:
    """What an application says of its answer; that of an error which may be a page is held back."""

    def __init__(self, start_response: StartResponse) -> None:
        self._start_response = start_response
        self.status = 0
        self.answer: tuple[str, list[tuple[str, str]]] = ("", [])
        self.may_be_page = False

    def start(self, status: str, headers: list[tuple[str, str]], *rest: Any) -> Any:
        self.status, self.answer = int(status[:3]), (status, headers)
        content_type = {name.lower(): value for name, value in headers}.get("content-type", "")
        is_error = self.status >= HTTPStatus.BAD_REQUEST
        self.may_be_page = is_error and content_type.startswith("text/html")
        if self.may_be_page:
            return lambda _: None
        return self._start_response(status, headers, *rest)


def _instead_of_page(
    environ: WSGIEnvironment,
    start_response: StartResponse,
    service: str,
    told: _Told,
    body: bytes,
) -> Iterable[bytes]:
    """Answer an error of moto whose type is HTML, as Flask says of whatever says nothing."""
    is_page = body.lstrip()[:5].lower() in (b"<!doc", b"<html")
    is_s3 = service in S3_SIGNING_NAMES
    if not body and is_s3 and told.status == HTTPStatus.FORBIDDEN:
        return _error(environ, start_response, service, Code("AccessDenied", 403), "Access Denied")
    if (not body and not is_s3) or is_page:
        if told.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            return _failure(environ, start_response, service)
        operation = f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
        return _unknown_operation(environ, start_response, service, operation)
    status, headers = told.answer
    kept = [pair for pair in headers if pair[0].lower() != "content-type"]
    content_type = "text/xml" if body.lstrip().startswith(b"<") else "application/json"
    start_response(status, [*kept, ("Content-Type", content_type)])
    return [body]


def _failure(
    environ: WSGIEnvironment, start_response: StartResponse, service: str
) -> Iterable[bytes]:
    code = Code("InternalError" if service in S3_SIGNING_NAMES else "InternalFailure", 500)
    text = f"The local AWS could not answer this request to {service}; see its log."
    return _error(environ, start_response, service, code, text)


def _unknown_operation(
    environ: WSGIEnvironment, start_response: StartResponse, service: str, what: str
) -> Iterable[bytes]:
    code = NO_OPERATION.get(protocol_of(environ, service), _UNKNOWN_OPERATION)
    text = f"The local AWS (moto) does not have this operation of {service}: {what}"
    return _error(environ, start_response, service, code, text)


def _error(
    environ: WSGIEnvironment, start_response: StartResponse, service: str, code: Code, text: str
) -> Iterable[bytes]:
    return error_answer(environ, service, code, text).send(start_response)
