"""Every refusal is in the protocol of its client; nothing is answered by a page of HTML."""

from __future__ import annotations

import json
import re
from email.utils import formatdate

import pytest
from botocore.exceptions import ClientError

from tests.aws_clients import client_of
from tests.localaws.raw_http import send, sign

pytestmark = pytest.mark.sampled(3)

TARGET = {"X-Amz-Target": "Logs_20140328.DescribeLogGroups"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
CBOR = {"Smithy-Protocol": "rpc-v2-cbor", "Content-Type": "application/cbor"}


def code_of(headers, body):
    """Return the error code in an answer of any protocol, and what protocol it is."""
    content_type = headers["Content-Type"]
    if content_type == "application/cbor":
        assert body[0] == 0xA2
        assert body[1:9] == b"\x78\x06__type"
        return "cbor", body[11 : 11 + body[10]].decode()
    if "json" in content_type:
        found = json.loads(body)
        assert headers["x-amzn-ErrorType"] == found["__type"]
        return content_type, found["__type"]
    text = body.decode()
    root = re.search(r"<(Error|ErrorResponse|Response)>", text)[1]
    return root, re.search(r"<Code>(\w+)</Code>", text)[1]


UNSIGNED = [
    ("POST", "/", {"Content-Type": "application/x-amz-json-1.1", **TARGET}, 400,
     ("application/x-amz-json-1.1", "MissingAuthenticationTokenException")),
    ("POST", "/v1/submitjob", {"Content-Type": "application/json"}, 403,
     ("application/json", "MissingAuthenticationTokenException")),
    ("POST", "/", FORM, 403, ("ErrorResponse", "MissingAuthenticationToken")),
    ("GET", "/?Action=ListUsers", {}, 403, ("ErrorResponse", "MissingAuthenticationToken")),
    ("POST", "/service/X/operation/Y", CBOR, 403, ("cbor", "MissingAuthenticationTokenException")),
    ("GET", "/bucket/key", {}, 403, ("Error", "AccessDenied")),
    ("PUT", "/bucket/key", {}, 403, ("Error", "AccessDenied")),
]  # fmt: skip


@pytest.mark.parametrize("case", UNSIGNED, ids=lambda case: " ".join(case[:2]))
def test_an_unsigned_request_is_refused_in_its_protocol(local, case):
    method, path, headers, status, expected = case
    found, answered, body = send(local, method, path, headers)
    assert (found, code_of(answered, body)) == (status, expected)


def test_tokens_of_others_are_no_way_in(local):
    body = (
        b"Action=AssumeRoleWithWebIdentity&Version=2011-06-15&WebIdentityToken=x&RoleSessionName=s"
    )
    body += b"&RoleArn=arn:aws:iam::123456789012:role/r"
    status, answered, text = send(local, "POST", "/", FORM, body)
    assert (status, code_of(answered, text)[1]) == (403, "MissingAuthenticationToken")


HALF = "AWS4-HMAC-SHA256 Credential=AKIA/20260101/us-east-1/{}/aws4_request, Signature=0"


@pytest.mark.parametrize(
    ("service", "authorization", "status", "code"),
    [
        ("iam", HALF, 403, "IncompleteSignature"),
        ("s3", HALF, 400, "AuthorizationHeaderMalformed"),
        ("batch", HALF, 403, "IncompleteSignatureException"),
        ("ec2", HALF, 401, "AuthFailure"),
        ("s3", "AWS4-HMAC-SHA256 Credential=AKIA, SignedHeaders=host, Signature=0", 403, None),
        ("batch", "Bearer token", 403, "IncompleteSignatureException"),
        ("s3", "AWS4-ECDSA-P256-SHA256 Credential=A/2/s3/aws4_request", 403, None),
    ],
)
def test_half_of_a_signature_is_refused_in_its_protocol(
    local, service, authorization, status, code
):
    headers = {"Authorization": authorization.format(service)}
    if service in ("iam", "ec2"):
        headers |= FORM
    found, answered, body = send(local, "POST", "/x", headers, b"")
    assert found == status
    if code is not None:
        assert code_of(answered, body)[1] == code


@pytest.mark.parametrize(
    ("service", "code"), [("batch", "InvalidSignatureException"), ("s3", "SignatureDoesNotMatch")]
)
def test_the_host_must_be_signed(local, service, code):
    headers = sign(local, "POST", "/v1/describejobqueues", b"{}", service=service)
    headers["Authorization"] = headers["Authorization"].replace("Headers=host;", "Headers=")
    status, answered, body = send(local, "POST", "/v1/describejobqueues", headers, b"{}")
    assert (status, code_of(answered, body)[1]) == (403, code)
    assert b"must be a 'SignedHeader'" in body


def test_a_header_that_s3_would_read_must_be_signed(local):
    headers = {**sign(local, "GET", "/"), "x-amz-acl": "public-read"}
    status, answered, body = send(local, "GET", "/", headers)
    assert (status, code_of(answered, body)[1]) == (403, "AccessDenied")
    assert b"<HeadersNotSigned>x-amz-acl</HeadersNotSigned>" in body


def test_a_refused_head_request_has_no_body(local):
    for _ in range(2):
        assert send(local, "HEAD", "/bucket/key")[::2] == (403, b"")
    assert send(local, "HEAD", "/none/key", sign(local, "HEAD", "/none/key"))[::2] == (404, b"")


def test_the_date_may_be_in_its_own_header(local):
    headers = {"Date": formatdate(usegmt=True)}
    signed = sign(local, "GET", "/", headers=headers, every=True)
    assert "X-Amz-Date" not in signed
    assert send(local, "GET", "/", signed)[0] == 200


@pytest.mark.parametrize(
    ("service", "call", "arguments"),
    [
        ("braket", "search_devices", {"filters": []}),  # rest-json
        ("bcm-data-exports", "list_exports", {}),  # json
        ("iotwireless", "list_destinations", {}),  # rest-json
        ("elasticache", "describe_events", {}),  # query; moto has not this operation
        ("route53", "list_cidr_collections", {}),  # rest-xml
    ],
)
def test_what_is_not_served_is_told_to_its_sdk(local, service, call, arguments):
    client = client_of(local, service)
    with pytest.raises(ClientError) as refused:
        getattr(client, call)(**arguments)
    said = refused.value.response["Error"]
    assert said["Message"].startswith("The local AWS")
    assert said["Code"] in ("UnknownServiceException", "UnknownOperationException", "InvalidAction")


UNSERVED = {
    "json": ("POST", "/", {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "X.Y"}),
    "rest-json": ("POST", "/v1/x", {"Content-Type": "application/json"}),
    "query": ("POST", "/", FORM),
    "cbor": ("POST", "/service/X/operation/Y", CBOR),
}


@pytest.mark.parametrize("protocol", UNSERVED)
def test_an_unknown_service_is_named_with_those_that_there_are(local, protocol):
    method, path, headers = UNSERVED[protocol]
    signed = sign(local, method, path, b"", service="nonesuch", headers=headers)
    status, answered, body = send(local, method, path, signed, b"")
    assert (status, code_of(answered, body)[1]) == (400, "UnknownServiceException")
    for name in (b"'nonesuch'", b"batch", b"logs", b"s3", b"sqs"):
        assert name in body


@pytest.mark.parametrize(
    ("service", "method", "path", "headers"),
    [
        ("logs", "POST", "/", {**TARGET, "X-Amz-Target": "Logs_20140328.NoSuchThing"}),
        ("logs", "GET", "/no/such/path", {}),
        ("iam", "POST", "/", FORM),
        ("dynamodb", "POST", "/", {}),
        ("events", "PATCH", "/", {}),
        ("lambda", "GET", "/1999-01-01/none", {}),
        ("apigateway", "GET", "/none", {}),
    ],
)
def test_an_unknown_operation_is_told_without_a_page(local, service, method, path, headers):
    body = b"Action=NoSuchThing&Version=2010-05-08" if headers is FORM else b""
    signed = sign(local, method, path, body, service=service, headers=headers)
    status, answered, text = send(local, method, path, signed, body)
    assert "html" not in answered["Content-Type"]
    assert b"<html" not in text.lower()
    assert status == 400, text


def test_the_control_requests_are_of_their_own_service(local):
    signed = sign(local, "GET", "/_localaws/status")
    status, answered, text = send(local, "GET", "/_localaws/status", signed)
    assert (status, code_of(answered, text)[1]) == (404, "NoSuchBucket")
    assert client_of(local, "s3").list_buckets()["ResponseMetadata"]["HTTPStatusCode"] == 200
