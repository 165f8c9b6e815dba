"""Presigned URLs and posts, what everybody may read, and addresses with the bucket in the host."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import socket
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import boto3
import pytest
from botocore.auth import SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials
from botocore.exceptions import ClientError

from tests.aws_clients import client_of
from tests.localaws.raw_http import send, sign

pytestmark = pytest.mark.sampled(3)

BODY = b"what is kept"


def get(url, method="GET", body=None, headers=None):
    """Return status, headers and body, as somebody without a key gets them."""
    address = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", address.port, timeout=300)
    try:
        target = f"{address.path}?{address.query}" if address.query else address.path
        connection.request(method, target, body, {"Host": address.netloc, **(headers or {})})
        answer = connection.getresponse()
        headers = {name.lower(): value for name, value in answer.headers.items()}
        return answer.status, headers, answer.read()
    finally:
        connection.close()


def code(answer):
    status, _, body = answer
    return status, body.decode().partition("<Code>")[2].partition("</Code>")[0]


@pytest.fixture(scope="module")
def plain(local):
    client = client_of(local, "s3")
    client.create_bucket(Bucket="kept")
    client.put_object(Bucket="kept", Key="a key/ü+1 %", Body=BODY)
    return client


@pytest.fixture(params=["s3", "s3v4"])
def s3(local, plain, request):
    """A client of each signature version that boto3 presigns with; s3 is its default."""
    return boto3.client(
        "s3", **local.client_arguments, config=Config(signature_version=request.param)
    )


def presign(s3, operation="get_object", expires=60, **more):
    parameters = {"Bucket": "kept", "Key": "a key/ü+1 %", **more}
    return s3.generate_presigned_url(operation, parameters, ExpiresIn=expires)


def test_boto3_presigns_in_version_2_unless_told(local, plain):
    assert "AWSAccessKeyId=" in presign(plain)
    assert get(presign(plain))[2] == BODY


def test_an_object_is_read_and_asked_about(s3):
    status, headers, body = get(presign(s3, ResponseContentType="text/x"))
    assert (status, headers["content-type"], body) == (200, "text/x", BODY)
    status, headers, body = get(presign(s3, "head_object"), "HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(BODY)), b"")
    assert get(presign(s3), headers={"Range": "bytes=0-3"})[::2] == (206, b"what")


def test_an_object_is_written_with_what_was_signed(s3, plain):
    metadata = {"Metadata": {"colour": "red"}, "ContentType": "text/y"}
    url = presign(s3, "put_object", Key="written", **metadata)
    headers = {"Content-Type": "text/y", "x-amz-meta-colour": "red"}
    status, _, text = get(url, "PUT", BODY, headers)
    assert status == 200, text
    found = plain.get_object(Bucket="kept", Key="written")
    assert (found["Body"].read(), found["Metadata"]) == (BODY, {"colour": "red"})
    assert found["ContentType"] == "text/y"
    assert code(get(url, "PUT", BODY, {**headers, "Content-Type": "text/z"})) == (
        403,
        "SignatureDoesNotMatch",
    )


def test_a_form_may_have_been_sent_to_a_presigned_url(s3, plain):
    url = presign(s3, "put_object", Key="form", ContentType="application/x-www-form-urlencoded")
    assert get(url, "PUT", b"a=b", {"Content-Type": "application/x-www-form-urlencoded"})[0] == 200
    assert plain.get_object(Bucket="kept", Key="form")["Body"].read() == b"a=b"


def test_parts_are_uploaded_by_presigned_urls(s3, plain):
    upload = plain.create_multipart_upload(Bucket="kept", Key="parts")["UploadId"]
    url = presign(s3, "upload_part", Key="parts", UploadId=upload, PartNumber=1)
    etag = get(url, "PUT", BODY)[1]["etag"]
    plain.complete_multipart_upload(
        Bucket="kept",
        Key="parts",
        UploadId=upload,
        MultipartUpload={"Parts": [{"PartNumber": 1, "ETag": etag}]},
    )
    assert plain.get_object(Bucket="kept", Key="parts")["Body"].read() == BODY


def test_a_checksum_in_a_url_is_not_looked_at(local, plain):
    v4 = boto3.client("s3", **local.client_arguments, config=Config(signature_version="s3v4"))

    def hoist(request, **_):
        request.url += "?x-amz-checksum-crc32=AAAAAA%3D%3D&x-amz-sdk-checksum-algorithm=CRC32"
        request.url += "&x-amz-meta-a=b"

    v4.meta.events.register("before-sign.s3.PutObject", hoist)
    url = presign(v4, "put_object", Key="summed")
    assert "AAAAAA" in url
    assert get(url, "PUT", BODY)[0] == 200
    found = plain.get_object(Bucket="kept", Key="summed")
    assert (found["Body"].read(), found["Metadata"]) == (BODY, {"a": "b"})


def test_a_url_ends(s3, monkeypatch):
    past = datetime.now(UTC) - timedelta(minutes=2)
    with monkeypatch.context() as patch:
        patch.setattr("botocore.auth.get_current_datetime", lambda: past)
        patch.setattr("botocore.auth.time", Clock(past.timestamp()))
        ended, lasting = presign(s3, expires=60), presign(s3, expires=3600)
    answer = get(ended)
    assert code(answer) == (403, "AccessDenied")
    assert b"<Message>Request has expired</Message>" in answer[2]
    assert get(lasting)[2] == BODY
    assert get(ended, "HEAD")[2] == b""


class Clock:
    def __init__(self, now):
        self.now = now

    def time(self):
        return self.now


def test_a_url_is_of_one_request(s3):
    url = presign(s3)
    assert code(get(url.replace("a%20key", "another"))) == (403, "SignatureDoesNotMatch")
    assert code(get(url, "DELETE")) == (403, "SignatureDoesNotMatch")
    assert code(get(url, headers={"x-amz-acl": "private"})) in (
        (403, "AccessDenied"),
        (403, "SignatureDoesNotMatch"),
    )


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        (("X-Amz-Expires=60", "X-Amz-Expires=604801"), (400, "AuthorizationQueryParametersError")),
        (("X-Amz-Expires=60", "X-Amz-Expires=-1"), (400, "AuthorizationQueryParametersError")),
        (("X-Amz-Expires=60", "X-Amz-Expires=61"), (403, "SignatureDoesNotMatch")),
        (("X-Amz-Date=2", "X-Amz-Date=x"), (400, "AuthorizationHeaderMalformed")),
        (("X-Amz-Date", "X-Amz-Day"), (400, "AuthorizationQueryParametersError")),
        (("aws4_request", "aws5"), (400, "AuthorizationQueryParametersError")),
        (("=AWS4-HMAC-SHA256", "=AWS4-ECDSA-P256-SHA256"), (400, "InvalidRequest")),
        (("Headers=host", "Headers=range"), (403, "SignatureDoesNotMatch")),
        (("Credential=AKIA", "Credential=XKIA"), (403, "InvalidAccessKeyId")),
    ],
)
def test_a_url_that_makes_no_sense_is_refused(local, plain, change, answer):
    v4 = boto3.client("s3", **local.client_arguments, config=Config(signature_version="s3v4"))
    url = presign(v4)
    assert change[0] in url
    assert code(get(url.replace(*change))) == answer


def test_half_of_version_2_two_signatures_and_its_header_are_refused(local, plain):
    url = presign(plain)
    assert code(get(url.replace("Expires=", "X=")))[0] == 403
    twice = sign(local, "GET", urlsplit(url).path)
    status, _, text = get(url, headers={"Authorization": twice["Authorization"]})
    assert (status, b"Only one auth mechanism" in text) == (400, True)
    old = get(f"{local.endpoint_url}/kept/x", headers={"Authorization": "AWS AKIA:signature="})
    assert code(old) == (400, "InvalidRequest")


def test_version_2_is_of_older_regions(local):
    s3 = boto3.client("s3", **{**local.client_arguments, "region_name": "eu-central-1"})
    s3.create_bucket(
        Bucket="younger", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"}
    )
    old = boto3.client("s3", **local.client_arguments)
    url = old.generate_presigned_url("get_object", {"Bucket": "younger", "Key": "k"})
    assert code(get(url)) == (400, "InvalidRequest")


@pytest.mark.parametrize("service", ["sts", "sqs"])
def test_urls_of_other_services_are_presigned(local, service):
    client = client_of(local, service)
    if service == "sts":
        url = client.generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
        status, _, body = get(url)
        assert (status, b"<Account>123456789012</Account>" in body) == (200, True)
    query = {"sts": "Action=GetCallerIdentity&Version=2011-06-15", "sqs": "Action=ListQueues"}
    request = AWSRequest("GET", f"{local.endpoint_url}/?{query[service]}")
    request.headers["x-k8s-aws-id"] = "cluster"
    key = Credentials(local.connection.access_key_id, local.connection.secret_access_key)
    SigV4QueryAuth(key, service, "us-east-1", expires=60).add_auth(request)
    assert get(request.url, headers={"x-k8s-aws-id": "cluster"})[0] == 200
    status, _, text = get(request.url, headers={"x-k8s-aws-id": "another"})
    assert (status, b"<Code>SignatureDoesNotMatch</Code>" in text) == (403, True)


@pytest.fixture(scope="module")
def session(local):
    """Credentials of a role."""
    iam, sts = client_of(local, "iam"), client_of(local, "sts")
    name = f"role-{uuid.uuid4().hex[:8]}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    found = sts.assume_role(RoleArn=role, RoleSessionName="session")["Credentials"]
    return {
        "aws_access_key_id": found["AccessKeyId"],
        "aws_secret_access_key": found["SecretAccessKey"],
        "aws_session_token": found["SessionToken"],
    }


@pytest.mark.parametrize(
    ("service", "call", "wrong"),
    [
        ("s3", "list_buckets", "InvalidToken"),
        ("sts", "get_caller_identity", "InvalidClientTokenId"),
        ("batch", "describe_job_queues", "UnrecognizedClientException"),
    ],
)
def test_a_temporary_key_needs_its_token(local, session, service, call, wrong):
    def calls(**credentials):
        arguments = {**local.client_arguments, **session, **credentials}
        return getattr(boto3.client(service, **arguments), call)()

    assert calls()["ResponseMetadata"]["HTTPStatusCode"] == 200
    for token in (None, "another"):
        with pytest.raises(ClientError) as refused:
            calls(aws_session_token=token)
        assert refused.value.response["Error"]["Code"] == wrong


@pytest.mark.parametrize("version", ["s3", "s3v4"])
def test_a_url_of_a_temporary_key_carries_its_token(local, plain, session, version):
    arguments = {**local.client_arguments, **session}
    s3 = boto3.client("s3", **arguments, config=Config(signature_version=version))
    url = presign(s3)
    assert get(url)[2] == BODY
    without = "&".join(
        part for part in url.split("&") if not part.lower().startswith("x-amz-security-token")
    )
    assert code(get(without)) == (400, "InvalidToken")


# Posts.


def form(fields, file=BODY, filename="f.txt"):
    boundary = uuid.uuid4().hex
    lines = [
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{filename}"'
    body = "".join([*lines, head, "\r\nContent-Type: text/plain\r\n\r\n"]).encode()
    body += file + f"\r\n--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def post(url, fields, **more):
    body, headers = form(fields, **more)
    return get(url, "POST", body, headers)


def test_a_post_uploads_its_file(s3, plain):
    given = {"Content-Type": "text/p", "acl": "private", "x-amz-meta-a": "b"}
    made = s3.generate_presigned_post(
        "kept",
        "posted/${filename}",
        Fields=given,
        Conditions=[*({name: value} for name, value in given.items())],
    )
    binary = bytes(range(256)) * 100
    status, headers, body = post(made["url"], made["fields"], file=binary)
    assert (status, body) == (204, b""), body
    assert headers["etag"] == f'"{hashlib.md5(binary, usedforsecurity=False).hexdigest()}"'
    found = plain.get_object(Bucket="kept", Key="posted/f.txt")
    assert (found["Body"].read(), found["ContentType"]) == (binary, "text/p")
    assert found["Metadata"] == {"a": "b"}


@pytest.mark.parametrize("status", ["200", "201", "204"])
def test_a_post_is_answered_as_it_wants(s3, status):
    wanted = {"success_action_status": status}
    made = s3.generate_presigned_post("kept", "answered", Fields=wanted, Conditions=[wanted])
    found, headers, body = post(made["url"], made["fields"])
    assert found == int(status)
    assert headers["location"].endswith("/kept/answered")
    assert (b"<Key>answered</Key>" in body) == (status == "201")
    wanted = {"success_action_redirect": "http://127.0.0.1/done?a=b"}
    made = s3.generate_presigned_post("kept", "answered", Fields=wanted, Conditions=[wanted])
    found, headers, _ = post(made["url"], made["fields"])
    assert found == 303
    assert headers["location"].startswith(
        "http://127.0.0.1/done?a=b&bucket=kept&key=answered&etag="
    )


@pytest.mark.parametrize(
    ("change", "answer"),
    [
        ({"key": "b/other"}, (403, "AccessDenied")),
        ({"x-amz-meta-c": "d"}, (403, "AccessDenied")),
        ({"x-ignore-c": "d"}, (204, "")),
        ({"policy": base64.b64encode(b"{}").decode()}, (403, "SignatureDoesNotMatch")),
        ({"tagging": "<Tagging/>"}, (400, "InvalidRequest")),
        ({"key": None}, (400, "MalformedPOSTRequest")),
        ({"policy": None}, (403, "SignatureDoesNotMatch")),
    ],
)
def test_a_post_is_held_against_its_policy(s3, plain, change, answer):
    conditions = [["starts-with", "$key", "a/"], ["content-length-range", 1, 20]]
    made = s3.generate_presigned_post("kept", "a/${filename}", Conditions=conditions[1:])
    made = {**made, "fields": sign_policy(s3, conditions)}
    fields = {name: value for name, value in (made["fields"] | change).items() if value is not None}
    assert code(post(made["url"], fields)) == answer
    assert code(post(made["url"], made["fields"], file=b"")) == (400, "EntityTooSmall")
    assert code(post(made["url"], made["fields"], file=b"x" * 21)) == (400, "EntityTooLarge")


def sign_policy(s3, conditions):
    """Return the fields of a post whose key is only said to begin with something."""
    made = s3.generate_presigned_post("kept", "a/${filename}", Conditions=conditions)
    return made["fields"]


def test_a_post_ends_and_is_of_one_bucket(s3, plain):
    made = s3.generate_presigned_post("kept", "k", ExpiresIn=-1)
    answer = post(made["url"], made["fields"])
    assert (code(answer), b"Policy expired" in answer[2]) == ((403, "AccessDenied"), True)
    plain.create_bucket(Bucket="another")
    made = s3.generate_presigned_post("kept", "k")
    answer = post(made["url"].replace("kept", "another"), made["fields"])
    assert (code(answer), b"bucket" in answer[2]) == ((403, "AccessDenied"), True)
    unsigned = {"key": "k"}
    assert code(post(made["url"], unsigned)) == (403, "AccessDenied")


# What everybody may read.


def policy(bucket, action="s3:GetObject", effect="Allow", principal="*", rest="/public/*", **more):
    return {
        "Effect": effect,
        "Principal": principal,
        "Action": action,
        "Resource": f"arn:aws:s3:::{bucket}{rest}",
        **more,
    }


@pytest.fixture
def bucket(local):
    """A bucket with a public and a private object; returns its client, name and address."""
    s3 = client_of(local, "s3")
    name = f"bucket-{uuid.uuid4().hex[:8]}"
    s3.create_bucket(Bucket=name)
    for key in ("public/a", "private/a"):
        s3.put_object(Bucket=name, Key=key, Body=BODY)
    return s3, name, f"{local.endpoint_url}/{name}"


def put_policy(bucket, *statements):
    s3, name, _ = bucket
    document = {"Version": "2012-10-17", "Statement": [*statements]}
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))


def test_nobody_reads_without_a_signature_what_is_not_public(bucket):
    _, name, url = bucket
    for method, path in (
        ("GET", ""),
        ("GET", "/public/a"),
        ("GET", "/none"),
        ("GET", "?policy"),
        ("PUT", "/public/b"),
        ("DELETE", "/public/a"),
        ("POST", "?delete"),
    ):
        answer = get(url + path, method, b"" if method == "PUT" else None)
        assert answer[0] == 403
        if method != "POST":
            assert code(answer) == (403, "AccessDenied")
    assert get(f"{url}-none/x")[0] == 403
    put_policy(bucket, policy(name, principal={"AWS": "arn:aws:iam::123456789012:root"}))
    assert code(get(f"{url}/public/a")) == (403, "AccessDenied")


@pytest.mark.parametrize("everybody", ["*", {"AWS": "*"}, {"AWS": ["*"]}])
def test_everybody_reads_what_a_policy_opens(bucket, everybody):
    s3, name, url = bucket
    put_policy(bucket, policy(name, principal=everybody))
    assert get(f"{url}/public/a")[::2] == (200, BODY)
    assert get(f"{url}/public/a", "HEAD")[0] == 200
    assert get(f"{url}/public/a", headers={"Range": "bytes=0-3"})[::2] == (206, b"what")
    assert code(get(f"{url}/private/a")) == (403, "AccessDenied")
    assert code(get(f"{url}/public/none")) == (403, "AccessDenied")
    assert code(get(f"{url}/public/a?acl")) == (403, "AccessDenied")
    assert code(get(f"{url}/public/b", "PUT", b"x")) == (403, "AccessDenied")
    assert code(get(url)) == (403, "AccessDenied")
    put_policy(bucket, policy(name), policy(name, "s3:ListBucket", rest=""))
    assert b"<Key>private/a</Key>" in get(f"{url}?list-type=2")[2]
    assert code(get(f"{url}/public/none")) == (404, "NoSuchKey")
    put_policy(bucket, policy(name), policy(name, "s3:*", "Deny"))
    assert code(get(f"{url}/public/a")) == (403, "AccessDenied")
    s3.delete_bucket_policy(Bucket=name)
    assert code(get(f"{url}/public/a")) == (403, "AccessDenied")


def test_an_acl_opens_and_a_block_closes(bucket):
    s3, name, url = bucket
    s3.put_object_acl(Bucket=name, Key="public/a", ACL="public-read")
    assert get(f"{url}/public/a")[2] == BODY
    assert get(f"{url}/private/a")[0] == 403
    s3.put_bucket_acl(Bucket=name, ACL="public-read")
    assert b"<Key>private/a</Key>" in get(url)[2]
    put_policy(bucket, policy(name))
    block = {"IgnorePublicAcls": True, "RestrictPublicBuckets": True}
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=block)
    assert get(f"{url}/public/a")[0] == get(url)[0] == 403


# Addresses.


@pytest.mark.parametrize("host", ["{}.localhost", "{}.s3.localhost", "{}.s3.us-east-1.localhost"])
def test_a_bucket_may_be_in_the_host(local, bucket, host):
    s3, name, _ = bucket
    port = urlsplit(local.endpoint_url).port
    address = f"{host.format(name)}:{port}"
    put_policy(bucket, policy(name))
    assert get(f"http://{address}/public/a")[2] == BODY
    for method, path, body in (
        ("PUT", "/new%20key", BODY),
        ("GET", "/new%20key", b""),
        ("GET", "/?list-type=2&prefix=new", b""),
    ):
        signed = sign_for(local, address, method, path, body)
        status, _, text = send(local, method, path, signed, body or None)
        assert status == 200, text
    assert b"<Key>new key</Key>" in text
    assert s3.get_object(Bucket=name, Key="new key")["Body"].read() == BODY


def sign_for(local, address, method, path, body):
    class There:
        endpoint_url = f"http://{address}"
        connection = local.connection

    return sign(There, method, path, body)


def test_boto3_finds_buckets_by_their_hosts(local, bucket, monkeypatch):
    found = socket.getaddrinfo
    monkeypatch.setattr(
        socket,
        "getaddrinfo",
        lambda host, *rest, **more: found(
            "127.0.0.1" if str(host).endswith("localhost") else host, *rest, **more
        ),
    )
    _, name, _ = bucket
    port = urlsplit(local.endpoint_url).port
    for version in ("s3", "s3v4"):
        s3 = boto3.client(
            "s3",
            **{**local.client_arguments, "endpoint_url": f"http://s3.localhost:{port}"},
            config=Config(signature_version=version, s3={"addressing_style": "virtual"}),
        )
        if version == "s3v4":
            assert s3.get_object(Bucket=name, Key="public/a")["Body"].read() == BODY
        url = s3.generate_presigned_url("get_object", {"Bucket": name, "Key": "public/a"})
        assert url.startswith(f"http://{name}.s3.localhost")
        assert get(url)[2] == BODY
        made = s3.generate_presigned_post(name, "posted")
        assert post(made["url"], made["fields"])[0] == 204
        assert s3.meta.endpoint_url.endswith(str(port))
