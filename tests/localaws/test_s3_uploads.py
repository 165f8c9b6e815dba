"""What clients of S3 send for a body: chunks, chunks of AWS's own, checksums before and behind."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import zlib
from datetime import UTC, datetime

import pytest

from localaws.http import checksums
from localaws.http.door import MIB
from localaws.http.signatures import Scope
from tests.aws_clients import client_of
from tests.localaws.raw_http import send, sign

pytestmark = pytest.mark.sampled(3)

SIGNED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
UNSIGNED = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
BODY = os.urandom(200_000)
EMPTY = hashlib.sha256().hexdigest()


@pytest.fixture(scope="module")
def s3(local):
    client = client_of(local, "s3")
    client.create_bucket(Bucket="uploads")
    return client


def stored(s3, key="key"):
    return s3.get_object(Bucket="uploads", Key=key, ChecksumMode="ENABLED")


def parts(body, size=64 * 1024):
    return [body[start : start + size] for start in range(0, len(body), size)]


def crc32(body):
    return base64.b64encode(zlib.crc32(body).to_bytes(4, "big")).decode()


def unsigned_chunks(body, trailer=b""):
    framed = b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in parts(body))
    return framed + b"0\r\n" + trailer + b"\r\n"


class Chain:
    """Signs chunks after a head, as AWS's SDK for Java 1 does."""

    def __init__(self, local, headers):
        self.secret = local.connection.secret_access_key
        found = re.search(r"Credential=([^,]+), .*Signature=(\w+)", headers["Authorization"])
        self.scope, self.last = Scope.of(found[1]), found[2]
        self.timestamp = headers["X-Amz-Date"]

    def sign(self, kind, *hashes):
        text = "\n".join((kind, self.timestamp, self.scope.text, self.last, *hashes))
        self.last = self.scope.sign(self.secret, text)
        return self.last.encode()

    def chunks(self, body):
        framed = b""
        for each in [*parts(body), b""]:
            signature = self.sign(
                "AWS4-HMAC-SHA256-PAYLOAD", EMPTY, hashlib.sha256(each).hexdigest()
            )
            framed += b"%x;chunk-signature=%b\r\n%b" % (len(each), signature, each)
            framed += b"\r\n" if each else b""
        return framed

    def trailer(self, text):
        content = hashlib.sha256(text.encode() + b"\n").hexdigest()
        signature = self.sign("AWS4-HMAC-SHA256-TRAILER", content)
        return text.encode() + b"\r\nx-amz-trailer-signature:" + signature + b"\r\n\r\n"


def chunked_head(local, declared, body=BODY, **headers):
    headers = {
        "Content-Encoding": "aws-chunked",
        "X-Amz-Decoded-Content-Length": str(len(body)),
        **headers,
    }
    return sign(local, "PUT", "/uploads/key", declared=declared, headers=headers)


@pytest.mark.parametrize("framed", ["by length", "in chunks"])
def test_chunks_that_are_signed_are_stored_without_their_signatures(local, s3, framed):
    headers = chunked_head(local, SIGNED, **{"Content-Type": "text/x", "x-amz-meta-a": "b"})
    body = Chain(local, headers).chunks(BODY)
    sent = body if framed == "by length" else parts(body, 1000)
    status, _, text = send(local, "PUT", "/uploads/key", headers, sent)
    assert status == 200, text
    found = stored(s3)
    assert found["Body"].read() == BODY
    assert (found["ContentType"], found["Metadata"]) == ("text/x", {"a": "b"})
    assert "aws-chunked" not in found.get("ContentEncoding", "")


def test_chunks_with_a_signed_trailer_are_stored_with_their_checksum(local, s3):
    headers = chunked_head(local, f"{SIGNED}-TRAILER", **{"X-Amz-Trailer": "x-amz-checksum-crc32"})
    chain = Chain(local, headers)
    body = chain.chunks(BODY) + chain.trailer(f"x-amz-checksum-crc32:{crc32(BODY)}")
    assert send(local, "PUT", "/uploads/key", headers, body)[0] == 200
    found = stored(s3)
    assert found["Body"].read() == BODY
    assert found["ChecksumCRC32"] == crc32(BODY)


def test_chunks_that_are_not_signed_come_with_their_checksum_behind(local, s3):
    headers = chunked_head(
        local,
        UNSIGNED,
        **{"X-Amz-Trailer": "x-amz-checksum-crc32", "Content-Encoding": "gzip,aws-chunked"},
    )
    body = unsigned_chunks(BODY, f"x-amz-checksum-crc32:{crc32(BODY)}\r\n".encode())
    status, answered, _ = send(local, "PUT", "/uploads/key", headers, iter([body]))
    assert (status, answered["x-amz-checksum-crc32"]) == (200, crc32(BODY))
    found = stored(s3)
    assert found["Body"].read() == BODY
    assert (found["ContentEncoding"], found["ChecksumCRC32"]) == ("gzip", crc32(BODY))


def test_an_empty_body_may_have_no_chunk_but_the_last(local, s3):
    headers = chunked_head(local, SIGNED, b"")
    assert send(local, "PUT", "/uploads/key", headers, Chain(local, headers).chunks(b""))[0] == 200
    assert stored(s3)["Body"].read() == b""


GOOD_TRAILER = f"x-amz-checksum-crc32:{crc32(BODY)}\r\n".encode()


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (unsigned_chunks(BODY, b"x-amz-checksum-crc32:AAAAAA==\r\n"), "BadDigest"),
        (unsigned_chunks(BODY, b"x-amz-checksum-crc32:AAA\r\n"), "InvalidRequest"),
        (unsigned_chunks(BODY), "MalformedTrailerError"),
        (unsigned_chunks(BODY, b"x-amz-checksum-crc32\r\n"), "MalformedTrailerError"),
        (unsigned_chunks(BODY, GOOD_TRAILER + b"x-amz-meta-a:b\r\n"), "MalformedTrailerError"),
        (unsigned_chunks(BODY[:-1], GOOD_TRAILER), "IncompleteBody"),
        (unsigned_chunks(BODY, GOOD_TRAILER)[:150_000], "IncompleteBody"),
        (b"", "IncompleteBody"),
        (b"-5\r\nhello\r\n0\r\n\r\n", "InvalidRequest"),
        (b"5\r\nhello!\r\n0\r\n\r\n", "InvalidRequest"),
        (b"f" * 17 + b"\r\n", "InvalidRequest"),
        (BODY, "InvalidRequest"),
    ],
)
def test_chunks_that_make_no_sense_are_refused(local, s3, body, code):
    s3.put_object(Bucket="uploads", Key="key", Body=b"before")
    headers = chunked_head(local, UNSIGNED, **{"X-Amz-Trailer": "x-amz-checksum-crc32"})
    status, _, text = send(local, "PUT", "/uploads/key", headers, body)
    assert (status, f"<Code>{code}</Code>" in text.decode()) == (400, True), text
    assert stored(s3)["Body"].read() == b"before"


@pytest.mark.parametrize("changed", ["a chunk", "a signature", "the order", "the trailer"])
def test_a_chunk_of_somebody_else_is_refused(local, s3, changed):
    kind = f"{SIGNED}-TRAILER" if changed == "the trailer" else SIGNED
    more = {"X-Amz-Trailer": "x-amz-checksum-crc32"} if changed == "the trailer" else {}
    headers = chunked_head(local, kind, **more)
    chain = Chain(local, headers)
    body = chain.chunks(BODY)
    if changed == "a chunk":
        body = body.replace(BODY[:8], bytes(8), 1)
    elif changed == "a signature":
        body = re.sub(rb"chunk-signature=\w", b"chunk-signature=" + b"g", body, count=1)
        assert send(local, "PUT", "/uploads/key", headers, body)[0] == 400
        body = re.sub(rb"chunk-signature=g\w{63}", b"chunk-signature=" + b"0" * 64, body)
    elif changed == "the order":
        second = Chain(local, headers)
        second.last = "0" * 64
        body = second.chunks(BODY)
    else:
        signed = chain.trailer(f"x-amz-checksum-crc32:{crc32(BODY)}")
        body += signed.replace(b"signature:", b"signature:0")
    status, _, text = send(local, "PUT", "/uploads/key", headers, body)
    assert (status, b"SignatureDoesNotMatch" in text) == (403, True), text


@pytest.mark.parametrize("algorithm", sorted(checksums.ALGORITHMS))
def test_a_body_is_held_against_every_checksum(local, s3, algorithm):
    known = {
        "crc32": "y/Q5Jg==",
        "crc32c": "4waSgw==",
        "crc64nvme": "rosUhgp5mIg=",
    }
    body = b"123456789"  # of which catalogues of CRCs tell the check value
    if algorithm not in known:
        known[algorithm] = base64.b64encode(hashlib.new(algorithm, body).digest()).decode()
    name = f"x-amz-checksum-{algorithm}"
    for sent, status in ((body, 200), (b"12345678", 400)):
        headers = sign(local, "PUT", "/uploads/key", sent, headers={name: known[algorithm]})
        assert send(local, "PUT", "/uploads/key", headers, sent)[0] == status
    assert stored(s3)["Body"].read() == body


def test_a_body_is_held_against_its_md5(local, s3):
    right = base64.b64encode(hashlib.md5(BODY, usedforsecurity=False).digest()).decode()
    wrong = base64.b64encode(hashlib.md5(b"", usedforsecurity=False).digest()).decode()
    for value, code in ((right, b""), (wrong, b"BadDigest"), ("AAAA", b"InvalidDigest")):
        headers = sign(local, "PUT", "/uploads/key", BODY, headers={"Content-MD5": value})
        status, _, text = send(local, "PUT", "/uploads/key", headers, BODY)
        assert (status == 200, code in text) == (not code, True)


@pytest.mark.parametrize(
    "content_type",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"],
)
def test_a_body_of_any_type_is_stored_whole(local, s3, content_type):
    for body in (b"a=b&c=d", b"--x\r\n\r\nhello\r\n--x--\r\n", b"key=file&file=x"):
        headers = sign(local, "PUT", "/uploads/key", body, headers={"Content-Type": content_type})
        assert send(local, "PUT", "/uploads/key", headers, body)[0] == 200
        found = stored(s3)
        assert (found["Body"].read(), found["ContentType"]) == (body, content_type)


def test_parts_in_chunks_make_an_object(local, s3):
    upload = s3.create_multipart_upload(Bucket="uploads", Key="parts")["UploadId"]
    first = os.urandom(5 * MIB)
    done = []
    for number, body in enumerate((first, BODY), start=1):
        path = f"/uploads/parts?partNumber={number}&uploadId={upload}"
        headers = {"X-Amz-Trailer": "x-amz-checksum-crc32", "Content-Encoding": "aws-chunked"}
        headers = sign(local, "PUT", path, declared=UNSIGNED, headers=headers)
        sent = unsigned_chunks(body, f"x-amz-checksum-crc32:{crc32(body)}\r\n".encode())
        status, answered, _ = send(local, "PUT", path, headers, iter(parts(sent)))
        assert status == 200
        done.append({"PartNumber": number, "ETag": answered["ETag"]})
    s3.complete_multipart_upload(
        Bucket="uploads", Key="parts", UploadId=upload, MultipartUpload={"Parts": done}
    )
    assert stored(s3, "parts")["Body"].read() == first + BODY


@pytest.mark.parametrize("service", ["batch", "sqs", "iam"])
def test_every_service_takes_a_chunked_body(local, service):
    path, body, more = {
        "batch": ("/v1/describejobqueues", b"{}", {}),
        "sqs": ("/", b"{}", {"X-Amz-Target": "AmazonSQS.ListQueues"}),
        "iam": ("/", b"Action=ListRoles&Version=2010-05-08", {}),
    }[service]
    types = {"iam": "x-www-form-urlencoded", "batch": "json", "sqs": "x-amz-json-1.0"}
    headers = {"Content-Type": f"application/{types[service]}", **more}
    signed = sign(local, "POST", path, body, service=service, headers=headers)
    status, _, text = send(local, "POST", path, signed, iter([body[:1], body[1:]]))
    assert status == 200, text


def test_a_signature_is_of_the_headers_that_it_lists(local, s3):
    agent = {
        "User-Agent": "aws-sdk-java/1.12",
        "X-Amzn-Trace-Id": "Root=1",
        "Expect": "100-continue",
    }
    headers = sign(local, "PUT", "/uploads/key", BODY, headers=agent, every=True)
    assert "user-agent" in headers["Authorization"]
    assert send(local, "PUT", "/uploads/key", headers, BODY)[0] == 200
    other = {**headers, "User-Agent": "another"}
    assert send(local, "PUT", "/uploads/key", other, BODY)[0] == 403


def test_a_transfer_encoding_may_be_signed(local, s3):
    headers = sign(
        local,
        "PUT",
        "/uploads/key",
        declared="UNSIGNED-PAYLOAD",
        headers={"Transfer-Encoding": "chunked"},
        every=True,
    )
    assert "transfer-encoding" in headers["Authorization"]
    assert send(local, "PUT", "/uploads/key", headers, iter([BODY]))[0] == 200
    assert stored(s3)["Body"].read() == BODY


def test_an_upload_waits_to_be_asked_for_its_body(local, s3):
    now = datetime.now(UTC)
    s3.put_object(Bucket="uploads", Key="large", Body=b"x" * (3 * MIB))  # botocore expects a 100
    assert stored(s3, "large")["ContentLength"] == 3 * MIB
    assert (datetime.now(UTC) - now).total_seconds() < 10
