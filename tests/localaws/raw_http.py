"""Requests to the local AWS that no SDK makes: signed here, sent as they are."""

from __future__ import annotations

import http.client
from urllib.parse import urlsplit

from botocore.auth import S3SigV4Auth, SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials


def sign(local, method, path, body=b"", *, service="s3", declared=None, headers=None, every=False):
    """Return the headers of a signed request.

    Args:
        declared: value of x-amz-content-sha256; the body's hash unless it is given.
        every: whether headers are signed that botocore leaves out, such as user-agent.
    """
    address = urlsplit(local.endpoint_url).netloc
    request = AWSRequest(method, f"http://{address}{path}", data=body, headers=headers or {})
    key = Credentials(local.connection.access_key_id, local.connection.secret_access_key)
    signer = (S3SigV4Auth if service == "s3" else SigV4Auth)(key, service, "us-east-1")
    if declared is not None:
        signer.payload = lambda _: declared
    if every:
        signer.headers_to_sign = lambda each: with_host(each, address)
    signer.add_auth(request)
    return {"Host": address, **dict(request.headers.items())}


def with_host(request, address):
    headers = type(request.headers)()
    for name, value in request.headers.items():
        headers[name.lower()] = value
    if "host" not in headers:
        headers["host"] = address
    return headers


def send(local, method, path, headers=None, body=None):
    """Return status, headers and body of the answer. A body that is iterated is sent in chunks."""
    connection = http.client.HTTPConnection(urlsplit(local.endpoint_url).netloc, timeout=300)
    chunked = body is not None and not isinstance(body, bytes)
    if chunked:
        headers = {**(headers or {}), "Transfer-Encoding": "chunked"}
    try:
        connection.request(method, path, body, headers or {}, encode_chunked=chunked)
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    finally:
        connection.close()
